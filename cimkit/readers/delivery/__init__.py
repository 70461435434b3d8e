"""A delivery: its manifest, the agreement it answers, and what its files are found to hold."""
