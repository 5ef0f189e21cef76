"""What a reviewer sees beside a statement: the row of the city's list, and what became of it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.beside import Beside, Line
from apps.cases.desk.values import field_label, in_words
from apps.cases.kinds import record_kinds
from apps.cases.models import Revision
from apps.districts.lists import claims, own
from apps.districts.lists.answers import answers_to
from apps.districts.lists.models import CLAIMS, ClaimAnswer, ListStatement


def beside_statements(
    user: User, revision: Revision, rows: Sequence[ListStatement]
) -> Mapping[uuid.UUID, Beside]:
    """Return the list's row as it was read beside each claim, and the city's answer.

    One query for the answers, one per kind of row that is claimed.
    """
    claimed = [row for row in rows if row.says in CLAIMS]
    keys = [
        own.Key(row.row_kind, row.row_uid, row.list_revision_id)
        for row in claimed
        if row.row_uid is not None
    ]
    sources = own.rows_by_key(keys)
    answers = answers_to(claimed)
    return {row.uid: _beside(revision, row, sources, answers) for row in claimed}


def _beside(
    revision: Revision,
    statement: ListStatement,
    sources: Mapping[uuid.UUID, Any],
    answers: Mapping[uuid.UUID, list[ClaimAnswer]],
) -> Beside:
    kind = record_kinds[statement.row_kind]
    source = sources.get(statement.row_uid) if statement.row_uid else None
    names = [name for name in kind.fields if name in statement.claim] or [kind.title_field]
    said = [
        Line(
            field_label(kind.model, name),
            in_words(source, name) if source is not None else _("not on the list"),
            claims.value_in_words(kind.model, name, statement.claim[name])
            if name in statement.claim
            else _("should not be on the list"),
        )
        for name in names
    ]
    given = answers.get(statement.uid, [])
    return Beside(
        value="",
        lines=tuple(said),
        note=str(given[-1]) if given else _("not answered yet"),
        url=reverse("districts:claim", args=[revision.case_id, statement.uid]),
    )
