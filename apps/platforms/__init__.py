"""Platform types, certifications and their life."""
