"""The platform for programs: typed endpoints over the same functions that its pages call."""
