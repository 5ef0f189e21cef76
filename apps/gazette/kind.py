"""Policy register and chronicle, declared."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import Role
from apps.cases.kinds import Kind, RecordKind, register
from apps.gazette import checks, filters, forms, serializers, tables
from apps.gazette.models import ChronicleEntry, Policy

POLICY = RecordKind(
    code="policies",
    label=_("policy"),
    label_plural=_("policies"),
    model=Policy,
    fields=("title", "category", "year", "note", "document_number", "issued_on"),
    natural_key=("title", "year"),
    title_field="title",
    form=forms.PolicyForm,
    table=tables.PolicyTable,
    filterset=filters.PolicyFilterSet,
    serializer=serializers.PolicySerializer,
    path="policies/",
    search_fields=("title", "category", "note"),
    thing="Legislation",
    thing_fields=(("legislationType", "category"), ("legislationIdentifier", "document_number")),
)

CHRONICLE_ENTRY = RecordKind(
    code="events",
    label=pgettext_lazy("chronicle", "event"),
    label_plural=pgettext_lazy("chronicle", "events"),
    model=ChronicleEntry,
    fields=("date_from", "date_to", "title", "note"),
    natural_key=("date_from", "title"),
    title_field="title",
    form=forms.ChronicleEntryForm,
    table=tables.ChronicleEntryTable,
    filterset=filters.ChronicleEntryFilterSet,
    serializer=serializers.ChronicleEntrySerializer,
    path="events/",
    search_fields=("title", "note"),
    thing="Event",
    thing_fields=(("startDate", "date_from"), ("endDate", "date_to")),
)

register(
    Kind(
        code="policies",
        label=_("policy register"),
        records=(POLICY,),
        filled_by=Role.CITY_EDITOR,
        checks=(checks.policy_listed_twice,),
    )
)

register(
    Kind(
        code="events",
        label=_("chronicle"),
        records=(CHRONICLE_ENTRY,),
        filled_by=Role.CITY_EDITOR,
        checks=(checks.event_outside_the_year,),
    )
)
