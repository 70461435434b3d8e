"""The audit of IDS 1.0 files: `cimkit.ids.audit.audit.audit`."""
