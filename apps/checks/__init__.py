"""Rules that look across cases: reconciliation and contradictions."""
