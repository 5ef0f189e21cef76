"""The audit 审计: every write in one chain, anchored outside the database, checked and searched."""
