"""Where a row was taken from, beyond its own case.

An app that carries rows from one case into another registers a function here; the page of a row
shows what it finds, so that the way back is one click.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.cases.models import Revision


@dataclass(frozen=True)
class Origin:
    """One place that a row was taken from, in words, and its page."""

    text: str
    url: str


FindOrigins = Callable[["User", "Revision", uuid.UUID], list[Origin]]

_finders: list[FindOrigins] = []


def register_origins(find: FindOrigins) -> None:
    """Let the pages of rows show what ``find`` returns. Registered twice is registered once."""
    if find not in _finders:
        _finders.append(find)


def origins_of(user: "User", revision: "Revision", uid: uuid.UUID) -> list[Origin]:
    """Return where a row was taken from. One query for each app that carries rows."""
    return [origin for find in _finders for origin in find(user, revision, uid)]
