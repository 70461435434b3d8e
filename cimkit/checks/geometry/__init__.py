"""Validity of surfaces and solids after ISO 19107: arrays in, faults out; no rule and no format is known here."""
