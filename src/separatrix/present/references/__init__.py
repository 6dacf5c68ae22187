"""The works that answers rest on, and which answer rests on which."""
