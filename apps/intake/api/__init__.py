"""The intake's interface for bureaus with systems of their own (docs/intake-api.md)."""
