"""What can be done to a case. These functions are the only door: pages, API and commands call them."""
