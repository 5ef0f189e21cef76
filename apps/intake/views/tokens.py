"""A person's access tokens: list, make (the key is shown once), revoke."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import Role
from apps.cases.desk.views.base import DeskRequest, crumbs, page
from apps.cases.errors import WorkflowError
from apps.intake.models import ApiToken
from apps.intake.tokens import MOST_DAYS, make_token, revoke_token, roles_of


class TokenForm(forms.Form):
    """What a token is for, in which role, and for how long."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=60,
        help_text=gettext_lazy(
            "The system that will use it, such as the bureau's project database."
        ),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    days = forms.IntegerField(
        label=gettext_lazy("Valid for so many days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=90,
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        """Offer the roles in which the person fills cases."""
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(role.value, role.label) for role in roles]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def tokens(request: DeskRequest) -> HttpResponse:
    """Show the person's tokens; make a new one, whose key this page shows and no other."""
    roles = roles_of(request.user)
    if not roles:
        raise Http404
    form = TokenForm(request.POST if request.method == "POST" else None, roles=roles)
    refusal: WorkflowError | None = None
    key = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            _token, key = make_token(request.user, values["name"], values["role"], values["days"])
        except WorkflowError as error:
            refusal = error
        else:
            form = TokenForm(roles=roles)
    context = {
        "form": form,
        "key": key,
        "tokens": list(request.user.api_tokens.select_related("bureau")[:50]),
        "address": request.build_absolute_uri(reverse("intake-api:root")),
        "crumbs": [crumbs()[0], {"url": "", "label": _("Access tokens")}],
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return page(request, "intake/tokens.html", context, refusal, status)


@login_required
@require_POST
def revoke(request: DeskRequest, token_id: int) -> HttpResponse:
    """End a token at once."""
    try:
        token = revoke_token(request.user, token_id)
    except ApiToken.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
    return redirect("tokens:tokens")
