"""HTML: one file without script or network, formulas in MathML."""
