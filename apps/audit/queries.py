"""The search of the audit: by figure, person, case, time and kind, newest first.

Each question is one range of one index; a page begins where the last one ended, so that the
millionth entry costs what the first does.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from apps.accounts.models import Role, User
from apps.audit.models import AddedRows, Entry
from apps.cases.models import Case
from apps.districts.models import IndicatorValue

# So many rows of figures, people or cases may one word mean; beyond that it says too little.
MOST_MEANT = 2000


@dataclass(frozen=True)
class Place:
    """Where a page of the search ends: the time and the id of its last entry."""

    at: dt.datetime
    entry: int

    def __str__(self) -> str:
        """Return it as the address of the next page has it."""
        return f"{self.at.isoformat()}_{self.entry}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """Return the place that ``text`` names, or None."""
        at, _, entry = text.rpartition("_")
        try:
            moment = dt.datetime.fromisoformat(at.replace(" ", "+"))
            return cls(moment, int(entry)) if moment.tzinfo else None
        except ValueError:
            return None


def entries_for(user: User) -> QuerySet[Entry]:
    """Return the entries that ``user`` may read: the auditor all that are listed, others none."""
    if not user.has_role(Role.AUDITOR):
        return Entry.objects.none()
    return Entry.objects.exclude(kind="").order_by("-at", "-id")


def _is_one_of(column: str, keys: QuerySet[Any, Any]) -> Q:
    """Return that ``column`` is one of ``keys``, read here: the planner must see how few they are."""
    return Q(**{f"{column}__in": list(keys[:MOST_MEANT])})


def about_figure(indicator: str, district: str, year: int | None) -> Q:
    """Return the condition that an entry is about one of the figures meant, removed ones too.

    ``indicator`` is a code or a part of the name, ``district`` a short code; any may be blank.
    """
    wanted = Q()
    if indicator:
        wanted &= (
            Q(indicator__code=indicator)
            | Q(indicator__name__icontains=indicator)
            | Q(indicator__name_en__icontains=indicator)
            | Q(indicator__aliases__contains=[indicator])
        )
    if district:
        wanted &= Q(reporting_unit__slug=district)
    if year is not None:
        wanted &= Q(period__startswith=str(year))
    history = IndicatorValue.pgh_event_model.objects  # type: ignore[attr-defined]
    present = IndicatorValue.objects.filter(wanted)
    removed = history.filter(wanted, pgh_label="delete")
    together = AddedRows.objects.filter(
        entry__table_name=IndicatorValue._meta.db_table,
        entry__row_id="",
        row_ids__overlap=history.filter(wanted, pgh_label="insert")
        .order_by()
        .values_list(Cast("pgh_obj_id", TextField())),
    )
    # Read here: the planner must see how few they are.
    meant: dict[str, list[str]] = {"row": [], "many": []}
    found = [
        keys.order_by().values_list(Value(what), Cast(column, TextField()))
        for what, keys, column in (
            ("row", present, "uid"),
            ("row", removed, "uid"),
            ("many", together, "pk"),
        )
    ]
    for what, key in found[0].union(*found[1:])[:MOST_MEANT]:
        meant[what].append(key)
    return Q(row_uid__in=meant["row"]) | Q(pk__in=meant["many"])


def by_person(text: str) -> Q:
    """Return the condition that an entry is of the person called so, by name or user name."""
    people = User.objects.filter(Q(username=text) | Q(full_name__icontains=text))
    return _is_one_of("person", people.order_by().values_list("pk", flat=True))


def of_case(text: str) -> Q:
    """Return the condition that an entry is of the case: a number, a part of its subject, a bureau."""
    if text.isdecimal() and len(text) < 10:
        return Q(case=int(text))
    cases = Case.objects.filter(
        Q(subject__icontains=text) | Q(bureau__name__icontains=text) | Q(bureau__slug=text)
    )
    # Read along with the entries: with all other questions, the page keeps to its ten queries.
    return Q(case__in=cases.order_by().values("pk")[:MOST_MEANT])


def page_after(entries: QuerySet[Entry], place: Place | None, size: int) -> list[Entry]:
    """Return the ``size`` entries that follow ``place``, and one more where there are more.

    Those of many rows say in ``row_count`` of how many.
    """
    if place is not None:
        entries = entries.filter(
            Q(at__lt=place.at) | Q(at=place.at, id__lt=place.entry), at__lte=place.at
        )
    counted = entries.annotate(row_count=F("added_rows__row_ids__len"))
    return list(counted.select_related("person", "case__bureau")[: size + 1])
