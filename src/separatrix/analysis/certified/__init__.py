"""Games whose payoffs are polynomial or rational in the state: certified search on every face."""
