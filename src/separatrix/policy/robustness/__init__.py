"""Programmes under uncertain parameters: in which share of the draws one works, and the weakest that does."""
