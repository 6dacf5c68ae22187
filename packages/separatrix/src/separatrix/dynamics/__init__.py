"""How it happens: trajectories, attractors, basins and what lies between them."""
