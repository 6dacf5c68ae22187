"""Figures of a diagnosis: emissions, drivers, decoupling, difficulties."""
