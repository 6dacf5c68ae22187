"""The real place: enterprise tables, carbon accounts, the diagnosis of the four difficulties."""
