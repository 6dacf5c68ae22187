"""The published schema of PACT's data model, and records made for a test."""
