"""What of a return the administrator lays down: what indicators mean, how figures are counted."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.site import Dictionary, is_administrator, site
from apps.districts.dictionary import touched
from apps.districts.models import Derivation
from apps.registry.dictionary import define, differences
from apps.registry.models import DEFINED, Indicator, IndicatorVersion


@admin.register(Derivation, site=site)
class DerivationAdmin(Dictionary):
    """Which indicators are counted from the city's lists, from which year on, and how."""

    list_display = ("indicator", "from_year", "record_kind", "year_field", "conditions")
    list_select_related = ("indicator",)
    search_fields = ("indicator__name", "indicator__code")
    autocomplete_fields = ("indicator",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say yes: nothing points at it, and what was counted stays in the returns."""
        return is_administrator(request)


class VersionForm(forms.ModelForm):
    """A new version of an indicator. It is tried whole before anything is shown or kept."""

    actor: User

    class Meta:
        model = IndicatorVersion
        fields = ["indicator", "from_year", *DEFINED, "is_break", "reason"]

    def clean(self) -> dict[str, Any]:
        """Refuse what ``define`` refuses, the database's lock included."""
        values: dict[str, Any] = super().clean() or {}
        if not self.errors:
            with transaction.atomic():
                self.define()
                transaction.set_rollback(True)
        return values

    def define(self) -> IndicatorVersion:
        """Add the version. Raises as ``registry.dictionary.define``."""
        values = self.cleaned_data
        return define(
            self.actor,
            values["indicator"],
            values["from_year"],
            {name: values[name] for name in DEFINED},
            values["reason"],
            is_break=values["is_break"],
        )

    def _post_clean(self) -> None:
        """Leave the instance alone: ``define`` makes and checks the version."""


@admin.register(IndicatorVersion, site=site)
class IndicatorVersionAdmin(Dictionary):
    """Versions of the dictionary. One is added with a reason, after a look at what it touches."""

    list_display = ("name", "from_year", "units", "measure", "is_break", "reason", "created_by")
    list_filter = ("from_year", "is_break", ("indicator", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("created_by",)
    search_fields = ("name", "indicator__name", "indicator__code")
    form = VersionForm

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no: a version is followed by another one."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the definition as it is now."""
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        chosen = request.GET.get("indicator", "")
        indicator = Indicator.objects.filter(pk=chosen if chosen.isdecimal() else 0).first()
        if indicator is not None:
            initial |= {name: getattr(indicator, name) for name in DEFINED}
        return initial

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form, which knows who is at work."""
        made = super().get_form(request, obj, change=change, **kwargs)
        return type(made.__name__, (made,), {"actor": request.user})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what a new version changes and touches; keep it only when that is confirmed."""
        if request.method == "POST" and object_id is None and "_confirmed" not in request.POST:
            form = self.get_form(request)(request.POST)
            if self.has_add_permission(request) and form.is_valid():
                return self._preview(request, form.cleaned_data)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _preview(self, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
        indicator: Indicator = values["indicator"]
        version = IndicatorVersion(**values)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What this change touches"),
            "indicator": indicator,
            "version": version,
            "changes": differences(indicator, version),
            "touched": touched(indicator, version.from_year, version.units),
            "sent": [
                (name, value)
                for name, values in request.POST.lists()
                if name != "csrfmiddlewaretoken"
                for value in values
            ],
        }
        return TemplateResponse(request, "admin/registry/indicatorversion/preview.html", context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Add the version by the one function that does."""
        made = form.define()
        obj.__dict__.update(made.__dict__)
