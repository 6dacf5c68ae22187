"""Clusters in documents: tables, accounts, frame and diagnosis."""
