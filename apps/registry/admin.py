"""The shared vocabulary in the administration site."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.accounts.site import Dictionary, is_administrator, site
from apps.registry.domain import correct_form
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


class LockedInUse(Dictionary):
    """A page of rows that the database locks once they are used: it says so in a sentence."""

    locked: Any = ""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Say what the database refuses."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(request, self.locked)
            return HttpResponseRedirect(request.path)


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


class FormVersionForm(forms.ModelForm):
    """The head of a form; one of a year that has one already corrects it."""

    class Meta:
        model = FormVersion
        fields = ["kind", "from_year", "number", "authority", "approval", "valid_until", "reason"]

    def clean(self) -> dict[str, Any]:
        """Number a new head as the next edition of its year."""
        values: dict[str, Any] = super().clean() or {}
        if self.instance.pk is None and {"kind", "from_year"} <= set(values):
            head = self.instance
            head.kind, head.from_year = values["kind"], values["from_year"]
            head.reason = values.get("reason", "")
            correct_form(head)
        return values


@admin.register(FormVersion, site=site)
class FormVersionAdmin(LockedInUse):
    """Heads of forms. One that is in use is not changed: a new one is added from a later year."""

    list_display = (
        *("kind", "from_year", "edition", "number", "authority", "approval", "valid_until"),
        "still_missing",
    )
    list_filter = ("kind",)
    fixed = ("kind", "from_year", "reason")
    readonly_fields = ("edition",)
    form = FormVersionForm
    locked = _(
        "Cases were opened under this head, so it stays. Add a head from a later report year instead, or correct it by a head of the same year with its reason."
    )

    @admin.display(description=_("not yet entered"))
    def still_missing(self, head: FormVersion) -> str:
        """Say which parts of the head nobody has entered."""
        return "、".join(head.missing) or "—"


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
class IndicatorAdmin(LockedInUse):
    """The indicator dictionary. A code never changes; a definition in use gets a new version."""

    list_display = ("name", "code", "units", "measure", "section", "source", "asked_of")
    list_filter = ("measure", "source", "asked_of", "section")
    search_fields = ("name", "name_en", "code")
    fixed = ("code",)
    readonly_fields = ("new_version",)
    locked = _(
        "Returns were reported with this definition, so it stays. Add a version from a later report year instead."
    )

    @admin.display(description=_("versions"))
    def new_version(self, indicator: Indicator) -> str:
        """Link to its versions and to a new one."""
        if indicator.pk is None:
            return "—"
        return format_html(
            '<a href="{}?indicator__id__exact={}">{}</a> · <a href="{}?indicator={}">{}</a>',
            reverse("admin:registry_indicatorversion_changelist"),
            indicator.pk,
            _("all versions"),
            reverse("admin:registry_indicatorversion_add"),
            indicator.pk,
            _("define anew from a report year"),
        )


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
