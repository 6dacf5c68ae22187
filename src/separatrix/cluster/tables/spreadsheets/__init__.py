"""Spreadsheets of offices and registries, brought into the long form of the tables of a cluster."""
