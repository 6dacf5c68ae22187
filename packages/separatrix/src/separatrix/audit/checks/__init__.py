"""One file for each kind of claim: what disagrees with the payoff table."""
