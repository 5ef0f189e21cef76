"""How to cite what a public page shows: body, title, release, day, lasting address; twice.

The Chinese form follows GB/T 7714-2015 for a data set on the network (``[DS/OL]``).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.accounts.models import Bureau, BureauKind
from apps.cases.models import Release
from apps.publications.edition import remembered


@dataclass(frozen=True)
class Citation:
    """One text to copy; ``language`` is what it is written in."""

    language: str
    text: str


def city() -> Bureau | None:
    """Return the city's bureau, remembered for an edition. One query."""
    return remembered("city", lambda: Bureau.objects.filter(kind=BureauKind.CITY).first())


def newest_release() -> Release | None:
    """Return the newest release without its manifest. One query an edition."""
    return remembered(
        "newest release", lambda: Release.objects.defer("manifest").order_by("-pk").first()
    )


def first_release() -> Release | None:
    """Return the first release without its manifest. One query an edition."""
    return remembered(
        "first release", lambda: Release.objects.defer("manifest").order_by("pk").first()
    )


def moment_of(release: Release) -> str:
    """Return the second from which ``release`` is public, as ``as_of`` takes it."""
    at = timezone.localtime(release.published_at)
    if at.microsecond:
        at = at.replace(microsecond=0) + dt.timedelta(seconds=1)
    return f"{at:%Y-%m-%dT%H:%M:%S}"


def citations(title: Callable[[], str], release: Release | None, path: str) -> list[Citation]:
    """Return how to cite the page at ``path``; nothing before the first release.

    ``title`` is asked once in each language.
    """
    if release is None:
        return []
    publisher = city()
    day = date_format(timezone.localtime(release.published_at), "Y-m-d")
    url = settings.SITE_URL + path
    found = []
    for language, mark in (("zh-hans", "[DS/OL]"), ("en", " [data set]")):
        with override(language):
            body = ""
            if publisher is not None:
                name = publisher.name_en if language == "en" else publisher.name
                body = f"{name or publisher.name}. "
            words = _("Release %(number)s") % {"number": release.number}
            found.append(Citation(language, f"{body}{title()}{mark}. {words} ({day}). {url}"))
    return found
