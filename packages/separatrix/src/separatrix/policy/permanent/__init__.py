"""The cheapest permanent levels of instruments that make a pure state the outcome."""
