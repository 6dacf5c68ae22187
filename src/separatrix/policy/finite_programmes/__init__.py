"""Rewards and fines in a finite population: what they cost until all play the same, and the cheapest."""
