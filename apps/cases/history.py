"""Every saved change of a row is kept by a database trigger, beside the row, in its own table."""

import pghistory

# Decorator for record models: the row as it was written, removed rows too. The event tables
# themselves refuse UPDATE and DELETE. The person stands in the row (updated_by) and in the context.
tracked = pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    append_only=True,
)
