"""The shared vocabulary in the administration site."""

from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from apps.accounts.site import Dictionary, is_administrator, site
from apps.registry.models import (
    CalendarDay,
    District,
    FormVersion,
    Indicator,
    IndicatorRelation,
    NarrativeLimit,
    NoticeRule,
    Organisation,
    OrganisationName,
    ReportingTerm,
    ReportingYear,
    TruthStatement,
)


@admin.register(District, site=site)
class DistrictAdmin(Dictionary):
    """Districts and zones. One that ends gets a date and a successor; its code never changes."""

    list_display = ("name", "name_en", "slug", "kind", "code", "parent", "valid_to")
    list_filter = ("kind",)
    list_select_related = ("parent",)
    search_fields = ("name", "name_en", "slug", "code")
    fixed = ("slug",)


@admin.register(ReportingYear, site=site)
class ReportingYearAdmin(Dictionary):
    """Years, with the days between which districts fill them."""

    list_display = ("year", "opens_on", "due_on")
    fixed = ("year",)


@admin.register(ReportingTerm, site=site)
class ReportingTermAdmin(Dictionary):
    """The days of one kind in one year, where they differ from the year's."""

    list_display = ("kind", "year", "opens_on", "due_on")
    list_select_related = ("year",)
    fixed = ("kind", "year")


@admin.register(NoticeRule, site=site)
class NoticeRuleAdmin(Dictionary):
    """Which kinds go on public notice, and for how long. A rule is added, never rewritten."""

    list_display = ("kind", "from_year", "working_days")
    fixed = ("kind", "from_year", "working_days")


@admin.register(FormVersion, site=site)
class FormVersionAdmin(Dictionary):
    """Heads of forms. One that is in use is not changed: a new one is added from a later year."""

    list_display = ("kind", "from_year", "number", "authority", "approval", "valid_until")
    list_filter = ("kind",)
    fixed = ("kind", "from_year")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Say in a sentence what the database refuses: cases were opened under this head."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(
                request,
                _(
                    "Cases were opened under this head, so it stays. Add a head from a later report year instead."
                ),
            )
            return HttpResponseRedirect(request.path)


@admin.register(TruthStatement, site=site)
class TruthStatementAdmin(Dictionary):
    """What signatories sign. A statement is added, never rewritten: reports were signed with it."""

    list_display = ("text", "kind", "from_year", "id")
    fixed = ("kind", "from_year", "text")


@admin.register(NarrativeLimit, site=site)
class NarrativeLimitAdmin(Dictionary):
    """How long the sections of a narrative are to be."""

    list_display = ("heading", "least", "most", "is_strict")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes: nothing points at a limit, and one may be given up."""
        return is_administrator(request)


@admin.register(CalendarDay, site=site)
class CalendarDayAdmin(Dictionary):
    """Holidays and make-up working days, from the State Council's yearly notice."""

    list_display = ("date", "is_working", "name")
    list_filter = ("is_working",)
    date_hierarchy = "date"
    fixed = ("date",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes: nothing points at a day, and a notice may be withdrawn."""
        return is_administrator(request)


@admin.register(Indicator, site=site)
class IndicatorAdmin(Dictionary):
    """The indicator dictionary. A code never changes."""

    list_display = ("name", "code", "units", "measure", "section", "source", "asked_of")
    list_filter = ("measure", "source", "asked_of", "section")
    search_fields = ("name", "name_en", "code")
    fixed = ("code",)


@admin.register(IndicatorRelation, site=site)
class IndicatorRelationAdmin(Dictionary):
    """What holds between indicators: the rules of a return read it."""

    list_display = (
        "indicator",
        "kind",
        "role",
        "term",
        "factor",
        "low",
        "high",
        "is_strict",
        "code",
    )
    list_filter = ("kind", "is_strict")
    list_select_related = ("indicator", "term")
    search_fields = ("code", "indicator__name", "indicator__code", "term__name", "term__code")
    autocomplete_fields = ("indicator", "term")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes: nothing points at a relation, and one may turn out wrong."""
        return is_administrator(request)


class NameInline(admin.TabularInline):
    """The names of one organisation, to read; they are moved on their own page."""

    model = OrganisationName
    extra = 0
    fields = ("name",)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may look."""
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no: a name has its own page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no: a name has its own page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no: printed rows point at it."""
        return False


@admin.register(Organisation, site=site)
class OrganisationAdmin(Dictionary):
    """Organisations, whatever they are printed as."""

    list_display = ("name", "credit_code", "district")
    list_filter = ("district",)
    list_select_related = ("district",)
    search_fields = ("name", "credit_code", "names__name")
    inlines = (NameInline,)


@admin.register(OrganisationName, site=site)
class OrganisationNameAdmin(Dictionary):
    """Printed names. A name never changes; joining and splitting is done at the desk."""

    list_display = ("name", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("name", "organisation__name")
    raw_id_fields = ("organisation",)
    # Which organisation it belongs to is decided at the desk, with a reason, a trace and an undo.
    fixed = ("name", "organisation")
