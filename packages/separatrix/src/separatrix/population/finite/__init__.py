"""Finite populations: fixation, rare and frequent mutation, gradient of selection, sample paths."""
