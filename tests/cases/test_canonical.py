"""The content hash: any field changes it, nothing else does."""

import dataclasses
import datetime as dt
import hashlib
import uuid
from decimal import Decimal

import pytest

from apps.cases.canonical import (
    canonical_json,
    canonical_value,
    foreign_keys,
    record_content,
    revision_hash,
    sha256,
)
from apps.cases.domain.records import save_record
from apps.cases.kinds import kinds, record_kinds
from apps.cases.models import State
from apps.districts.models import Blank
from tests import factories

# A second value for every content field of every kind.
OTHER = {
    "awards": {
        "programme": "浙江省科学技术奖",
        "award_class": "自然科学奖",
        "grade": "二等奖",
        "award_year": 2021,
        "announced_on": dt.date(2023, 11, 10),
        "title": "另一项目",
        "organisations": ["宁波材料所", "宁波大学1"],
        "people": ["李四", "张三"],
    },
    "laureates": {
        "programme": "另一奖",
        "award_year": 2021,
        "name": "赵一",
        "employer": "宁波诺丁汉大学",
        "nominator": "",
    },
    "certifications": {
        "platform": "另一平台",
        "type": "孵化器",
        "level": "国家级",
        "year": 2022,
        "batch": "第二批",
        "hosts": [],
        "district": "beilun",
        "status": "获批创建",
        "document_number": "甬科〔2023〕1号",
        "valid_from": dt.date(2023, 1, 1),
        "valid_to": dt.date(2026, 1, 1),
    },
    "roster-entries": {
        "roster": "另一名单",
        "year": 2022,
        "rank": 9,
        "title": "案例",
        "organisation": "另一企业",
        "district": "beilun",
        "certificate_number": "GR202333100001",
        "credit_code": "91350100M000100Y43",
    },
    "policies": {
        "title": "另一政策",
        "category": "规范性文件",
        "year": 2022,
        "note": "修订",
        "document_number": "甬政发〔2023〕1号",
        "issued_on": dt.date(2023, 5, 1),
    },
    "events": {
        "date_from": dt.date(2023, 1, 1),
        "date_to": dt.date(2023, 12, 1),
        "title": "另一事",
        "note": "杭州",
    },
    "indicator-values": {
        "indicator": "other",
        "unit": "万元",
        "reporting_unit": "beilun",
        "subject": "甬江实验室",
        "period": "2022",
        "scope": "own",
        "value": Decimal("13.500"),
        "blank": Blank.WITHHELD,
        "qualifier": "超",
        "comparison": "增长3%",
        "rank": "第2",
        "status": "forecast",
        "quoted_from": "市统计局公报",
        "quoted_on": dt.date(2024, 3, 12),
    },
    "narrative-sections": {"heading": "另一节", "text": "另一段。"},
    "list-statements": {
        "title": "另一企业",
        "says": "confirmed",
        "claim": {"organisation": "另一企业"},
        "reason": "另一理由。",
        "row_kind": "awards",
        "list_revision": "other",
        "row_uid": uuid.UUID(int=1),
        "seen": "0" * 64,
    },
}


def test_every_field_of_every_kind_is_named_here():
    assert {code: tuple(fields) for code, fields in OTHER.items()} == {
        code: kind.fields for code, kind in record_kinds.items()
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "field"), [(code, field) for code, fields in OTHER.items() for field in fields]
)
def test_hash_changes_with_every_field(code, field):
    kind_code = next(k.code for k in kinds.values() if record_kinds[code] in k.records)
    if code == "indicator-values":
        kind_code = "city-figures"
    revision = factories.open_new(kind_code)
    if field == "reporting_unit":
        factories.district("beilun")
    if code == "list-statements":
        disputed = {"says": "disputed", "row_uid": uuid.UUID(int=2), "seen": "f" * 64}
        statement = factories.statement_values(**disputed)
        save_record(factories.filler_of(revision), revision.pk, record_kinds[code], statement)
    row = factories.records_of(revision, code)[0]
    before = revision_hash(revision)
    value = OTHER[code][field]
    if field in {"district", "reporting_unit"}:
        value = factories.district(value).district
        if getattr(row, field) == value:
            value = factories.district("cixi").district
    if field == "indicator":
        value = factories.indicator(value)
    if field == "list_revision":
        value = factories.published_case("awards")
    # What a constraint wants to change together.
    along = {"blank": {"value": None}, "says": {"claim": {}, "reason": ""}}
    values = {field: value, **along.get(field, {})}

    save_record(factories.filler_of(revision), revision.pk, record_kinds[code], values, uid=row.uid)

    after = revision_hash(revision)
    assert after[0] != before[0]
    assert after[1] == before[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"), [("position", 99), ("flags", ["title:doubtful"]), ("source_line", 12)]
)
def test_hash_changes_with_place_doubts_and_source(field, value):
    revision = factories.open_award_list()
    before = revision_hash(revision)

    factories.change_first_row(revision, **{field: value})

    assert revision_hash(revision)[0] != before[0]


