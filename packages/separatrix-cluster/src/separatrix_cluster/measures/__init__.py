"""Measures: what each tonne that is not emitted costs, which to take within a budget, and when."""
