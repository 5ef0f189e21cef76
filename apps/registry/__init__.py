"""The shared vocabulary: districts, organisations and their names, years, the indicator dictionary."""
