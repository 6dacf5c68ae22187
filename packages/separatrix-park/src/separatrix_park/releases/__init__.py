"""All that is ever told of several enterprises together: kept, and audited before more is told."""
