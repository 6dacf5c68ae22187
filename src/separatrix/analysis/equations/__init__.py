"""Payoffs and replicator equations, in symbols and at exact numbers."""
