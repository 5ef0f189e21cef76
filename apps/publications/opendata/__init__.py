"""Open data: what each column means, and packages that another program can read by itself."""
