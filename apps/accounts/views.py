"""Pages of the security log."""

from django.contrib.auth.mixins import LoginRequiredMixin
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
