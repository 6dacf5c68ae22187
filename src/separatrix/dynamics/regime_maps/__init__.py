"""Regime maps: which states are asymptotically stable, over two parameters."""
