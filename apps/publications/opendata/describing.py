"""Descriptions that programs read: Frictionless Data Package v1 and DCAT 3 as JSON-LD."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from apps.accounts.models import Bureau, BureauKind
from apps.cases.kinds import RecordKind
from apps.publications.opendata.archive import Member
from apps.publications.opendata.dictionary import columns_of

MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "zip": "application/zip",
}


def as_json(value: Any) -> bytes:
    """Return ``value`` as readable JSON, the same bytes for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def table_schema(kind: RecordKind) -> dict[str, Any]:
    """Return the columns of a kind's CSV file (Frictionless Table Schema)."""
    return {
        "fields": [
            {
                "name": column.name,
                "type": column.type,
                "title": column.title,
                **({"description": column.note} if column.note else {}),
            }
            for column in columns_of(kind)
        ],
        "missingValues": [""],
        "primaryKey": ["id"],
    }


def datapackage(
    name: str, title: str, moment: dt.datetime, tables: Sequence[tuple[Member, RecordKind]]
) -> bytes:
    """Return ``datapackage.json`` for tables that have been written."""
    return as_json(
        {
            "profile": "tabular-data-package",
            "name": name,
            "title": title,
            "created": moment.isoformat(),
            "homepage": settings.SITE_URL,
            "sources": [{"title": title, "path": settings.SITE_URL}],
            "resources": [
                {
                    "profile": "tabular-data-resource",
                    "name": member.name.removesuffix(".csv"),
                    "title": str(kind.label_plural),
                    "path": member.name,
                    "format": "csv",
                    "mediatype": MEDIA_TYPES["csv"],
                    "encoding": "utf-8-sig",
                    "bytes": member.length,
                    "hash": f"sha256:{member.sha256}",
                    "rows": member.rows,
                    "schema": table_schema(kind),
                }
                for member, kind in tables
            ],
        }
    )


_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def _link(path: str) -> dict[str, str]:
    return {"@id": settings.SITE_URL + path}


def _publisher() -> dict[str, str]:
    bureau = Bureau.objects.filter(kind=BureauKind.CITY).first()
    return {"@type": "foaf:Organization", "foaf:name": bureau.name if bureau else ""}


def dataset(kind: RecordKind, moment: dt.datetime | None) -> dict[str, Any]:
    """Return the dataset of a listing, with a distribution for each form (DCAT 3)."""
    path = reverse("publications:listing", args=[kind.code])
    described: dict[str, Any] = {
        "@id": settings.SITE_URL + path,
        "@type": "dcat:Dataset",
        "dct:title": str(kind.label_plural),
        "dct:identifier": kind.code,
        "dcat:landingPage": _link(path),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:format": form,
                "dcat:mediaType": media_type,
                "dcat:downloadURL": _link(f"{path}?_export={form}"),
            }
            for form, media_type in MEDIA_TYPES.items()
        ]
        + [
            {
                "@type": "dcat:Distribution",
                "dct:format": "api",
                "dcat:mediaType": MEDIA_TYPES["json"],
                "dcat:accessURL": _link(reverse(f"api:{kind.code}")),
            }
        ],
    }
    if moment is not None:
        described["dct:modified"] = {"@type": "xsd:dateTime", "@value": moment.isoformat()}
    return described


def catalogue(kinds: Iterable[RecordKind], moment: dt.datetime | None) -> bytes:
    """Return the catalogue of all listings as JSON-LD (DCAT 3). One query."""
    publisher = _publisher()
    return as_json(
        {
            "@context": _CONTEXT,
            "@id": settings.SITE_URL + reverse("publications:data"),
            "@type": "dcat:Catalog",
            "dct:title": publisher["foaf:name"],
            "dct:publisher": publisher,
            "dcat:dataset": [
                {**dataset(kind, moment), "dct:publisher": publisher} for kind in kinds
            ],
        }
    )


def dcat(name: str, title: str, moment: dt.datetime, path: str, media_path: str) -> bytes:
    """Return the description of one package as JSON-LD (DCAT 3). One query."""
    return as_json(
        {
            "@context": _CONTEXT,
            "@id": settings.SITE_URL + path,
            "@type": "dcat:Dataset",
            "dct:identifier": name,
            "dct:title": title,
            "dct:publisher": _publisher(),
            "dct:issued": {"@type": "xsd:dateTime", "@value": moment.isoformat()},
            "dcat:landingPage": _link(path),
            "dcat:distribution": [
                {
                    "@type": "dcat:Distribution",
                    "dct:format": "zip",
                    "dcat:mediaType": MEDIA_TYPES["zip"],
                    "dcat:downloadURL": _link(media_path),
                }
            ],
        }
    )


def dictionary(kinds: Iterable[RecordKind]) -> bytes:
    """Return the data dictionary of ``kinds`` as CSV, a column a line, in both languages."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["table", "column", "type", "list", "title", "title_en", "note", "note_en"])
    for kind in kinds:
        for column in columns_of(kind):
            writer.writerow(
                [
                    kind.code,
                    column.name,
                    column.type,
                    "true" if column.is_list else "false",
                    column.title,
                    column.title_en,
                    column.note,
                    column.note_en,
                ]
            )
    return ("\ufeff" + file.getvalue()).encode()
