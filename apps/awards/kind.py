"""Award lists and laureate lists, declared."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role
from apps.awards import checks, filters, forms, serializers, tables
from apps.awards.models import Award, Laureate
from apps.cases.kinds import Kind, RecordKind, TwinFields, register

AWARD = RecordKind(
    code="awards",
    label=_("award"),
    label_plural=_("awards"),
    model=Award,
    fields=(
        "programme",
        "award_class",
        "grade",
        "award_year",
        "announced_on",
        "title",
        "organisations",
        "people",
    ),
    natural_key=("programme", "award_year", "title"),
    title_field="title",
    form=forms.AwardForm,
    table=tables.AwardTable,
    filterset=filters.AwardFilterSet,
    serializer=serializers.AwardSerializer,
    path="awards/",
    mentions=("organisations",),
    search_fields=("title", "organisations", "people"),
    thing="CreativeWork",
    thing_fields=(("award", "programme"),),
    # A project often wins at city and at provincial level (DOMAIN §3).
    twins=TwinFields("title", "organisations", "people", apart="programme"),
)

LAUREATE = RecordKind(
    code="laureates",
    label=_("laureate"),
    label_plural=_("laureates"),
    model=Laureate,
    fields=("programme", "award_year", "name", "employer", "nominator"),
    natural_key=("programme", "award_year", "name", "employer"),
    title_field="name",
    form=forms.LaureateForm,
    table=tables.LaureateTable,
    filterset=filters.LaureateFilterSet,
    serializer=serializers.LaureateSerializer,
    path="awards/laureates/",
    mentions=("employer", "nominator"),
    search_fields=("name", "employer", "nominator"),
    thing="Person",
    thing_fields=(("award", "programme"),),
)

register(
    Kind(
        code="awards",
        label=_("award list"),
        records=(AWARD,),
        filled_by=Role.CITY_EDITOR,
        checks=(
            checks.award_without_winners,
            checks.award_printed_twice,
            checks.award_after_report,
            checks.person_named_twice,
        ),
    )
)

register(
    Kind(
        code="laureates",
        label=_("laureate list"),
        records=(LAUREATE,),
        filled_by=Role.CITY_EDITOR,
        checks=(checks.laureate_named_twice,),
    )
)
