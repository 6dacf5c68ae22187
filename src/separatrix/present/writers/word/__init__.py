"""Word: native equations and tables, numbered fields, styles that authors can change."""
