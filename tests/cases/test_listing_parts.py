"""What a listing is made of: filters with facets, table cells, rows for the API."""

from decimal import Decimal

import pytest
from django.http import QueryDict

from apps.cases.kinds import record_kinds
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

AWARDS, PLATFORMS = record_kinds["awards"], record_kinds["certifications"]


def _filtered(kind, query):
    return kind.filterset(QueryDict(query), queryset=kind.public_rows())


def _titles(kind, query):
    return [str(row) for row in _filtered(kind, query).qs]


@pytest.fixture
def awards():
    factories.published_case(
        "awards",
        [
            factories.award_values(title="磁性薄膜", grade="一等奖", people=["李润伟"]),
            factories.award_values(
                title="联络通道", grade="二等奖", organisations=["宁波轨道交通"]
            ),
            factories.award_values(title="高端轴承", grade="三等奖", award_year=2021),
        ],
    )


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["磁性薄膜", "联络通道", "高端轴承"]),
        ("q=薄膜", ["磁性薄膜"]),
        ("q=李润伟", ["磁性薄膜"]),
        ("q=轨道+通道", ["联络通道"]),
        ("q=轨道+薄膜", []),
        ("q=%25", []),
        ("grade=一等奖&grade=三等奖", ["磁性薄膜", "高端轴承"]),
        ("grade=", ["磁性薄膜", "联络通道", "高端轴承"]),
        ("award_year=2021", ["高端轴承"]),
        ("report_year=2023&grade=二等奖", ["联络通道"]),
        ("report_year=2022", []),
    ],
)
def test_filters_keep_what_fits_in_printed_order(awards, query, titles):
    assert _titles(AWARDS, query) == titles


@pytest.mark.parametrize(
    "query",
    ["award_year=x", "award_year=1e3", "award_year=9999999999", "report_year=二", "grade=%00"],
)
def test_filter_value_that_is_none_is_an_error_and_has_no_facets(awards, query):
    filterset = _filtered(AWARDS, query)

    assert not filterset.is_valid()
    assert filterset.facet_counts() == {}


def test_facets_count_what_each_choice_would_leave(awards):
    counts = _filtered(AWARDS, "award_year=2022&grade=一等奖").facet_counts()

    assert counts == {
        "programme": [("宁波市科学技术奖", 1)],
        "award_class": [("科学技术进步奖", 1)],
        # A facet's own choice does not narrow it.
        "grade": [("一等奖", 1), ("二等奖", 1)],
        "award_year": [("2022", 1)],
        "report_year": [("2023", 1)],
    }


def test_district_is_asked_for_by_code_or_name_and_called_by_name():
    beilun, cixi = (factories.district(slug).district for slug in ("beilun", "cixi"))
    factories.published_case(
        "certifications",
        [
            factories.certification_values(1, platform="甲", district=beilun),
            factories.certification_values(2, platform="乙", district=cixi),
            factories.certification_values(3, platform="丙"),
        ],
    )

    assert _titles(PLATFORMS, "district=beilun") == ["甲"]
    assert _titles(PLATFORMS, "district=慈溪市&district=beilun") == ["甲", "乙"]
    filterset = _filtered(PLATFORMS, "")
    assert filterset.facet_counts()["district"] == [("beilun", 1), ("cixi", 1)]
    assert filterset.filters["district"].labels(["beilun", "cixi", "?"]) == {
        "beilun": "Beilun District",
        "cixi": "Cixi City",
    }


def test_choices_are_called_by_their_words():
    filters = record_kinds["indicator-values"].filterset.base_filters

    assert filters["status"].labels(["actual"]) == {
        "actual": "actual",
        "forecast": "forecast",
        "target": "target",
    }
    assert AWARDS.filterset.base_filters["grade"].labels(["一等奖"]) == {}


def test_names_stand_in_printed_order_in_a_cell_and_in_an_export():
    column = AWARDS.table.base_columns["organisations"]

    assert column.value(["乙", "甲"]) == "乙|甲"
    assert column.render(["乙<", "甲"]) == (
        '<span><span class="name whole">乙&lt;</span>、<span class="name whole">甲</span></span>'
    )


def test_first_cell_links_to_the_row(awards):
    table = AWARDS.table(AWARDS.public_rows(), row_url=lambda record: f"/{record.title}/")
    linked = [column for column in table.columns if column.link]

    assert [column.name for column in linked] == ["title"]
    assert linked[0].link.compose_url(record=table.rows[0].record) == "/磁性薄膜/"
    assert table.columns["title"].column.attrs["td"]["class"] == "primary"


def test_row_for_the_api_says_where_it_stands(settings):
    settings.SITE_URL = "https://kj.example.cn"
    figure = factories.figure_values(value=Decimal("58.80"), qualifier="超", source_line=827)
    revision = factories.published_case("district-returns", [figure])
    kind = record_kinds["indicator-values"]
    (row,) = kind.public_rows()

    data = kind.serializer(row).data

    assert dict(data) == {
        "indicator": "指标indicator-1",
        "unit": "亿元",
        "reporting_unit": "北仑区",
        "subject": "",
        "period": "2023",
        "scope": "",
        "value": "58.80",
        "blank": "",
        "qualifier": "超",
        "comparison": "",
        "rank": "",
        "status": "actual",
        "quoted_from": "",
        "quoted_on": None,
        "source_line": 827,
        "flags": [],
        "report_year": 2023,
        "id": str(row.uid),
        "url": f"https://kj.example.cn/indicators/{row.uid}/",
        "release": factories.release_of(revision).number,
        "revision": 1,
    }
