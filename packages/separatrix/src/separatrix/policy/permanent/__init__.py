"""The cheapest levels at which instruments, kept for ever, make a pure state the outcome."""
