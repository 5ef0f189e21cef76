"""The desk: where officials enter, check, review and publish. Thin: domain does, queries ask."""
