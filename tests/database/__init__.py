"""The database backend of the tests: ``base.py``, where Django looks for it."""
