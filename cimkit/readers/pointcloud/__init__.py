"""Point clouds: LAS and LAZ."""
