"""What lies between basins: separatrices as curves and surfaces, and how far a state is from them."""
