"""Games as files: CSV, workbooks and Gambit's format, in and out."""
