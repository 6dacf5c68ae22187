"""Carbon accounts: factors, scopes, totals, uncertainty."""
