"""What the desk asks of files on record."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cases.desk import queries
from apps.cases.domain.evidence import Place, place_of
from apps.cases.models import Evidence, Finding, Revision


@dataclass(frozen=True)
class NamedPlace:
    """A place with the words for it."""

    place: Place
    title: str

    @property
    def is_case(self) -> bool:
        """Say whether it is the case as a whole."""
        return self.place == Place()


def find_place(revision: Revision, kind_code: str, row: str, finding: str) -> NamedPlace:
    """Return the place that an address names. Raises ``LookupError`` for one that is not there."""
    if finding:
        found = Finding.objects.filter(revision=revision, pk=_number(finding)).first()
        if found is None:
            raise LookupError
        return NamedPlace(Place(finding_id=found.pk), str(found))
    if not kind_code and not row:
        return NamedPlace(Place(), _("The whole case"))
    try:
        uid = uuid.UUID(row)
    except ValueError as error:
        raise LookupError from error
    titles = queries.row_titles(revision, [(kind_code, uid)])
    if (kind_code, str(uid)) not in titles:
        raise LookupError
    return NamedPlace(Place(kind_code, uid), titles[kind_code, str(uid)])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _standing(revision: Revision) -> "QuerySet[Evidence]":
    return (
        Evidence.objects.filter(revision=revision)
        .standing()
        .select_related("file", "added_by", "revision")
        .order_by("id")
    )


def files_at(revision: Revision, place: Place) -> list[Evidence]:
    """Return the files of one place, oldest first."""
    return list(
        _standing(revision).filter(
            record_kind=place.record_kind,
            record_uid=place.record_uid,
            finding=place.finding_id,
        )
    )


def files_by_place(revision: Revision) -> list[tuple[str, list[Evidence]]]:
    """Return every file but the case's own, under the words for its place."""
    found = [each for each in _standing(revision) if place_of(each) != Place()]
    titles = queries.row_titles(revision, ((e.record_kind, e.record_uid) for e in found))
    findings = Finding.objects.in_bulk({e.finding_id for e in found if e.finding_id})
    groups: dict[Place, list[Evidence]] = {}
    for each in found:
        groups.setdefault(place_of(each), []).append(each)
    return [(_title(place, titles, findings), files) for place, files in groups.items()]


def _title(place: Place, titles: dict[tuple[str, str], str], findings: dict[int, Finding]) -> str:
    if place.finding_id is not None:
        return str(findings[place.finding_id])
    return titles.get((place.record_kind, str(place.record_uid)), _("a removed row"))


def counts_by_row(revision: Revision, record_kind: str) -> Counter[str]:
    """Return how many files prove each row of a kind, by its permanent id. One query."""
    uids = _standing(revision).filter(record_kind=record_kind).values_list("record_uid", flat=True)
    return Counter(str(uid) for uid in uids)


def files_by_row(revision: Revision, uids: Iterable[object]) -> dict[str, list[Evidence]]:
    """Return the files of each of these rows, by permanent id. One query."""
    files: dict[str, list[Evidence]] = {}
    for each in _standing(revision).filter(record_uid__in=list(uids)):
        files.setdefault(str(each.record_uid), []).append(each)
    return files


def find_evidence(user: User, case_id: int, uid: uuid.UUID) -> Evidence | None:
    """Return a file that was not removed, in ``user``'s scope, of the latest revision that has it."""
    return (
        Evidence.objects.filter(
            revision__in=queries.revisions_for(user), revision__case_id=case_id, uid=uid
        )
        .standing()
        .select_related("file", "added_by", "revision__case__bureau")
        .order_by("-revision__number")
        .first()
    )


def place_url(found: Evidence) -> str:
    """Return the address of the list in which a file stands."""
    return list_url(found.revision.case_id, place_of(found))


def list_url(case_id: int, place: Place) -> str:
    """Return the address of the files of a place, where one is attached too."""
    url = reverse("desk:evidence", args=[case_id])
    if place.finding_id is not None:
        return f"{url}?{urlencode({'finding': place.finding_id})}"
    if place.record_uid is not None:
        return f"{url}?{urlencode({'kind': place.record_kind, 'row': str(place.record_uid)})}"
    return url
