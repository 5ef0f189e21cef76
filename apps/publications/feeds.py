"""Atom feeds: of all releases, and of the cases of one kind of row.

Who follows one learns of every publication and every correction.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.cases.kinds import RecordKind, kinds, record_kinds
from apps.cases.models import Release, Revision
from apps.publications.queries import readable_revisions

NEWEST = 50


class _Feed(Feed):
    """Atom whose addresses begin with the site's own, whatever host it is asked of."""

    feed_type = Atom1Feed
    author_name = _("Yongke")

    def page(self, obj: Any) -> str:
        """Return the path of the page that shows the same."""
        raise NotImplementedError

    def link(self, obj: Any) -> str:
        """Return the page."""
        return settings.SITE_URL + self.page(obj)

    def feed_url(self, obj: Any) -> str:
        """Return the address of the feed itself."""
        return f"{self.link(obj)}feed.atom"

    def feed_guid(self, obj: Any) -> str:
        """Return the same id at all times."""
        return self.link(obj)


class ReleaseFeed(_Feed):
    """The newest releases, as Atom."""

    title = _("Releases of science and technology results")
    subtitle = _("Each act of publishing, with its number and its reason.")

    def page(self, obj: Any) -> str:
        """Return the list of releases."""
        return reverse("publications:releases")

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


class KindFeed(_Feed):
    """The newest published and corrected cases with rows of one kind, as Atom.

    What was withdrawn is no longer in it.
    """

    def get_object(self, request: HttpRequest, kind: str) -> RecordKind:
        """Return the kind of the listing."""
        return record_kinds[kind]

    def title(self, obj: RecordKind) -> str:
        """Return what the listing is called."""
        return str(obj.label_plural)

    def subtitle(self, obj: RecordKind) -> str:
        """Say what the entries are."""
        return gettext("Each case that was published or corrected, with its release.")

    def page(self, obj: RecordKind) -> str:
        """Return the listing."""
        return reverse("publications:listing", args=[obj.code])

    def items(self, obj: RecordKind) -> QuerySet[Revision]:
        """Return the newest cases. One query."""
        codes = [code for code, kind in kinds.items() if obj in kind.records]
        return (
            readable_revisions()
            .filter(case__kind__in=codes)
            .order_by("-published_at", "-pk")[:NEWEST]
        )

    def item_title(self, item: Revision) -> str:
        """Return the case and the number of the revision."""
        return str(item)

    def item_description(self, item: Revision) -> str:
        """Return the number of rows and the release, and why it was corrected."""
        released = item.release_item
        rows = ngettext("%(count)s row", "%(count)s rows", released.rows) % {"count": released.rows}
        said = gettext("Release %(number)s: %(cases)s") % {
            "number": released.release.number,
            "cases": rows,
        }
        return f"{said}. {item.reason}" if item.reason else said

    def item_link(self, item: Revision) -> str:
        """Return the permanent address of the revision."""
        page = reverse("publications:revision", args=[item.case_id, item.number])
        return settings.SITE_URL + page

    def item_pubdate(self, item: Revision) -> dt.datetime | None:
        """Return when it was published."""
        return item.published_at

    def item_updateddate(self, item: Revision) -> dt.datetime | None:
        """Return the same: a published revision never changes."""
        return item.published_at
