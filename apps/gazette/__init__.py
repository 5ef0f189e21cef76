"""Policy register and chronicle of events."""
