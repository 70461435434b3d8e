"""Metadata records: ISO 19115 (19139 and 19115-3), GB/T 19710's like, plain XML and JSON."""
