"""A cluster's folder: its description and its tables, with their issues."""
