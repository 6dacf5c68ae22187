"""Tests of what a page can ask of a worker."""
