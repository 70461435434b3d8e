"""The vocabulary beyond the facets: one file a check, one explicit table of names."""
