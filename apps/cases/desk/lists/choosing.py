"""Which rows of a list were chosen: ticked ones, or all that fit what is asked for."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.cases.desk.lists.filters import ListFilter
from apps.cases.kinds import RecordKind
from apps.cases.models import Revision

LONGEST_QUERY = 2000


@dataclass(frozen=True)
class Choice:
    """The choice as it was made. Its rows are asked of the database each time."""

    revision: Revision
    kind: RecordKind
    query: str
    is_all: bool
    uids: tuple[uuid.UUID, ...]

    @classmethod
    def of_form(cls, revision: Revision, kind: RecordKind, data: QueryDict) -> "Choice":
        """Read what a form or an address says: ``all`` with the filter in ``query``, or the ids.

        A box that is ticked is a field ``row`` of its own; ``rows`` holds any number of ids, with
        blanks between: a form takes only so many fields.
        """
        is_all = data.get("all") == "1"
        texts = [*data.getlist("row"), *data.get("rows", "").split()]
        uids = {uid for uid in map(uid_of, texts) if uid} if not is_all else ()
        return cls(
            revision, kind, data.get("query", "")[:LONGEST_QUERY], is_all, tuple(sorted(uids))
        )

    @classmethod
    def of_order(cls, revision: Revision, kind: RecordKind, order: Mapping[str, Any]) -> "Choice":
        """Return the choice that ``order`` kept."""
        uids = tuple(uuid.UUID(text) for text in order["rows"])
        return cls(revision, kind, order["query"], order["all"], uids)

    @property
    def order(self) -> dict[str, Any]:
        """Return the choice as JSON."""
        return {
            "all": self.is_all,
            "query": self.query,
            "rows": [uid.hex for uid in self.uids],
        }

    @cached_property
    def asked(self) -> ListFilter:
        """Return what is asked of the list."""
        return ListFilter(self.revision, self.kind, QueryDict(self.query))

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was chosen."""
        return not self.is_all and not self.uids

    @property
    def rows(self) -> QuerySet[Any]:
        """Return the chosen rows."""
        if self.is_all:
            return self.asked.rows()
        return self.kind.model.objects.filter(revision=self.revision, uid__in=self.uids)

    @property
    def hidden(self) -> list[dict[str, str]]:
        """Return the choice as fields of a form."""
        rows = ("all", "1") if self.is_all else ("rows", " ".join(uid.hex for uid in self.uids))
        return [{"name": name, "value": value} for name, value in (rows, ("query", self.query))]

    @property
    def words(self) -> str:
        """Return what was chosen, in words."""
        if not self.is_all:
            return _("the ticked rows")
        return self.asked.in_words() or _("the whole list")


_UID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def uid_of(text: str) -> uuid.UUID | None:
    """Return the permanent id that ``text`` is, or None."""
    return uuid.UUID(text) if _UID.fullmatch(text) else None
