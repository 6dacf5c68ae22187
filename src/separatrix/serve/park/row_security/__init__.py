"""Who reads and writes which row, kept by the databases themselves; and that no table is forgotten."""