@pytest.mark.django_db
def test_hash_changes_with_the_order_of_rows_and_their_number():
    one, two = factories.award_values(1), factories.award_values(2)

    hashes = {
        revision_hash(factories.open_award_list(rows, subject=f"名单{n}"))[0]
        for n, rows in enumerate([[one], [one, two], [two, one], []])
    }

    assert len(hashes) == 4


@pytest.mark.django_db
@pytest.mark.parametrize("kind_code", sorted(kinds))
def test_hash_is_the_same_in_every_state(kind_code):
    revision = factories.open_new(kind_code, rows=2)
    before = revision_hash(revision)

    published = factories.advance(revision, State.PUBLISHED)

    assert revision_hash(published) == before
    assert published.approved_hash == before[0]


@pytest.mark.django_db
def test_hash_is_that_of_the_documented_bytes():
    revision = factories.open_list("policies", [factories.policy_values()], subject="2023年政策")
    (row,) = factories.records_of(revision)
    text = (
        '{"bureau":"ningbo","kind":"policies","subject":"2023年政策","year":2023}\n'
        'policies\t{"category":"地方性法规","document_number":"","flags":[],"issued_on":null,'
        f'"note":"","position":10,"source_line":null,"title":"科技创新条例1","uid":"{row.uid}",'
        '"year":2023}'
    )

    assert revision_hash(revision) == (hashlib.sha256(text.encode()).hexdigest(), 1)


@pytest.mark.django_db
def test_decimal_keeps_its_printed_digits_through_the_database():
    figures = [
        factories.figure_values(n, value=Decimal(text))
        for n, text in enumerate(["58.80", "58.8", "0", "1000000", "0.000001"], start=1)
    ]
    revision = factories.open_return(rows=figures)

    assert [record_content(row)["value"] for row in factories.records_of(revision)] == [
        "58.80",
        "58.8",
        "0",
        "1000000",
        "0.000001",
    ]


@pytest.mark.django_db
def test_content_names_dictionary_entries_by_their_code():
    revision = factories.open_return()
    content = record_content(factories.records_of(revision)[0])

    assert (content["indicator"], content["reporting_unit"]) == ("indicator-1", "beilun")


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        (None, None),
        ("甲", "甲"),
        (7, 7),
        (True, True),
        (Decimal("1E+2"), "100"),
        (dt.date(2023, 1, 2), "2023-01-02"),
        (["乙", Decimal("0.10")], ["乙", "0.10"]),
        ({"甲": Decimal("0.10"), "乙": None}, {"甲": "0.10", "乙": None}),
    ],
)
def test_canonical_value_is_json(value, canonical):
    assert canonical_value(value) == canonical


@pytest.mark.parametrize("value", [1.5, {1, 2}, {"a": 1.5}, b"x"])
def test_canonical_value_refuses_what_has_no_form(value):
    with pytest.raises(TypeError, match="no canonical form"):
        canonical_value(value)


def test_canonical_json_sorts_and_keeps_chinese():
    assert canonical_json({"b": "甲", "a": [1, None]}) == '{"a":[1,null],"b":"甲"}'
    assert sha256("甲") == hashlib.sha256("甲".encode()).hexdigest()


def test_foreign_keys_are_the_relations_among_the_fields():
    kind = record_kinds["indicator-values"]

    assert foreign_keys(kind.model, kind.fields) == ["indicator", "reporting_unit"]
    assert dataclasses.is_dataclass(kind)


@pytest.mark.django_db
def test_field_that_came_later_is_no_content_where_it_is_empty():
    """What was published before the field was there keeps its hash."""
    revision = factories.open_return()
    row = factories.records_of(revision)[0]

    assert not {"quoted_from", "quoted_on"} & record_content(row).keys()
    row.quoted_from, row.quoted_on = "市统计局公报", dt.date(2024, 3, 12)
    assert record_content(row)["quoted_from"] == "市统计局公报"
    assert record_content(row)["quoted_on"] == "2024-03-12"
