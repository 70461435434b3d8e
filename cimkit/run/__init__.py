"""From a source and its rules to findings: plan, engine, gates, progress."""
