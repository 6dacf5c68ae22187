"""What trajectories come to: attractors, and how each is recognised."""
