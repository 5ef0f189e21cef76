"""Annual returns: indicator values and narrative sections."""
