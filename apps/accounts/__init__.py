"""People, roles, bureaus: who you are and what you may touch."""
