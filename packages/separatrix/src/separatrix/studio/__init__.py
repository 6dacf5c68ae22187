"""The local page of a game: server, workers, tasks, and its JSON."""
