"""The published lists of the demo pack equal its files, row for row, in printed order."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.cases.kinds import kinds, listed_record_kinds
from apps.intake import loading
from apps.publications.exports import plain

pytestmark = pytest.mark.django_db

PACK = Path(settings.PACK)


def files_of(pack: dict[str, Any], code: str) -> list[Path]:
    """Return the pack's files of one record kind, in the order of its cases."""
    found = []
    for entry in pack["case"]:
        first = kinds[entry["kind"]].records[0].code
        files = entry.get("files") or {first: entry["file"]}
        found += [PACK / name for kind, name in files.items() if kind == code]
    return found


def test_every_published_list_equals_its_files_row_for_row(client: Client) -> None:
    pack = loading.read_pack(PACK)
    loading.load_dictionaries(PACK, pack)
    loading.make_demo_accounts("a-Demo-Password-1")
    loading.load_cases(PACK, pack, lambda text: None)

    counts = {}
    for kind in listed_record_kinds():
        response: Any = client.get(
            reverse("publications:listing", args=[kind.code]), {"_export": "json"}
        )
        published = json.loads(b"".join(response.streaming_content))["results"]
        printed = []
        for file in files_of(pack, kind.code):
            with file.open(encoding="utf-8", newline="") as lines:
                printed += list(csv.DictReader(lines))
        names = [name for name in printed[0] if name in published[0]]

        assert [[plain(row[name]) for name in names] for row in published] == [
            [row[name] for name in names] for row in printed
        ], kind.code
        counts[kind.code] = len(published)

    assert counts == {
        "awards": 106,
        "laureates": 9,
        "certifications": 105,
        "roster-entries": 88,
        "indicator-values": 745,
        "policies": 23,
        "events": 50,
    }
