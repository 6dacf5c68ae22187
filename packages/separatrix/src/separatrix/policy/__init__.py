"""What to do: instruments, tipping values, programmes, leaders, robustness."""
