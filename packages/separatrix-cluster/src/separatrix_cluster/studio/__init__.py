"""The pages of a cluster: opening one, and its parts as JSON."""
