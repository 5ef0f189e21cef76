"""Rosters and their entries."""
