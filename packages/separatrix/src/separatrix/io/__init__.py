"""What is read: files as bytes and workbooks as cells, bounded before any parser sees them."""
