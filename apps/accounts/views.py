"""The security log, and the answer to too many requests."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.generic import ListView

from apps.accounts.models import EventKind, SecurityEvent, SecurityEventQuerySet, User


class SecurityEvents(LoginRequiredMixin, ListView):
    """The security log: all of it for the auditor, one's own for everyone else."""

    template_name = "account/security_events.html"
    context_object_name = "events"
    paginate_by = 50
    extra_context = {"kinds": EventKind.choices}

    def get_queryset(self) -> SecurityEventQuerySet:
        """Return the entries that the person may read, of one kind or about one name if asked."""
        user = self.request.user
        assert isinstance(user, User)
        events = SecurityEvent.objects.visible_to(user)
        if kind := self.request.GET.get("kind"):
            events = events.filter(kind=kind)
        if name := self.request.GET.get("name", "").strip():
            events = events.named(name)
        return events


def password_missing(request: HttpRequest) -> HttpResponse:
    """Answer a person without a password: allauth sends him here instead of to changing it."""
    reason = _("Your account has no password yet. Ask the administrator to set one.")
    return render(request, "403.html", {"reason": reason}, status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429 with a page that says what to do. allauth looks for it in ``config.urls``."""
    return render(request, "account/too_many.html", status=429)
