"""Carbon accounts: factors, scopes, totals, uncertainty, product footprints."""
