"""Rest points outside the exact routes: what is certain of each, and the argument that none is missing."""
