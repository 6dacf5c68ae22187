"""Two populations of two strategies without own play: basins and separatrix in closed form."""
