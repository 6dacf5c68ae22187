"""Which enterprises to win so that a share is reached by a date at least cost, and what remains of it."""
