"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.models import Bureau, BureauKind, User
from apps.cases.models import Notification


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the city's bureau, and for a signed-in person the number of unread messages."""
    values: dict[str, Any] = {
        "city_bureau": Bureau.objects.filter(kind=BureauKind.CITY).first(),
        "site_url": settings.SITE_URL,
    }
    if isinstance(request.user, User):
        values["unread_notifications"] = Notification.objects.filter(
            recipient=request.user, read_at__isnull=True
        ).count()
    return values
