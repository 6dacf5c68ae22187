"""What factors are shipped with: grids and their areas, the other gases of burning fuels, and the tables."""
