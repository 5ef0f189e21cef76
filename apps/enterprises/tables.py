"""Listings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.cases.tables import RecordTable
from apps.enterprises.models import RosterEntry


class RosterEntryTable(RecordTable):
    """Entries of rosters."""

    short_words = ("district",)
    rank = tables.Column(
        verbose_name=pgettext_lazy("in a roster", "number"), attrs={"td": {"class": "num"}}
    )
    year = tables.Column(verbose_name=_("year"), attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = RosterEntry
        fields = ("organisation", "roster", "year", "rank", "title", "district")
