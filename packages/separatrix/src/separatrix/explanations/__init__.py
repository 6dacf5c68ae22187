"""What `separatrix explain` tells: every error code and finding at length."""
