"""LaTeX: the formulas that papers print, as tokens for the parsers of expressions."""
