"""What documents say: each answer as a tree of blocks that every format can show."""
