"""Regimes: the parameters sorted by the set of asymptotically stable states."""
