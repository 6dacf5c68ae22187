"""Populations of two strategies each: all rest states in closed form."""
