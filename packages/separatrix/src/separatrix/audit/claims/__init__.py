"""What a paper claims: its formulas, states, labels and lists, read and typed."""
