"""A file on its way into a case: read, reviewed, compared, stored, undone."""
