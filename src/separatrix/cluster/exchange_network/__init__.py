"""The network of exchanges: whether it is symbiosis, and what breaks where an enterprise leaves."""
