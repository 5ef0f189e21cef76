"""The tests. Every one runs on real PostgreSQL; nothing of our own is mocked."""
