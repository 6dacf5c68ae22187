"""Typst, and PDF set by it: an article on A4 pages."""
