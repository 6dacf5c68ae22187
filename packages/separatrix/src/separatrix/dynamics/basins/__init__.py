"""Basins of attraction: where a start ends, and which share of all starts ends where."""
