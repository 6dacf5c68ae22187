"""Tables as they are pasted from Word, a web page or a paper in LaTeX: grids of cells, and what they say."""
