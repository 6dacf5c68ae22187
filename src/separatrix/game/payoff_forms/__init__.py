"""The forms in which a file gives payoffs, each read into one of the forms of the model."""
