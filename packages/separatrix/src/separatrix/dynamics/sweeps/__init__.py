"""Sweeps: observables at every point of a grid of parameter values."""
