"""The administration site: dictionaries and accounts, for the administrator alone."""

from typing import Any

from allauth.account import views as account
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts import audit
from apps.accounts.models import EventKind, Outcome, Role, User


def is_administrator(request: HttpRequest) -> bool:
    """Say whether the request comes from an administrator; no other mark opens the site."""
    user = request.user
    return isinstance(user, User) and user.has_role(Role.ADMINISTRATOR)


class AdministratorSite(admin.AdminSite):
    """Django's admin with our sign-in, our lock-out and our second factor.

    A site of its own and not ``django.contrib.admin.site``: what a package registers there is
    reachable nowhere.
    """

    site_header = _("Accounts and dictionaries")
    site_title = _("Yongke administration")
    index_title = _("Accounts and dictionaries")
    site_url = "/desk/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Say whether the person may enter."""
        return is_administrator(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one sign-in page; raises ``PermissionDenied`` for anyone signed in."""
        if request.user.is_authenticated:
            audit.record(
                EventKind.ACCESS_REFUSED,
                subject_name=request.GET.get("next", request.path),
                outcome=Outcome.FAILED,
            )
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def logout(  # type: ignore[override]  # the stubs promise a template
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign out as everywhere else."""
        response: HttpResponse = account.logout(request)
        return response

    def password_change(  # type: ignore[override]  # the stubs promise a template
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one page where a person changes his password."""
        return HttpResponseRedirect(reverse("account_change_password"))


site = AdministratorSite(name="admin")


class Dictionary(admin.ModelAdmin):
    """The base of every page here: the administrator writes, nobody deletes, all is logged."""

    # What cannot change once it is there, because it stands in content hashes.
    fixed: tuple[str, ...] = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say whether the person sees it at all."""
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may look."""
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say whether the person may add."""
        return is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say whether the person may change."""
        return is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Say no: published rows point at these."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Return what cannot be edited: for a row that exists, its ``fixed`` fields too."""
        fields = [str(name) for name in super().get_readonly_fields(request, obj)]
        return [*fields, *self.fixed] if obj else fields

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Log an addition in both logs."""
        self._record(obj, {"added": message})
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Log a change in both logs."""
        self._record(obj, {"changed": message})
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Log deletions in both logs, each row by itself."""
        for obj in queryset:
            self._record(obj, {"deleted": str(obj)})
        return super().log_deletions(request, queryset)

    def _record(self, obj: Model, detail: dict[str, Any]) -> None:
        audit.record(
            EventKind.DICTIONARY_CHANGED,
            subject_name=f"{obj._meta.label} {obj.pk}",
            detail=detail,
        )
