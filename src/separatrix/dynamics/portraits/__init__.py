"""Phase portraits: field, nullclines, separatrix, rest points and trajectories, as data."""
