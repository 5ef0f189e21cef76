"""The desk: where officials enter, check, review and publish."""
