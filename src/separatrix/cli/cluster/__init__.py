"""The verbs of `separatrix cluster`: a real cluster's tables, carbon accounts and diagnosis."""
