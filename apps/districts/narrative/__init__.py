"""The narrative of a return: references to figures, word limits, versions, marked numbers."""
