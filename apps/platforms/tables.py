"""Listings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from apps.cases.tables import NamesColumn, RecordTable
from apps.platforms.models import Certification


class CertificationTable(RecordTable):
    """Certifications."""

    short_words = ("level", "district", "status")
    hosts = NamesColumn(verbose_name=_("host organisations"))
    year = tables.Column(verbose_name=_("year"), attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = Certification
        fields = ("platform", "type", "level", "year", "hosts", "district", "status")
