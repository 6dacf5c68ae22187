"""The interactive page: a game or a cluster as JSON, and the file that carries page and data offline."""
