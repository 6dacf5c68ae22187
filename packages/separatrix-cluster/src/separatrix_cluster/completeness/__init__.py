"""What is missing from the carbon accounts, how large it is, and what of them is in doubt."""
