"""Fuzzers of every reader, and the corpus of what they found."""
