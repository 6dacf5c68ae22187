"""Scripts: the replicator equations of a game, ready to run in MATLAB, GNU Octave and Python."""
