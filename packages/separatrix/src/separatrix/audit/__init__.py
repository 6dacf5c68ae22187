"""What a paper claims, against what follows from its payoff table."""
