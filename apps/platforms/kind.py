"""Certification lists, declared."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role
from apps.cases.kinds import Kind, RecordKind, register
from apps.platforms import checks, filters, forms, serializers, tables
from apps.platforms.models import Certification

CERTIFICATION = RecordKind(
    code="certifications",
    label=_("certification"),
    label_plural=_("certifications"),
    model=Certification,
    fields=(
        "platform",
        "type",
        "level",
        "year",
        "batch",
        "hosts",
        "district",
        "status",
        "document_number",
        "valid_from",
        "valid_to",
    ),
    natural_key=("type", "platform", "year", "status"),
    title_field="platform",
    form=forms.CertificationForm,
    table=tables.CertificationTable,
    filterset=filters.CertificationFilterSet,
    serializer=serializers.CertificationSerializer,
    path="platforms/",
    mentions=("hosts",),
    search_fields=("platform", "type", "hosts"),
    thing="Organization",
    thing_fields=(("additionalType", "type"),),
    select_related=("district",),
)

register(
    Kind(
        code="certifications",
        label=_("certification list"),
        records=(CERTIFICATION,),
        filled_by=Role.CITY_EDITOR,
        checks=(
            checks.certification_listed_twice,
            checks.certification_after_report,
            checks.certification_ends_before_it_begins,
        ),
    )
)
