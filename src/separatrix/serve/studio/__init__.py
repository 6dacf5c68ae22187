"""The studio: a local page to see a game on, over endpoints without state."""
