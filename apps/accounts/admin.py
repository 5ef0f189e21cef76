"""Accounts and bureaus in the administration site."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, UserChangeForm
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts import audit, lockout
from apps.accounts.models import Bureau, EventKind, Role, User
from apps.accounts.passwords import set_temporary_password
from apps.accounts.second_factor import CRYPTOGRAPHIC, reset_second_factor
from apps.accounts.site import Dictionary, site


def roles_field() -> forms.TypedMultipleChoiceField:
    """Return the roles as boxes to tick."""
    return forms.TypedMultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "District roles need a district's or a zone's bureau, city roles the city bureau. "
            "The auditor and the administrator hold no other role."
        ),
    )


class AccountForm(UserChangeForm):
    """An account that exists."""

    roles = roles_field()

    class Meta:
        model = User
        fields = "__all__"


class NewAccountForm(BaseUserCreationForm):
    """A new account, with a password for its first sign-in."""

    roles = roles_field()

    class Meta:
        model = User
        fields = ("username", "full_name", "title", "bureau", "roles", "email")

    def save(self, commit: bool = True) -> User:
        """Return the account; its password must be changed at the first sign-in."""
        user = super().save(commit=False)
        set_temporary_password(user, self.cleaned_data["password1"])
        if commit:
            user.save()
        return user


class NewPasswordForm(AdminPasswordChangeForm):
    """A password for somebody else, who must change it at his next sign-in."""

    usable_password = None

    def save(self, commit: bool = True) -> Any:
        """Return the account with its new password."""
        set_temporary_password(self.user, self.cleaned_data["password1"])
        if commit:
            self.user.save()
        return self.user


@admin.register(User, site=site)
class AccountAdmin(Dictionary, UserAdmin):
    """One person, one account. Nobody is deleted, and nobody changes his own rights."""

    form = AccountForm
    add_form = NewAccountForm
    change_password_form = NewPasswordForm
    list_display = (
        "username",
        "full_name",
        "bureau",
        "role_words",
        "is_active",
        "second_factor",
        "last_login",
    )
    list_filter = ("is_active", "bureau")
    list_select_related = ("bureau",)
    search_fields = ("username", "full_name")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fixed = ("username",)
    actions = ("deactivate", "activate", "reset_second_factor", "unlock")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("full_name", "title", "email")}),
        (_("Rights"), {"fields": ("bureau", "roles", "is_active")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2")}),
        (_("Person"), {"fields": ("full_name", "title", "email")}),
        (_("Rights"), {"fields": ("bureau", "roles")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Return what cannot be edited: of one's own account also the rights."""
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "bureau", "roles", "is_active"] if obj == request.user else fields

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """Set somebody's password; for one's own there is a page that asks for the present one."""
        if str(request.user.pk) == id:
            return site.password_change(request)
        return super().user_change_password(request, id, form_url)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return the accounts, each with whether it has a second factor."""
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=CRYPTOGRAPHIC)
        return super().get_queryset(request).annotate(has_factor=Exists(factors))

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        """Say whether the person has set one up."""
        return bool(user.has_factor)  # type: ignore[attr-defined]  # annotated above

    @admin.display(description=_("roles"))
    def role_words(self, user: User) -> str:
        """Return the roles in words."""
        return user.role_words

    @admin.action(description=_("Deactivate: may not sign in any more"))
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Close accounts. A closed account is signed out at once and can be opened again."""
        self._set_active(request, queryset, active=False)

    @admin.action(description=_("Activate: may sign in again"))
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Open accounts again."""
        self._set_active(request, queryset, active=True)

    @admin.action(description=_("Reset the second factor: set up anew at the next sign-in"))
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Remove every factor of the accounts, for a lost telephone or key; each is logged."""
        users = self._others(request, queryset)
        for user in users:
            reset_second_factor(user)
        self._tell(request, len(users))

    @admin.action(description=_("Unlock: forget failed sign-ins"))
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """End the lock of the accounts; a locked address stays locked."""
        users = list(queryset)
        for user in users:
            if lockout.unlock(user.username):
                audit.record(EventKind.UNLOCKED, subject=user)
        self._tell(request, len(users))

    def _set_active(self, request: HttpRequest, queryset: QuerySet[User], active: bool) -> None:
        users = self._others(request, queryset)
        for user in users:
            user.is_active = active
            user.save(update_fields=["is_active"])
        self._tell(request, len(users))

    def _others(self, request: HttpRequest, queryset: QuerySet[User]) -> list[User]:
        """Return the chosen accounts without the administrator's own, and say so."""
        users = [user for user in queryset if user != request.user]
        if len(users) < len(queryset):
            self.message_user(
                request,
                _("Your own account was left out: another administrator has to do this."),
                messages.WARNING,
            )
        return users

    def _tell(self, request: HttpRequest, count: int) -> None:
        text = ngettext("%(count)s account done.", "%(count)s accounts done.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS)


@admin.register(Bureau, site=site)
class BureauAdmin(Dictionary):
    """Bureaus. The code and the level stay as they were entered."""

    list_display = ("name", "name_en", "slug", "kind", "order")
    search_fields = ("name", "name_en", "slug")
    fixed = ("slug", "kind")
