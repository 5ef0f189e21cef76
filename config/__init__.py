"""Project configuration: settings, URLs, servers."""
