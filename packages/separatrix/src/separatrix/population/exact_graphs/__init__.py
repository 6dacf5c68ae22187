"""Exact on small graphs: who takes over, how likely and how soon, on any weighted graph."""
