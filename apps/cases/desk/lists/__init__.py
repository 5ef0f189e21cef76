"""Working on a long list in a draft: cells, filters, blocks, duplicates."""
