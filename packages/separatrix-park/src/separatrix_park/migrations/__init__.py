"""Migrations of the platform's database, forward from every released version."""
