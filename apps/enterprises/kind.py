"""Rosters, declared."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role
from apps.cases.kinds import Kind, RecordKind, register
from apps.enterprises import checks, filters, forms, serializers, tables
from apps.enterprises.models import RosterEntry

ROSTER_ENTRY = RecordKind(
    code="roster-entries",
    label=_("roster entry"),
    label_plural=_("roster entries"),
    model=RosterEntry,
    fields=(
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district",
        "certificate_number",
        "credit_code",
    ),
    natural_key=("roster", "year", "organisation", "title"),
    title_field="organisation",
    form=forms.RosterEntryForm,
    table=tables.RosterEntryTable,
    filterset=filters.RosterEntryFilterSet,
    serializer=serializers.RosterEntrySerializer,
    path="enterprises/",
    mentions=("organisation",),
    search_fields=("organisation", "title", "roster", "certificate_number", "credit_code"),
    thing="Organization",
    select_related=("district",),
)

register(
    Kind(
        code="roster-entries",
        label=_("roster"),
        records=(ROSTER_ENTRY,),
        filled_by=Role.CITY_EDITOR,
        checks=(
            checks.organisation_listed_twice,
            checks.credit_code_fails_its_check,
            checks.entry_after_report,
        ),
    )
)
