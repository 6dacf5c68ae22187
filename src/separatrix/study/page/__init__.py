"""What a page needs of a game so that it can answer by itself while a lever moves."""
