"""Trajectories: steppers, coordinates and events, one trajectory or many at once."""
