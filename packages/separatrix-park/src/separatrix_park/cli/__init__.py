"""The verb of the platform."""
