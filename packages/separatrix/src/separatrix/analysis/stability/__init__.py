"""The stability of a rest state of a game with affine payoffs, where linearisation decides and beyond."""
