"""LaTeX: an article that compiles with the packages of every TeX distribution."""
