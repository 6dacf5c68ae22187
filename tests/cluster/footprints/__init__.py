"""Tests of footprints of products."""
