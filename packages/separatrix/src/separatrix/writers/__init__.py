"""One writer a format: each walks the same document tree."""
