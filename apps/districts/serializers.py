"""Rows for the API and the exports; the field names are fixed (DESIGN §6)."""

from typing import Any, ClassVar

from django.db.models import Case, CharField, Value, When
from rest_framework import serializers

from apps.cases.serializers import RecordSerializer
from apps.districts.models import SCOPE_TERMS, IndicatorValue, NarrativeSection
from apps.registry.dictionary import NameInYear


class IndicatorValueSerializer(RecordSerializer):
    """A figure. ``value`` keeps its printed digits; ``blank`` says why there is none."""

    indicator = serializers.CharField(source="defined.name")
    value = serializers.DecimalField(max_digits=None, decimal_places=None, allow_null=True)
    scope = serializers.SerializerMethodField()

    # The same where the database writes the rows.
    written: ClassVar[dict[str, Any]] = {
        "scope": Case(
            *(When(scope=code, then=Value(term)) for code, term in SCOPE_TERMS.items()),
            default=Value(""),
            output_field=CharField(),
        ),
        "indicator": NameInYear("indicator__former", "revision__case__year", "indicator__name"),
    }

    class Meta:
        model = IndicatorValue
        fields = (
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
            "source_line",
            "flags",
            *RecordSerializer.TAIL,
        )

    def get_scope(self, figure: IndicatorValue) -> str:
        """Return the scope 口径 by the field's own term; blank where the source states none."""
        return SCOPE_TERMS.get(figure.scope, "")


class NarrativeSectionSerializer(RecordSerializer):
    """A narrative section; ``text`` as it is read, with the figures that it refers to."""

    text = serializers.CharField(source="told")

    class Meta:
        model = NarrativeSection
        fields = ("heading", "text", *RecordSerializer.TAIL)
