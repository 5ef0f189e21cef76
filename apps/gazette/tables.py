"""Listings."""

import django_tables2 as tables

from apps.cases.tables import RecordTable
from apps.gazette.models import ChronicleEntry, Policy


class PolicyTable(RecordTable):
    """Policies."""

    year = tables.Column(attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = Policy
        fields = ("title", "category", "year", "note")


class ChronicleEntryTable(RecordTable):
    """Events."""

    date_from = tables.DateColumn(format="Y-m-d", attrs={"td": {"class": "num"}})
    date_to = tables.DateColumn(format="Y-m-d", attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = ChronicleEntry
        fields = ("title", "date_from", "date_to", "note")
