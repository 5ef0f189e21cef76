"""The trace 溯源 of a published row: who did what when, every earlier value, every doubt.

The public sees roles and bureaus, never persons; and of the road only the steps that led to
publication, not what was said on the way.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role
from apps.awards.models import Award
from apps.cases.flags import meaning
from apps.cases.kinds import RecordKind
from apps.cases.models import Event, Evidence, Record, Revision
from apps.cases.tables import name_class
from apps.publications.queries import links_of, readable_revisions
from apps.registry.models import District, Indicator

# The steps that are told, and those whose reason is meant for the public.
TOLD = {
    "open": _("Opened"),
    "hand_over": _("Filled in and handed over"),
    "submit": _("Reported for review"),
    "approve": _("Reviewed and approved"),
    "announce": _("Put on public notice"),
    "publish": _("Published"),
    "supersede": _("Corrected by a new revision"),
    "withdraw": _("Withdrawn"),
}
SIGNED = _("Signed and reported")
REASON_TOLD = frozenset({"publish", "supersede", "withdraw"})


@dataclass(frozen=True)
class Entry:
    """One line of a timeline."""

    time: Any
    title: str
    actor: str
    text: str = ""
    url: str = ""
    current: bool = False


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    label: str
    before: str
    after: str
    url: str = ""


@dataclass(frozen=True)
class Correction:
    """What one revision changed in a row."""

    revision: Revision
    changes: list[Change]
    is_new: bool


@dataclass(frozen=True)
class Phrase:
    """A piece of a value: a name, with its page where it has one."""

    text: str
    url: str = ""

    @property
    def style(self) -> str:
        """Return the class of the element that holds it."""
        return name_class(self.text)


@dataclass(frozen=True)
class FieldOfRow:
    """A field of a row, ready to be shown."""

    label: str
    phrases: list[Phrase]
    doubts: list[str]


def road(revision: Revision) -> list[Entry]:
    """Return the steps of ``revision`` that the public is told. One query.

    A step that was taken twice, after a return, is told as it was taken last.
    """
    last: dict[str, Event] = {}
    for event in revision.events.filter(transition__in=TOLD).order_by("from_version"):
        last[event.transition] = event
    events = sorted(last.values(), key=lambda event: (event.at, event.from_version))
    return [
        Entry(
            event.at,
            _told(event),
            f"{Role(event.actor_role).label} · {event.bureau_name}",
            event.reason if event.transition in REASON_TOLD else "",
            current=place == len(events) - 1,
        )
        for place, event in enumerate(events)
    ]


def evidence_count(record: Record) -> int:
    """Return how many files prove a row. The public is told their number and nothing more."""
    files = Evidence.objects.filter(revision_id=record.revision_id, record_uid=record.uid)
    return files.of_content().filter(record_kind=record.record_kind.code).count()


def _told(event: Event) -> str:
    """Return what was done, in words; a district's report is signed, the city's is not."""
    if event.transition == "submit" and event.actor_role == Role.DISTRICT_SIGNATORY:
        return str(SIGNED)
    return str(TOLD[event.transition])


def label_of(kind: RecordKind, name: str) -> str:
    """Return what a field is called."""
    return str(kind.model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def text_of(record: Record, name: str) -> str:
    """Return the value of a field as text for a person."""
    value = getattr(record, name)
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(value)
    display = getattr(record, f"get_{name}_display", None)
    return str(display() if display else value)


def fields_of(kind: RecordKind, record: Record, *, link: bool = True) -> list[FieldOfRow]:
    """Return the fields of a row with their doubts; names link to their organisations' pages.

    One query where the kind names organisations.
    """
    links = links_of([record]) if kind.mentions and link else {}
    doubts = doubts_of(record)
    fields = []
    for name in kind.fields:
        value = getattr(record, name)
        if name in kind.mentions:
            names = value if isinstance(value, list) else [value]
            phrases = [
                Phrase(text, _organisation_url(links.get((record.uid, name, place))))
                for place, text in enumerate(names)
                if text
            ]
        elif isinstance(value, list):
            phrases = [Phrase(text) for text in value]
        else:
            text = text_of(record, name)
            phrases = [Phrase(text, _page_of(record, name, value))] if text else []
        said = doubts.pop(name, [])
        # The heading of the page says it already.
        is_repeated = name == kind.title_field and not any(phrase.url for phrase in phrases)
        if said or (phrases and not is_repeated):
            fields.append(FieldOfRow(label_of(kind, name), phrases, said))
    # A doubt about something that is no field of its own.
    left = [sentence for sentences in doubts.values() for sentence in sentences]
    if left:
        fields.append(FieldOfRow(gettext("other doubts"), [], left))
    return fields


def _organisation_url(pk: int | None) -> str:
    return reverse("publications:organisation", args=[pk]) if pk is not None else ""


def _page_of(record: Record, name: str, value: Any) -> str:
    """Return the page of what a field names: an indicator, a district in that year, a programme."""
    if isinstance(value, Indicator):
        return reverse("publications:indicator", args=[value.code])
    if isinstance(value, District):
        year = record.revision.case.year
        return reverse("publications:district", args=[value.slug, year])
    if name == "programme" and isinstance(record, Award):
        return reverse("publications:programme", args=[value])
    return ""


def doubts_of(record: Record) -> dict[str, list[str]]:
    """Return per field what is printed doubtfully in it, in words."""
    doubts: dict[str, list[str]] = {}
    for flag in record.flags:
        name, _colon, code = flag.partition(":")
        doubts.setdefault(name, []).append(meaning(code or name))
    return doubts


def changes_between(
    kind: RecordKind, before: Record | None, after: Record | None, url: str = ""
) -> list[Change]:
    """Return the fields that differ; a row that is new or removed differs in all it has."""
    changes = []
    for name in kind.fields:
        old = text_of(before, name) if before is not None else ""
        new = text_of(after, name) if after is not None else ""
        if old != new:
            changes.append(Change(label_of(kind, name), old, new, url))
    return changes


def corrections(kind: RecordKind, record: Record) -> list[Correction]:
    """Return what each readable revision changed in a row, newest first. Two queries."""
    revision: Revision = record.revision
    revisions = list(
        readable_revisions()
        .filter(case_id=revision.case_id, number__lte=revision.number)
        .order_by("number")
    )
    if len(revisions) < 2:
        return []
    rows: dict[int, Record] = {
        row.revision_id: row
        for row in kind.model.objects.filter(uid=record.uid, revision__in=revisions).select_related(
            *kind.select_related
        )
    }
    found = []
    for former, present in pairwise(revisions):
        before, after = rows.get(former.pk), rows.get(present.pk)
        if changes := changes_between(kind, before, after):
            found.append(Correction(present, changes, before is None))
    return found[::-1]
