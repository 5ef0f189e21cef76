"""The feed of releases: who follows it learns of every publication and every correction."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Count, QuerySet
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.cases.models import Release

NEWEST = 50


class ReleaseFeed(Feed):
    """The newest releases, as Atom."""

    feed_type = Atom1Feed
    title = _("Releases of science and technology results")
    subtitle = _("Each act of publishing, with its number and its reason.")
    link = reverse_lazy("publications:releases")
    author_name = _("Yongke")

    def items(self) -> QuerySet[Any]:
        """Return the newest releases with the number of their cases."""
        return (
            Release.objects.defer("manifest")
            .annotate(cases=Count("items"))
            .order_by("-published_at", "-pk")[:NEWEST]
        )

    def item_title(self, item: Any) -> str:
        """Return the number with the number of cases."""
        cases = ngettext("%(count)s case", "%(count)s cases", item.cases) % {"count": item.cases}
        return gettext("Release %(number)s: %(cases)s") % {"number": item.number, "cases": cases}

    def item_description(self, item: Any) -> str:
        """Return why it was made."""
        return str(item.reason)

    def item_link(self, item: Any) -> str:
        """Return its permanent address."""
        return settings.SITE_URL + reverse("publications:release", args=[item.number])

    def item_pubdate(self, item: Any) -> dt.datetime:
        """Return when it was made."""
        return item.published_at

    def item_updateddate(self, item: Any) -> dt.datetime:
        """Return the same: a release never changes."""
        return item.published_at
