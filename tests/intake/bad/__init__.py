"""Files as they should not come: made here byte by byte, and what happens to each."""
