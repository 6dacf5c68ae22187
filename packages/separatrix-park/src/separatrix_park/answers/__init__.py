"""What is answered on approved data: its version, accounts of each enterprise, answers by jobs."""
