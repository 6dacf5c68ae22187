"""Exact linear algebra: spectra, determinants, quadratic forms, linear programmes, polytopes."""
