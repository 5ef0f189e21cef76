"""What the workflow answers when it will not do something: a plain sentence with its cure."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from apps.cases.models import Record


class WorkflowError(Exception):
    """Base of all refusals. ``str()`` is a sentence for the person, in his language."""


class NotAllowed(WorkflowError):
    """The person's role does not do this, or duties must stay apart."""


class WrongState(WorkflowError):
    """The case is not where this step starts."""


class Refused(WorkflowError):
    """A guard of the step is not met yet."""


class StaleVersion(WorkflowError):
    """The case moved on since the person looked at it."""

    def __init__(self) -> None:
        """Say so, with the cure."""
        super().__init__(
            _("The case has moved on since you opened this page. Look at it again, then decide.")
        )


class Locked(WorkflowError):
    """The row, or the whole revision, is not open for writing."""


class TooMany(WorkflowError):
    """The same came too often from one place. Later it will do."""


class Invalid(WorkflowError):
    """The values do not fit. ``errors`` maps a field to its sentences; ``row`` counts from 1."""

    def __init__(self, errors: dict[str, list[str]], row: int | None = None) -> None:
        """Keep the sentences by field."""
        self.errors = errors
        self.row = row
        text = " ".join(sentence for sentences in errors.values() for sentence in sentences)
        super().__init__(_("Row %(row)s: %(text)s") % {"row": row, "text": text} if row else text)


class StaleRecord(WorkflowError):
    """Somebody else saved the row since it was read. Both values are kept for the choice."""

    def __init__(self, current: "Record", yours: dict[str, Any]) -> None:
        """Keep the stored row and the values that were to be saved."""
        self.current = current
        self.yours = yours
        super().__init__(
            _("%(person)s saved this row while you were working on it. Choose which values stand.")
            % {"person": current.updated_by}
        )
