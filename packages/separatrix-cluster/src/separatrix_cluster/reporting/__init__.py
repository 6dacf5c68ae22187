"""What is handed out: the inventory after ISO 14064-1, and a page for each enterprise."""
