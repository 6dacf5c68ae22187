"""Games whose payoffs are affine in the shares: exact rational linear algebra over all supports."""
