"""The answer in symbols: every candidate, when it exists and when it is stable."""
