"""What follows from the payoff table: the evidence with which claims are compared."""
