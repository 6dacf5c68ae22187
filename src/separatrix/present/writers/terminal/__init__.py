"""The terminal: a report for a screen of any width, with or without colour."""
