"""The platform of a park: its people, what they report, and answers on what was approved."""

__version__ = "0.1.0"
