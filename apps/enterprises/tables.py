"""Listings."""

import django_tables2 as tables

from apps.cases.tables import RecordTable
from apps.enterprises.models import RosterEntry


class RosterEntryTable(RecordTable):
    """Entries of rosters."""

    rank = tables.Column(attrs={"td": {"class": "num"}})
    year = tables.Column(attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = RosterEntry
        fields = ("organisation", "roster", "year", "rank", "title", "district")
