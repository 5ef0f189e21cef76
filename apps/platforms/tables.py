"""Listings."""

import django_tables2 as tables

from apps.cases.tables import NamesColumn, RecordTable
from apps.platforms.models import Certification


class CertificationTable(RecordTable):
    """Certifications."""

    hosts = NamesColumn()
    year = tables.Column(attrs={"td": {"class": "num"}})

    class Meta(RecordTable.Meta):
        model = Certification
        fields = ("platform", "type", "level", "year", "hosts", "district", "status")
