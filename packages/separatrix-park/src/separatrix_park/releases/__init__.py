"""All figures released about several enterprises together: stored, and audited before a new release."""
