"""Numbers, names, labels and states in words, for documents and figures alike."""
