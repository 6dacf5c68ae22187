"""Formulas as they are set on a page: symbols, layout, short names, and the renderings that need no page."""
