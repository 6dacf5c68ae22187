"""Whom to win first: seeds with a certificate for cascades, and the best of several orders for a game."""
