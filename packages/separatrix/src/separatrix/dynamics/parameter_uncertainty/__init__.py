"""Draws of uncertain parameters: distributions, the dynamics in all draws at once, and their outcomes."""
