"""Listings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.cases.tables import RecordTable
from apps.gazette.models import ChronicleEntry, Policy


class PolicyTable(RecordTable):
    """Policies."""

    short_words = ("category",)
    year = tables.Column(verbose_name=_("year"), attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = Policy
        fields = ("title", "category", "year", "note")


class ChronicleEntryTable(RecordTable):
    """Events."""

    date_from = tables.DateColumn(
        verbose_name=pgettext_lazy("day", "from"), format="Y-m-d", attrs={"td": {"class": "num"}}
    )
    date_to = tables.DateColumn(
        verbose_name=pgettext_lazy("day", "to"), format="Y-m-d", attrs={"td": {"class": "num"}}
    )

    class Meta(RecordTable.Meta):
        model = ChronicleEntry
        fields = ("title", "date_from", "date_to", "note")
