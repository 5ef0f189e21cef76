"""What every page knows about the person's session."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def session(request: HttpRequest) -> dict[str, Any]:
    """Return after how many idle seconds the person is signed out."""
    if request.user.is_authenticated:
        return {"idle_seconds": settings.SESSION_COOKIE_AGE}
    return {}
