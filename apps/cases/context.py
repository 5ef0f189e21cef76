"""What every page knows."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts.models import Bureau, BureauKind, User
from apps.cases.models import Notification


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the city's bureau, and for a signed-in person the number of unread messages."""
    # Asked for only where a page names it.
    city = SimpleLazyObject(lambda: Bureau.objects.filter(kind=BureauKind.CITY).first())
    values: dict[str, Any] = {"city_bureau": city, "site_url": settings.SITE_URL}
    if isinstance(request.user, User):
        values["unread_notifications"] = _unread(request.user)
    return values


def _unread(user: User) -> int:
    """Return the number of unread messages; the person's bureau, which each page names, along."""
    unread = Notification.objects.filter(recipient=user, read_at__isnull=True)
    if user.bureau_id is None or User.bureau.is_cached(user):
        return unread.count()
    counted = unread.order_by().values("recipient").annotate(count=Count("pk")).values("count")
    bureau = Bureau.objects.annotate(unread=Coalesce(Subquery(counted), 0)).get(pk=user.bureau_id)
    user.bureau = bureau
    count: int = bureau.unread
    return count
