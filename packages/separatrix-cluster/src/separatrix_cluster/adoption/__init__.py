"""Adoption over the years: the game's speeds and advantages fitted to history, compared with rival curves."""
