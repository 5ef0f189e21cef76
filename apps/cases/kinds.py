"""Case kinds: each is declared once, in its own app's ``kind.py``, and found by autodiscovery.

A declaration ties Django's own parts together: a Model, a ModelForm, a django-tables2 Table, a
django-filter FilterSet and a REST serializer. Lists, entry, history, export, API and the public
listing are the same furniture for every kind. How to add one: ``docs/add-a-kind.md``.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.utils.functional import Promise

from apps.accounts.models import Role, User
from apps.cases.beside import FindBeside
from apps.cases.models import Record, Revision, Severity

if TYPE_CHECKING:
    from apps.cases.reading import Content
    from apps.registry.models import FormVersion

Text = str | Promise


@dataclass(frozen=True)
class Problem:
    """What a rule found: one place and one sentence. ``message`` is an English msgid."""

    rule: str
    severity: Severity
    message: str
    params: dict[str, Any] = field(default_factory=dict)
    record: Record | None = None
    field: str = ""


# A rule reads one revision and yields what is wrong with it. It never writes.
Check = Callable[[Revision], Iterable[Problem]]


@dataclass(frozen=True)
class TwinFields:
    """The fields by which one project is found again in another list.

    ``apart`` is the field whose value differs between the lists; two rows of one value are no
    twins but a row printed twice.
    """

    title: str
    organisations: str
    people: str
    apart: str


@dataclass(frozen=True)
class RecordKind:
    """One kind of row. ``code`` is its fixed name in the API, in CSV packs and in the intake.

    ``fields`` are the content fields in canonical order: what is hashed, copied, compared,
    imported. ``natural_key`` is what makes two rows of one list the same thing.
    ``mentions`` are the fields that name organisations. ``path`` is the public listing's URL.
    The four classes (form, table, filterset, serializer) serve the desk, the public listing,
    the export and the API alike.
    """

    code: str
    label: Text
    label_plural: Text
    model: type[Record]
    fields: tuple[str, ...]
    natural_key: tuple[str, ...]
    title_field: str
    form: type[forms.ModelForm]
    table: type[Any]
    filterset: type[Any]
    serializer: type[Any]
    path: str
    mentions: tuple[str, ...] = ()
    search_fields: tuple[str, ...] = ()
    # What a row is to search engines: a type of schema.org, and its properties with their fields.
    thing: str = "Thing"
    thing_fields: tuple[tuple[str, str], ...] = ()
    # Relations that every list of this kind needs, so that no row costs a query.
    select_related: tuple[str, ...] = ()
    # What a reviewer sees beside rows of this kind: last year's value, that of others.
    beside: FindBeside | None = None
    # How one project is found in two lists; None: no row of this kind stands in two.
    twins: TwinFields | None = None
    # False where no listing of its own exists (a return's narrative).
    is_listed: bool = True
    # False for what stays within the house when its case is published: it is hashed like all
    # content, and shown to those alone who may see the case.
    is_public: bool = True
    # Those of ``fields`` that came later: they are in the content only where they say something, so
    # that what was published before keeps its hash.
    later_fields: tuple[str, ...] = ()
    # Name of the URL of the page where rows of this kind are written, which takes the case's id;
    # blank where the desk's own forms do.
    entry_url: str = ""

    def public_rows(self, as_of: dt.datetime | None = None) -> "models.QuerySet[Any]":
        """Return the rows that are public now, or were at ``as_of``.

        Newest year first, list after list as they were opened, each in printed order: a
        correction keeps its place.
        """
        return self.with_relations(self.model.objects.public(as_of))

    def with_relations(self, rows: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        """Return ``rows`` in printed order, with all that a list of them shows."""
        return (
            rows.select_related(
                "revision__case", "revision__release_item__release", *self.select_related
            )
            # A manifest grows with its release and would come along with every row.
            .defer("sounds", "revision__release_item__release__manifest")
            .order_by(*PRINTED_ORDER)
        )


@dataclass(frozen=True)
class Preview:
    """A case as it will be published: a template of its own app, and what it shows."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class PrintedRow:
    """A row as the receipt of a report prints it: its code, what it is, its value in full."""

    code: str
    name: str
    value: str


@dataclass(frozen=True)
class PrintedPart:
    """Some rows under one heading."""

    heading: str
    rows: Sequence[PrintedRow]


@dataclass(frozen=True)
class Kind:
    """One kind of case, and the road it takes."""

    code: str
    label: Text
    records: tuple[RecordKind, ...]
    # Who opens and fills it; district fillers' cases take the road with the bureau's own check.
    filled_by: Role
    checks: tuple[Check, ...] = ()
    # A return has no subject (one per bureau and year); a list has one.
    has_subject: bool = True
    # Name of the URL of the kind's own entry page, which takes the case's id; blank where the
    # desk's pages do.
    entry_url: str = ""
    # Name of the URL that leads to where a field without a row is entered; takes the case's id and
    # the field as a finding names it.
    field_url: str = ""
    # Name of the URL of the page that shows how complete the kind's cells are, if it has one.
    cells_url: str = ""
    # What is shown to the person who signs: the case as it will be published, made of the rows
    # that are hashed, under the head of its form.
    preview: "Callable[[Content, FormVersion | None], Preview] | None" = None
    # What the receipt prints of the reported rows; None where it only counts them.
    printed: "Callable[[Content], Sequence[PrintedPart]] | None" = None
    # Stores what the house itself knows of a case: when it is opened, and before it is handed on.
    prepare: Callable[[User, Revision], None] | None = None

    @property
    def public_records(self) -> tuple[RecordKind, ...]:
        """Return the kinds of row that are published with a case of this kind."""
        return tuple(record_kind for record_kind in self.records if record_kind.is_public)

    @property
    def checked_in_bureau(self) -> bool:
        """Say whether a signatory of the same bureau checks and signs before the report."""
        return self.filled_by == Role.DISTRICT_FILLER


# Newest report year first, list after list as they were opened, each as it is printed. The
# permanent id stands last: it is the same in every revision.
PRINTED_ORDER = ("list_place", "position", "uid")

kinds: dict[str, Kind] = {}
record_kinds: dict[str, RecordKind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. A record kind may serve several kinds of case. Raises ``ValueError``."""
    if kind.code in kinds:
        raise ValueError(f"case kind {kind.code} is declared twice")
    kinds[kind.code] = kind
    for record_kind in kind.records:
        if record_kinds.setdefault(record_kind.code, record_kind) is not record_kind:
            raise ValueError(f"record kind {record_kind.code} is declared twice")
    return kind


def record_kind_of(model: type[Record]) -> RecordKind:
    """Return the declaration that uses ``model``. Raises ``KeyError``."""
    for record_kind in record_kinds.values():
        if record_kind.model is model:
            return record_kind
    raise KeyError(model)


def listed_record_kinds() -> list[RecordKind]:
    """Return the record kinds that have a public listing, in order of declaration."""
    return [record_kind for record_kind in record_kinds.values() if record_kind.is_listed]
