"""Programmes by several objectives at once: those that no other one dominates, sampled or exact."""
