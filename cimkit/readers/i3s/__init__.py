"""I3S scene layers: SLPK packages and folders."""
