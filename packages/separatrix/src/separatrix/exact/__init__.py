"""Exact arithmetic: numbers with roots, rational functions, roots of polynomials, and balls."""
