"""Every rest point of a game at exact numbers, labelled, with the argument that none is missing."""
