"""The public side: listings, search, exports, API, feeds."""
