"""Observables: what a sweep measures at each point and what an index of sensitivity asks of every draw."""
