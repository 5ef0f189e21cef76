"""The base of every kind's serializer: one serves the API, CSV, XLSX and JSON alike."""

import uuid
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.cases.models import Record


@cache
def folder_of(code: str) -> str:
    """Return the path under which the rows of a record kind have their pages.

    Kept, because resolving an address for each row took a fifth of an export's time.
    """
    nobody = uuid.UUID(int=0)
    page = reverse("publications:record", args=[code, nobody])
    return page.removesuffix(f"{nobody}/")


@extend_schema_field(str)
class NameField(serializers.RelatedField):
    """A dictionary entry by its printed (Chinese) name, whatever the reader's language."""

    def to_representation(self, value: Any) -> str:
        """Return the name."""
        return str(value.name)


class RecordSerializer(serializers.ModelSerializer):
    """One published row: its content, then where it stands and by which release it is public."""

    id = serializers.UUIDField(source="uid", read_only=True)
    url = serializers.SerializerMethodField()
    report_year = serializers.IntegerField(source="revision.case.year", read_only=True)
    release = serializers.CharField(source="revision.release_item.release.number", read_only=True)
    revision = serializers.IntegerField(source="revision.number", read_only=True)

    serializer_related_field = NameField

    # What the database writes in place of a field that Python computes, by the field's name.
    written: ClassVar[dict[str, Any]] = {}

    TAIL = ("report_year", "id", "url", "release", "revision")

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, record: Record) -> str:
        """Return the permanent address of the row's page, or of its case's revision."""
        if not record.record_kind.is_listed:
            # Such as a section of a narrative: its revision's page shows it.
            revision = record.revision
            page = reverse("publications:revision", args=[revision.case_id, revision.number])
            return f"{settings.SITE_URL}{page}"
        return f"{settings.SITE_URL}{folder_of(record.record_kind.code)}{record.uid}/"

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        """Print a relation by its name; rows are read, never written, through serializers."""
        return NameField, {"read_only": True, "allow_null": relation_info.model_field.null}

    def get_fields(self) -> dict[str, Any]:
        """Put the content first."""
        fields = super().get_fields()
        tail = {name: fields.pop(name) for name in self.TAIL if name in fields}
        return {**fields, **tail}
