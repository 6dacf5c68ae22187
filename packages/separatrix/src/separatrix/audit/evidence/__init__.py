"""What follows from the payoff table, for claims to be held against."""
