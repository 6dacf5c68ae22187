"""What is written: the tree of an expression, its parser, its values, and conditions made of it."""
