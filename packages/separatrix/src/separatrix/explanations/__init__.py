"""What `separatrix explain` prints: every error code and finding in detail."""
