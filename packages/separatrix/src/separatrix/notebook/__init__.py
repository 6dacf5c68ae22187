"""Results at a prompt and in a notebook: reprs of one screen, plots on the user's axes, tables, formulas."""
