"""Award programmes, prize-winning projects, youth laureates."""
