"""Figures of populations: adoption in time, networks with the strategy of each enterprise, fixation."""
