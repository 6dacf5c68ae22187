"""The frame of a diagnosis: concentration, location, size and network, the gap to a park standard."""
