"""What of a return the administrator lays down: how figures are counted."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from apps.accounts.site import Dictionary, is_administrator, site
from apps.districts.models import Derivation


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
