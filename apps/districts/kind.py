"""District returns and the city's own figures, declared."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role
from apps.cases.kinds import Kind, RecordKind, register
from apps.cases.origins import register_origins
from apps.districts import checks, derived, filters, forms, serializers, tables
from apps.districts.beside import beside_figures
from apps.districts.lists import listed
from apps.districts.lists.answers import origins_of_row
from apps.districts.lists.beside import beside_statements
from apps.districts.lists.models import ListStatement
from apps.districts.models import IndicatorValue, NarrativeSection
from apps.districts.preview import preview
from apps.districts.printed import receipt_parts

INDICATOR_VALUE = RecordKind(
    code="indicator-values",
    label=_("figure"),
    label_plural=_("figures"),
    model=IndicatorValue,
    fields=(
        "indicator",
        "unit",
        "reporting_unit",
        "subject",
        "period",
        "scope",
        "value",
        "blank",
        "qualifier",
        "comparison",
        "rank",
        "status",
        "quoted_from",
        "quoted_on",
    ),
    later_fields=("quoted_from", "quoted_on"),
    natural_key=(
        "indicator",
        "unit",
        "reporting_unit",
        "subject",
        "period",
        "scope",
        "status",
    ),
    title_field="indicator",
    form=forms.IndicatorValueForm,
    table=tables.IndicatorValueTable,
    filterset=filters.IndicatorValueFilterSet,
    serializer=serializers.IndicatorValueSerializer,
    path="indicators/",
    search_fields=("indicator__name", "subject", "reporting_unit__name"),
    thing="Observation",
    thing_fields=(("value", "value"), ("unitText", "unit"), ("observationPeriod", "period")),
    select_related=("indicator", "reporting_unit"),
    beside=beside_figures,
)

NARRATIVE_SECTION = RecordKind(
    code="narrative-sections",
    label=_("narrative section"),
    label_plural=_("narrative sections"),
    model=NarrativeSection,
    fields=("heading", "text"),
    natural_key=("heading",),
    title_field="heading",
    form=forms.NarrativeSectionForm,
    table=tables.NarrativeSectionTable,
    filterset=filters.NarrativeSectionFilterSet,
    serializer=serializers.NarrativeSectionSerializer,
    path="narratives/",
    search_fields=("heading", "text"),
    is_listed=False,
)

LIST_STATEMENT = RecordKind(
    code="list-statements",
    label=_("statement on a list"),
    label_plural=_("statements on the lists"),
    model=ListStatement,
    fields=("title", "says", "claim", "reason", "row_kind", "list_revision", "row_uid", "seen"),
    natural_key=("list_revision", "row_uid", "title"),
    title_field="title",
    form=listed.ListStatementForm,
    table=listed.ListStatementTable,
    filterset=listed.ListStatementFilterSet,
    serializer=listed.ListStatementSerializer,
    path="statements/",
    search_fields=("title", "reason"),
    select_related=("list_revision__case__bureau",),
    beside=beside_statements,
    is_listed=False,
    is_public=False,
    entry_url="districts:lists",
)

register(
    Kind(
        code="district-returns",
        label=_("district return"),
        records=(INDICATOR_VALUE, NARRATIVE_SECTION, LIST_STATEMENT),
        filled_by=Role.DISTRICT_FILLER,
        checks=checks.RETURN_CHECKS,
        has_subject=False,
        entry_url="districts:return",
        prepare=derived.count_derived,
        field_url="districts:entry",
        cells_url="districts:completeness",
        preview=preview,
        printed=receipt_parts,
    )
)

register(
    Kind(
        code="city-figures",
        label=_("city figures"),
        records=(INDICATOR_VALUE,),
        filled_by=Role.CITY_EDITOR,
        checks=checks.FIGURE_CHECKS,
        has_subject=False,
        printed=receipt_parts,
    )
)

register_origins(origins_of_row)
