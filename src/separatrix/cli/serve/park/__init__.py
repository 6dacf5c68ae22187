"""The verbs of `separatrix park`: making a park, serving it, and what its administrator does."""
