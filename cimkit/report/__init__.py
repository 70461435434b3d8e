"""Findings, results and the report, and the formats it is written in."""
