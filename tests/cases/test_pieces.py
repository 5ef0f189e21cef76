"""Very many rows added piece by piece: drawn while the database stores, all or none."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.cases.domain.bulk import add_pieces, add_rows
from apps.cases.errors import Invalid
from apps.cases.models import Mention, Record
from tests import factories

pytestmark = pytest.mark.django_db


def roster() -> tuple[Any, Any, Any]:
    revision = factories.open_list("roster-entries", 0)
    return factories.filler_of(revision), revision, revision.case.kind_spec.records[0]


def entry(rank: int, **values: Any) -> dict[str, Any]:
    return {**factories.roster_entry_values(rank), "rank": rank, **values}


def places(kind: Any, revision: Any) -> list[tuple[int, int]]:
    rows: type[Record] = kind.model
    return list(
        rows.objects.filter(revision=revision).order_by("position").values_list("rank", "position")
    )


def test_positions_go_on_from_piece_to_piece_and_empty_pieces_are_nothing():
    actor, revision, kind = roster()

    pieces = ([entry(1), entry(2)], [], [entry(3)])
    assert add_pieces(actor, revision.pk, kind, pieces) == 3
    assert add_rows(actor, revision.pk, kind, [entry(4)]) == 1
    assert add_pieces(actor, revision.pk, kind, []) == 0

    assert places(kind, revision) == [(1, 10), (2, 20), (3, 30), (4, 40)]


def test_a_fault_in_a_later_piece_names_its_row_and_nothing_is_stored():
    actor, revision, kind = roster()

    with pytest.raises(Invalid) as refused:
        add_pieces(actor, revision.pk, kind, ([entry(1), entry(2)], [entry(3), entry(0, year="?")]))

    assert (refused.value.row, list(refused.value.errors)) == (4, ["year"])
    assert not places(kind, revision)
    assert not Mention.objects.filter(revision=revision).exists()


def test_what_fails_while_rows_are_drawn_is_told_as_it_is():
    actor, revision, kind = roster()

    def broken() -> Iterator[dict[str, Any]]:
        yield entry(1)
        raise LookupError("the source ended")

    with pytest.raises(LookupError, match="the source ended"):
        add_pieces(actor, revision.pk, kind, [broken()])

    assert not places(kind, revision)


def test_names_are_asked_for_once_however_many_pieces_name_them():
    actor, revision, kind = roster()

    def asked(name: str, pieces: int) -> int:
        rows = ([entry(rank, organisation=name)] for rank in range(1, pieces + 1))
        with CaptureQueriesContext(connection) as queries:
            add_pieces(actor, revision.pk, kind, rows)
        texts = [query["sql"] for query in queries.captured_queries]
        return sum('FROM "registry_organisationname"' in text for text in texts)

    assert asked("宁波大学", 1) == asked("宁波工程学院", 5) > 0
    assert Mention.objects.filter(revision=revision, name__name="宁波工程学院").count() == 5
