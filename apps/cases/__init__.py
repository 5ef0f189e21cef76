"""The case: states, revisions, findings, releases, trace."""
