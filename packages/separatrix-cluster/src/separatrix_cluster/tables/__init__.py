"""A cluster's folder: its description and its tables, with what is amiss in them."""
