"""Clusters for people: what the data let be computed, carbon accounts, the diagnosis."""
