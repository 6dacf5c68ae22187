"""Documents on games, and the report that joins them."""
