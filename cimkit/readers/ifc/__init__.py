"""Reads IFC files (ISO 10303-21) into facts."""
