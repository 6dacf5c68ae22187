"""Uncertain parameters: draws, Sobol indices and fan charts."""
