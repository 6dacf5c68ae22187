"""Tests of fits to histories of adoption."""
