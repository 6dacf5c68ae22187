"""Checks of tables: rows that contradict one another, other years, or what can be."""
