"""The header of a draft's own list: the names of its columns as the list page has them."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from django.conf import settings
from django.utils.translation import override

from apps.cases.desk.values import field_label
from apps.cases.kinds import record_kinds
from apps.intake.columns import COLUMNS
from apps.intake.synonyms.words import ID

LEAST = 3
"""A header of fewer known columns may be anybody's."""
NEEDED = {
    "indicator-values": (
        "unit",
        "reporting_unit",
        "period",
        "scope",
        "value",
        "blank",
        "qualifier",
        "status",
    )
}
"""Columns that may not be gone: a figure is judged as a whole, and read so."""


def plain(head: str) -> str:
    """Return a head as it is compared: a header on its way loses its blanks."""
    return re.sub(r"\s+", "", head).casefold()


@cache
def heads(kind: str) -> Mapping[str, str]:
    """Return the field of each head that a list of ``kind`` may have, in every language."""
    model = record_kinds[kind].model
    known = {plain(word): "id" for word in ID.headers}
    for language, _name in settings.LANGUAGES:
        with override(language):
            known[plain(field_label(model, "uid"))] = "id"
            known |= {plain(field_label(model, name)): name for name in COLUMNS[kind]}
    return known


def columns_of(header: Sequence[str], kind: str) -> dict[int, str] | None:
    """Return the field of each column, if this is the header of a list of ``kind`` as it was
    downloaded: with permanent ids, and no head that it does not know; else None.

    Columns may be in any order, and some may be gone.
    """
    known = heads(kind)
    found = {at: known.get(plain(head), "") for at, head in enumerate(header) if head}
    names = set(found.values())
    if "" in names or len(names) < max(LEAST, len(found)):
        return None
    if not {"id", record_kinds[kind].title_field, *NEEDED.get(kind, ())} <= names:
        return None
    return found


def is_own(header: Sequence[str], kind: str) -> bool:
    """Say whether this is the header of a list of ``kind`` as it was downloaded."""
    return columns_of(header, kind) is not None
