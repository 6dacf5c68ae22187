"""A document as a tree, its numerals, and the words for states and regimes."""
