"""The moment that a page shows: now, a moment in the past, or the end of a day in the past."""

import datetime as dt
import re
from collections.abc import Mapping

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound

from apps.cases.models import Release
from apps.publications.answers import BadQuery

_RELEASE = re.compile(r"\d{4}-\d{3,7}\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+ -]\d{2}:\d{2})?\Z", re.ASCII
)


class MomentForm(forms.Form):
    """The one field that turns a page back to what was published then."""

    as_of = forms.DateField(
        label=_("As published on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


def moment_form(data: Mapping[str, str]) -> MomentForm:
    """Return the field as it was asked for; a moment, which no field of days holds, as text."""
    form = MomentForm(data)
    if not _DAY.match(data.get("as_of", "").strip() or "2000-01-01"):
        form.fields["as_of"] = forms.CharField(label=form.fields["as_of"].label, required=False)
    return form


def words_of(day: dt.date | dt.datetime) -> str:
    """Return a day, or a moment to the second in the city's time, as it is printed."""
    if isinstance(day, dt.datetime):
        return timezone.localtime(day).strftime("%Y-%m-%d %H:%M:%S")
    return day.isoformat()


def day_of(data: Mapping[str, str]) -> dt.date | dt.datetime | None:
    """Return the day or the moment that ``as_of`` names, or None. Raises ``BadQuery`` for else,
    and for what is still to come.

    A moment is to the second, such as 2026-03-31T09:00:00, in the city's time zone unless it
    brings one. The plus sign of a zone may have become a blank in the address.
    """
    text = data.get("as_of", "").strip()
    if not text:
        return None
    day = _parsed(text)
    # What the newest release is cited by may lie in the second that has begun.
    now = timezone.now() + dt.timedelta(seconds=1)
    if day > (now if isinstance(day, dt.datetime) else timezone.localdate()):
        raise BadQuery(
            gettext(
                "“As published on” takes a day up to today: what will be published is not known."
            )
        )
    return day


def _parsed(text: str) -> dt.date | dt.datetime:
    """Return the day or the moment that is written in ``text``. Raises ``BadQuery``."""
    try:
        return _read(text)
    except (ValueError, OverflowError) as error:
        raise BadQuery(
            gettext("“As published on” takes a day such as 2026-03-31. Correct it in the address.")
        ) from error


def _read(text: str) -> dt.date | dt.datetime:
    """Return the day or the moment that is written in ``text``.

    Raises ``ValueError``, and ``OverflowError`` for what lies before the calendar or behind it.
    """
    if _DAY.match(text):
        return dt.date.fromisoformat(text)
    if not _MOMENT.match(text):
        raise ValueError
    moment = dt.datetime.fromisoformat(text.replace(" ", "+"))
    if not moment.tzinfo:
        return timezone.make_aware(moment)
    # The database takes no zone further than 16 hours away; a name of one is not kept anyway.
    return moment.astimezone(dt.UTC)


def moment_since(text: str) -> dt.datetime | None:
    """Return the moment that ``since`` names: that of a release, a time, or the begin of a day.

    None for nothing. Raises ``NotFound`` for a release that there is not, ``BadQuery`` for anything
    else. One query for a release.
    """
    text = text.strip()
    if not text:
        return None
    if _RELEASE.match(text):
        release = Release.objects.filter(number=text).only("published_at").first()
        if release is None:
            raise NotFound(gettext("There is no release %(number)s.") % {"number": text})
        return release.published_at
    try:
        day = _parsed(text)
    except BadQuery as error:
        raise BadQuery(
            gettext("“since” takes the number of a release, a day such as 2026-03-31, or a time.")
        ) from error
    if isinstance(day, dt.datetime):
        return day
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def end_of(day: dt.date | dt.datetime | None) -> dt.datetime | None:
    """Return the last moment of ``day`` in the city's time zone, or None for now.

    A moment is its own end.
    """
    if day is None or isinstance(day, dt.datetime):
        return day
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))
