"""Personal numbers: told apart from what only looks like one, and found in every text of a case."""

import pytest
from django.db import connection

from apps.cases.checks import _LONG_NUMBER, personal_data
from apps.cases.domain.records import add_records
from apps.cases.errors import Refused
from apps.cases.kinds import kinds, record_kinds
from apps.cases.personal_data import scan
from tests import factories
from tests.cases.evidence.documents import CARD, ID_NUMBER, MOBILE
from tests.cases.support import said_by

FOUND = {
    "id": (ID_NUMBER, "id"),
    "id with x": ("身份证11010119900307803X号", "id"),
    "id in groups": ("330203 19900228 0016", "id"),
    "id of full width": ("３３０２０３１９９００２２８００１６", "id"),
    "mobile": (f"联系电话{MOBILE}。", "mobile"),
    "mobile in groups": ("138-0000-0000", "mobile"),
    "mobile with country": ("+86 138 0000 0000", "mobile"),
    "card": (f"账号：{CARD}", "card"),
    "card in groups": ("6222 0200 0000 0000 000", "card"),
    "other card": ("4111111111111111", "card"),
}
NOT_FOUND = {
    "certificate": "GR202333100001",
    "credit code": "91350100M000100Y43",
    "credit code of digits": "913302007133722056",
    "wrong check": "330203199002280017",
    "no such day": "330203199002300013",
    "no such place": "990203199002280016",
    "card with a wrong check": "6222020000000000001",
    "other long number": "9111111111111111",
    "amount in yuan": "研发经费15234567890元",
    "amount in 万元": "13800000000 万元",
    "decimal": "13800000000.55",
    "after a letter": "A13800000000",
    "landline": "0574-87654321",
    "document": "甬科〔2023〕12号",
    "invoice": "12345678901234567890",
    "nothing": "",
}


@pytest.mark.parametrize("case", FOUND)
def test_personal_number_is_found(case: str) -> None:
    text, kind = FOUND[case]

    [hit] = scan(text)

    assert hit.kind == kind
    assert len(hit.shown) == 6


@pytest.mark.parametrize("case", NOT_FOUND)
def test_other_number_is_left_alone(case: str) -> None:
    assert list(scan(NOT_FOUND[case])) == []


@pytest.mark.django_db
@pytest.mark.parametrize("case", FOUND)
def test_database_leaves_out_no_row_that_holds_one(case: str) -> None:
    text, _kind = FOUND[case]
    for around in ("{}", "号{}", "A5 {}", "{{甲,{}}}", '["{}"]', "12-34 {}人", "GR202333100001 {}"):
        if list(scan(around.format(text))):
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s ~ %s", [around.format(text), _LONG_NUMBER])
                assert cursor.fetchone() == (True,), around


@pytest.mark.django_db
def test_database_leaves_out_rows_that_only_hold_certificates() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~ %s", [NOT_FOUND["certificate"], _LONG_NUMBER])
        assert cursor.fetchone() == (False,)


# In the texts of a case


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("code", sorted(record_kinds))
def test_text_of_every_kind_of_row_is_looked_through(code: str) -> None:
    case_kind = next(kind for kind in kinds.values() if record_kinds[code] in kind.records)
    revision = factories.open_list(case_kind.code, 0)
    field = next(
        name
        for name in ("title", "name", "platform", "organisation", "comparison", "text")
        if name in record_kinds[code].fields
    )
    more = {"bureau": revision.case.bureau} if code == "indicator-values" else {}
    rows = [
        factories.ROW_VALUES[code](1, **more),
        {**factories.ROW_VALUES[code](2, **more), field: f"张三，{MOBILE}"},
    ]
    add_records(factories.filler_of(revision), revision.pk, record_kinds[code], rows)

    [(severity, _row, place, sentence)] = said_by(personal_data, revision)

    assert (severity, place) == ("blocking", field)
    assert "a mobile number (138…00)" in sentence


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
def test_list_of_names_is_looked_through() -> None:
    revision = factories.open_award_list([factories.award_values(people=["张三", ID_NUMBER])])

    [(_severity, _row, place, sentence)] = said_by(personal_data, revision)

    assert place == "people"
    assert "an ID number" in sentence


@pytest.mark.django_db
@pytest.mark.usefixtures("in_english")
def test_case_with_a_personal_number_is_not_reported() -> None:
    revision = factories.open_award_list([factories.award_values(title=f"账号{CARD}")])

    with pytest.raises(Refused, match="1 finding blocks the report"):
        factories.take("submit", revision)


@pytest.mark.django_db
def test_rule_asks_one_query_a_kind_of_row(django_assert_num_queries) -> None:
    revision = factories.open_award_list(30)

    with django_assert_num_queries(1):
        list(personal_data(revision))
