"""A row looked at column by column says what the model itself says, of any value."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.contrib.postgres.fields import ArrayField
from django.utils import translation

from apps.cases.domain.bulk import faults_in, faults_of
from apps.cases.domain.shapes import shape_of
from apps.cases.kinds import record_kinds
from apps.cases.models import Mention

PLAIN = sorted(code for code, kind in record_kinds.items() if shape_of(kind.model) is not None)
VALUES = [
    None,
    "",
    " ",
    "甲",
    "x" * 5000,
    "a\0b",
    0,
    -1,
    2023,
    10**12,
    "2023",
    "二十",
    True,
    Decimal("58.80"),
    dt.date(2023, 5, 31),
    dt.datetime(2023, 5, 31, tzinfo=dt.UTC),
    uuid.UUID(int=7),
    "not-a-uuid",
    [],
    ["甲", "乙"],
    ["x" * 5000],
    [""],
    [None],
    ["甲", 5],
    {"a": 1},
]
GIVEN = {"updated_by_id": 1, "revision_id": 1}


def _fields(code):
    return [
        field
        for field in record_kinds[code].model._meta.concrete_fields
        # When a row was saved, the house itself says.
        if not field.primary_key and not field.is_relation and field.name != "updated_at"
    ]


def test_most_kinds_have_no_rule_of_the_row_as_a_whole():
    assert {"awards", "roster-entries"} <= set(PLAIN)


@pytest.mark.parametrize("code", PLAIN)
def test_each_value_of_each_field_is_judged_and_kept_as_by_the_model(code):
    model = record_kinds[code].model
    shape = shape_of(model)
    for field in _fields(code):
        for value in VALUES:
            if isinstance(field, ArrayField) and not isinstance(value, list | None):
                continue  # No list: the model's own words differ with what it happens to be.
            record = model(**GIVEN, **{field.name: value})

            try:
                faults = faults_of(record)
            except (TypeError, AttributeError) as error:
                # What no reader of a file gives; the field itself has no sentence for it.
                with pytest.raises(type(error)):
                    faults_in(model, {field.name: value}, **GIVEN)
                continue

            assert faults_in(model, {field.name: value}, **GIVEN) == faults, (field.name, value)
            if field.name not in faults:
                row, _faults = shape.row({field.name: value}, GIVEN)
                assert row[shape.by_name[field.name].at] == getattr(record, field.attname)


@pytest.mark.parametrize("code", sorted(record_kinds))
def test_row_of_which_nothing_is_said_has_every_fault_of_the_model(code):
    model = record_kinds[code].model

    assert faults_in(model, {}, **GIVEN) == faults_of(model(**GIVEN))
    assert faults_in(model, {}, **GIVEN)


def test_relation_that_is_missing_is_a_fault():
    model = record_kinds["awards"].model

    assert faults_in(model, {}, updated_by_id=1) == faults_of(model(updated_by_id=1))
    assert "revision" in faults_in(model, {}, updated_by_id=1)


def test_field_that_is_none_is_refused_as_by_the_model():
    with pytest.raises(TypeError, match="nonsense"):
        faults_in(record_kinds["awards"].model, {"nonsense": 1}, **GIVEN)


def test_callable_defaults_are_made_for_each_row():
    shape = shape_of(record_kinds["awards"].model)
    uid = shape.by_name["uid"].at

    assert shape.row({}, GIVEN)[0][uid] != shape.row({}, GIVEN)[0][uid]
    assert shape_of(Mention) is not None


def test_faults_are_said_in_the_language_of_each_who_asks():
    model = record_kinds["awards"].model
    with translation.override("zh-hans"):
        assert faults_in(model, {})["title"] == ["此字段不能为空。"]
    with translation.override("en"):
        assert faults_in(model, {})["title"] == ["This field cannot be blank."]


def test_each_row_says_what_it_says_whatever_the_rows_before_it_said():
    shape = shape_of(record_kinds["roster-entries"].model)
    at = {name: shape.by_name[name].at for name in ("rank", "organisation", "uid", "roster")}
    whole = {"roster": "名单", "year": 2023, "organisation": "甲单位", "rank": 1}

    rows = [
        shape.row(values, GIVEN)
        for values in (
            whole,
            {**whole, "uid": uuid.UUID(int=7)},
            {"rank": 2, "organisation": "乙单位", "year": 2023, "roster": "名单"},
            {"organisation": "", "rank": -1},
            whole,
        )
    ]

    assert [row[at["organisation"]] for row, _faults in rows[:3]] == ["甲单位", "甲单位", "乙单位"]
    assert [row[at["rank"]] for row, _faults in rows[:3]] == [1, 1, 2]
    assert rows[1][0][at["uid"]] == uuid.UUID(int=7)
    assert rows[0][0][at["uid"]] != rows[4][0][at["uid"]]
    assert [sorted(faults) for _row, faults in rows] == [
        [],
        [],
        [],
        ["organisation", "rank", "roster", "year"],
        [],
    ]
    with pytest.raises(TypeError, match="no field colour"):
        shape.row({"colour": "red"}, GIVEN)
