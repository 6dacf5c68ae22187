"""What a page can ask of a worker: one record a task, one file an area."""
