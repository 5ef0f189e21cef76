"""A draft's list downloaded, and handed in again: untouched it is unchanged, whatever its cells hold."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.accounts.models import Role
from apps.cases.kinds import record_kinds
from apps.intake.imports.comparing import compare
from tests import factories as f
from tests.cases.desk.pages import signed_in
from tests.intake.imports.support import accepted, lines, taken

pytestmark = pytest.mark.django_db
FORMS = ("xlsx", "csv")
LANGUAGES = ("zh-hans", "en")


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


# What a reader of files would take for something else: each row is to come back as it is.

TITLES = (
    '=HYPERLINK("http://x.example","甲")',
    "'=1+1",
    "@甲, “乙”; 丙",
    "+86 项目",
    '说 "引号", 逗号，和；分号|竖线',
    "第一行\n第二行",
    "合计",
    "序号",
    "—",
    "无",
    "同上",
    "科技进步奖一等奖 海洋装备",
    "注：本表",
    "甲 乙 丙",
    "□缺字？？",
    "2023-01",
    "1.0",
    "00012",
    "12345678901234567890",
    "项目*",
    "全角　空格 ",
    "一\t二",
    "''",
    "'",
    "TRUE",
    "1e5",
)
NAMES = (
    ["宁波大学", "宁波材料所"],
    ["宁波市农业、林业技术推广总站"],
    ["甲；乙研究所", "丙|丁公司"],
    ["甲|乙"],
    ["=甲", "-乙"],
    ["Ningbo Co., Ltd.", "University of Nottingham, Ningbo"],
    ["宁波 大学"],
    ["宁波大学 宁波工程学院"],
    ["甲", "甲"],
    ["无"],
    ["某某公司（甲、乙）"],
)
PEOPLE = (
    ["欧阳 明"],
    ["张三 李四"],
    ["John A. Smith", "王五"],
    ["买买提·阿不都"],
    ["李四1", "—"],
    ["慕容复；段誉"],
)


def awards():
    rows = [f.award_values(n, title=title) for n, title in enumerate(TITLES, start=1)]
    rows += [
        f.award_values(100 + n, organisations=names, announced_on=dt.date(2023, 1, 31))
        for n, names in enumerate(NAMES)
    ]
    rows += [f.award_values(200 + n, people=people) for n, people in enumerate(PEOPLE)]
    rows.append(f.award_values(300, award_class="国际科学技术合作奖（2项）", grade="一等"))
    return rows


def laureates():
    return [
        f.laureate_values(1, name="欧阳 明", nominator=""),
        f.laureate_values(2, name="张三、李四", employer="甲、乙研究所"),
        f.laureate_values(3, employer="=1+1", nominator="无"),
    ]


def certifications():
    beilun = f.district("beilun").district
    return [
        f.certification_values(1, district=beilun, hosts=[], year=None, status=""),
        f.certification_values(2, level="省", type="重点实验室（3家）", batch="2023-01"),
        f.certification_values(
            3,
            district=beilun,
            document_number="甬科〔2023〕12号, 附件",
            valid_from=dt.date(2023, 1, 1),
            valid_to=dt.date(2025, 12, 31),
        ),
        # Blank below what is filled: nothing is filled down.
        f.certification_values(4, type="重点实验室", level="", hosts=["甲", "乙、丙"]),
        f.certification_values(5, platform="宁波 海洋 中心", status="获批 创建"),
    ]


def rosters():
    cixi = f.district("cixi").district
    return [
        f.roster_entry_values(
            1,
            district=cixi,
            certificate_number="GR202333100001",
            credit_code="91330200123456789X",
            title="甲案, 乙案",
        ),
        f.roster_entry_values(2, rank=None, certificate_number="gr 2023 001"),
        f.roster_entry_values(3, organisation="宁波甲有限公司、宁波乙有限公司"),
        f.roster_entry_values(4, certificate_number="202333100001202333100001"),
        f.roster_entry_values(5, organisation="总计", title="=cmd|' /C calc'!A0"),
    ]


def policies():
    return [
        f.policy_values(1, title="《条例》（修订）", note="《甲》", document_number="1-2"),
        f.policy_values(2, title="关于“甲、乙”的意见", issued_on=dt.date(2023, 2, 28)),
        f.policy_values(3, category="地方性法规（2项）", note="-"),
    ]


def events():
    first, last = dt.date(2023, 2, 1), dt.date(2023, 2, 28)
    return [
        f.event_values(1, date_from=first, date_to=last, note="全月"),
        f.event_values(2, date_from=dt.date(2023, 1, 1), date_to=dt.date(2023, 12, 31)),
        f.event_values(3, title="3月1日，甲会议；乙会议", note="=A1"),
    ]


def figures():
    unit = f.district().district
    both = {"reporting_unit": unit}
    return [
        f.figure_values(1, **both, value=Decimal("58.80"), qualifier="约"),
        f.figure_values(2, **both, value=Decimal("1200"), qualifier="以上", scope="whole"),
        f.figure_values(3, **both, value=Decimal(0), status="target"),
        f.figure_values(4, **both, value=None, blank="missing"),
        f.figure_values(5, **both, value=None, blank="not_applicable", scope="own"),
        f.figure_values(6, **both, value=None, blank="withheld", subject="甲、乙园区"),
        f.figure_values(7, **both, value=Decimal("-0.5"), period="2023-01/2023-11"),
        f.figure_values(8, **both, value=Decimal("123456789012345.123456"), period="2020/2023"),
        f.figure_values(
            9,
            **both,
            unit="个",
            comparison="增长5.0%",
            rank="第1位",
            quoted_from="统计公报",
            quoted_on=dt.date(2024, 3, 12),
        ),
    ]


LISTS = {
    "awards": awards,
    "laureates": laureates,
    "certifications": certifications,
    "roster-entries": rosters,
    "policies": policies,
    "events": events,
    "city-figures": figures,
}


def opened(code):
    """Return a draft with awkward rows of one kind, and the browser of who fills it."""
    revision = f.open_list(code, LISTS[code]())
    return revision, signed_in(f.filler_of(revision))


def downloaded(client, revision, form, language="en", query=""):
    """Return the bytes of the list as a file."""
    code = revision.case.kind_spec.records[0].code
    address = f"/desk/cases/{revision.case_id}/intake/list/{code}/{form}/{query}"
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    assert f".{form}" in response["Content-Disposition"]
    return b"".join(response.streaming_content)


def as_table(data, form):
    """Return the cells of a file."""
    if form == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def as_file(table, form):
    """Return a file of cells, as a spreadsheet program saves it."""
    if form == "csv":
        out = io.StringIO()
        csv.writer(out).writerows(table)
        return ("\ufeff" + out.getvalue()).encode()
    book = openpyxl.Workbook()
    for at, row in enumerate(table, start=1):
        for column, value in enumerate(row, start=1):
            cell = book.active.cell(at, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", LISTS)
def test_untouched_list_comes_back_unchanged_without_a_doubt(code, form, language):
    revision, client = opened(code)
    data = downloaded(client, revision, form, language)

    intake = taken(revision, data, f"名单.{form}")
    result = compare(intake)

    count = len(LISTS[code]())
    doubts = [
        (line.line, line.doubts, line.aside) for line in lines(intake) if line.doubts or line.aside
    ]
    changes = [(item.line.line, dict(item.changes)) for item in result.changes]
    assert ([fault.text for fault in result.faults], doubts, changes) == ([], [], [])
    assert result.counts == {"new": 0, "changed": 0, "unchanged": count, "missing": 0}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", LISTS)
def test_saved_by_a_spreadsheet_program_it_is_still_unchanged(code, form):
    revision, client = opened(code)
    table = as_table(downloaded(client, revision, form), form)

    result = compare(taken(revision, as_file(table, form), f"名单.{form}"))

    assert result.counts["unchanged"] == len(LISTS[code]()) == result.unchanged + result.faulty


CHANGED = {
    "awards": ("Completing people", "甲某、乙某", "people", ["甲某", "乙某"]),
    "laureates": ("Employer", "宁波工程学院", "employer", "宁波工程学院"),
    "certifications": ("Valid to", "2026年5月31日", "valid_to", dt.date(2026, 5, 31)),
    "roster-entries": ("Number", "77", "rank", 77),
    "policies": ("Issued on", "2023/3/5", "issued_on", dt.date(2023, 3, 5)),
    "events": ("Note", "改了", "note", "改了"),
    "city-figures": ("Qualifier", "近", "qualifier", "近"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("code", CHANGED)
def test_one_changed_cell_is_the_one_change_and_a_row_without_id_is_new(code, form):
    revision, client = opened(code)
    head, text, name, value = CHANGED[code]
    table = as_table(downloaded(client, revision, form), form)
    table[1][table[0].index(head)] = text
    title = record_kinds[revision.case.kind_spec.records[0].code].title_field
    # A copy of a row above the row itself, without its id.
    added = [*table[2][:-1], None if form == "xlsx" else ""]
    table.insert(2, added)

    intake = taken(revision, as_file(table, form), f"名单.{form}")
    result = compare(intake)

    assert result.counts == {
        "new": 1,
        "changed": 1,
        "unchanged": len(LISTS[code]()) - 1,
        "missing": 0,
    }
    (item,) = result.changes
    assert {key: after for key, (_before, after) in item.changes.items()} == {name: value}
    accepted(intake)
    rows = f.records_of(revision)
    assert getattr(rows[0], name) == value
    assert getattr(rows[-1], title) == getattr(rows[1], title)


def test_doubts_marked_on_a_row_stay_where_nobody_changed_it():
    marks = ["organisations:comma-separator", "people:blank-removed"]
    revision = f.open_list("awards", [f.award_values(1, flags=marks)])
    client = signed_in(f.filler_of(revision))
    table = as_table(downloaded(client, revision, "csv"), "csv")
    table[1][table[0].index("Completing people")] = "甲某；乙某"

    accepted(taken(revision, as_file(table, "csv")))

    (row,) = f.records_of(revision)
    assert (row.people, row.flags) == (["甲某", "乙某"], ["organisations:comma-separator"])


def test_no_text_of_a_file_is_a_formula():
    revision, client = opened("awards")
    book = openpyxl.load_workbook(io.BytesIO(downloaded(client, revision, "xlsx")))
    assert not [cell.value for row in book.worksheets[0] for cell in row if cell.data_type == "f"]
    texts = [cell for row in as_table(downloaded(client, revision, "csv"), "csv") for cell in row]
    assert not [text for text in texts if text[:1] in set("=@+\t\r")]


def test_columns_may_be_moved_and_left_out():
    revision, client = opened("certifications")
    table = as_table(downloaded(client, revision, "csv"), "csv")
    kept = [table[0].index(head) for head in ("Permanent id", "Year", "Platform", "Status")]
    smaller = [["2023年名单"], *([row[at] for at in kept] for row in table)]

    result = compare(taken(revision, as_file(smaller, "xlsx")))

    assert result.counts == {"new": 0, "changed": 0, "unchanged": 5, "missing": 0}
    # Their type is not in the file, and stays.
    assert result.doubtful == result.faulty == 0


def test_column_left_out_is_needed_in_a_new_row_alone():
    revision, client = opened("certifications")
    table = as_table(downloaded(client, revision, "csv"), "csv")
    kept = [table[0].index(head) for head in ("Permanent id", "Year", "Platform", "Status")]
    smaller = [[row[at] for at in kept] for row in table]
    smaller[2][1] = "二〇二三"
    with translation.override("en"):
        new = [["", "2023", f"新平台{n}", "认定"] for n in (1, 2)]
        result = compare(taken(revision, as_file([*smaller, *new], "csv")))

    assert result.counts == {"new": 0, "changed": 0, "unchanged": 4, "missing": 1}
    assert [(each.name, each.rows) for each in result.lacking] == [("type", 2)]
    assert [(fault.line.line, fault.name) for fault in result.faults] == [(3, "year")]


def test_filter_gives_its_rows_alone_in_printed_order():
    revision, client = opened("roster-entries")
    table = as_table(downloaded(client, revision, "csv", query="?blank=rank"), "csv")
    assert [row[4] for row in table[1:]] == ["宁波精密2有限公司"]
    result = compare(taken(revision, as_file(table, "csv")))
    assert result.counts == {"new": 0, "changed": 0, "unchanged": 1, "missing": 4}
    # A filter that no row fits gives the header.
    assert len(as_table(downloaded(client, revision, "xlsx", query="?q=zzzz"), "xlsx")) == 1


@pytest.mark.parametrize("form", FORMS)
def test_file_costs_the_same_queries_at_any_size(form):
    counts = []
    for size in (3, 60):
        revision = f.open_list("roster-entries", size)
        client = signed_in(f.filler_of(revision))
        downloaded(client, revision, form)
        with CaptureQueriesContext(connection) as captured:
            downloaded(client, revision, form)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


def test_file_is_for_who_fills_the_list_alone():
    revision, client = opened("awards")
    address = f"/desk/cases/{revision.case_id}/intake/list/awards/"
    for role in (Role.CITY_REVIEWER, Role.CITY_PUBLISHER, Role.AUDITOR, Role.DISTRICT_FILLER):
        assert signed_in(f.person(role)).get(f"{address}csv/").status_code == 404
    assert client.get(f"{address}pdf/").status_code == 404
    assert client.get(address.replace("awards", "policies") + "csv/").status_code == 404
    assert client.get(f"{address}csv/")["Cache-Control"] != ""


def test_text_too_long_for_excel_is_said_with_the_way_out():
    revision = f.open_list("awards", [f.award_values(1, people=["甲" * 200] * 200)])
    client = signed_in(f.filler_of(revision))
    address = f"/desk/cases/{revision.case_id}/intake/list/awards/xlsx/"
    answer = client.get(address, headers={"accept-language": "en"}, follow=True)
    assert "Take CSV, which holds it whole." in answer.content.decode()
    assert len(as_table(downloaded(client, revision, "csv"), "csv")) == 2


def test_list_page_offers_the_files_where_they_are_of_use():
    revision, client = opened("awards")
    page = f"/desk/cases/{revision.case_id}/list/awards/"
    headers = {"accept-language": "en"}
    whole = client.get(page, headers=headers).content.decode()
    narrowed = client.get(f"{page}?q=合计", headers=headers).content.decode()
    nothing = client.get(f"{page}?q=zzzz", headers=headers).content.decode()
    assert "Edit in a spreadsheet" in whole
    assert "The 1 row that fits the filter" not in whole
    assert "The 1 row that fits the filter" in narrowed
    assert "list/awards/xlsx/?q=" in narrowed
    assert "Edit in a spreadsheet" not in nothing
    f.take("submit", revision)
    assert "Edit in a spreadsheet" not in client.get(page, headers=headers).content.decode()


def test_entries_of_a_dictionary_called_alike_go_by_their_code():
    one, other = f.indicator("a-code"), f.indicator("b-code")
    type(other).objects.filter(pk=other.pk).update(name_en=one.name_en)
    rows = [f.figure_values(n, indicator=i) for n, i in ((1, one), (2, other))]
    revision = f.open_list("city-figures", rows)
    client = signed_in(f.filler_of(revision))
    data = downloaded(client, revision, "csv", "en")
    assert [row[0] for row in as_table(data, "csv")[1:]] == ["a-code", "b-code"]
    assert compare(taken(revision, data, "名单.csv")).unchanged == 2


def test_heads_of_a_kind_are_told_apart_in_every_language():
    from apps.intake.own.heads import columns_of
    from apps.intake.synonyms import KINDS

    for code in KINDS:
        for language in LANGUAGES:
            with translation.override(language):
                from apps.cases.desk.values import field_label

                kind = record_kinds[code]
                header = [field_label(kind.model, name) for name in (*kind.fields, "uid")]
            found = columns_of(header, code)
            assert found is not None, (code, language)
            assert list(found.values()) == [*kind.fields, "id"]


def test_filter_that_no_database_takes_is_refused_and_gives_no_broken_file():
    revision = f.open_list("awards", 1)

    answer = signed_in(f.filler_of(revision)).get(
        f"/desk/cases/{revision.case_id}/intake/list/awards/csv/", {"grade": "\x00"}
    )

    assert answer.status_code == 400
