"""The pages of a long list: find, edit a cell, change many rows, paste, duplicates, undo."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.cases.desk.lists.pasting import read_rows
from apps.cases.domain.records import remove_record, save_record
from apps.cases.kinds import record_kinds
from apps.cases.models import Operation, SavedView
from tests import factories
from tests.cases.desk.pages import said, signed_in

pytestmark = pytest.mark.django_db

ROSTER = record_kinds["roster-entries"]


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def roster():
    revision = factories.open_list("roster-entries", 4)
    return signed_in(factories.filler_of(revision)), revision


def url(revision, tail=""):
    return f"/desk/cases/{revision.case_id}/list/{revision.case.kind_spec.records[0].code}/{tail}"


def rows_of(revision):
    model = revision.case.kind_spec.records[0].model
    return model.objects.filter(revision=revision).order_by("position")


def shown(response):
    return [line.title for line in response.context["lines"]]


def cell(client, revision, row, field, value, version=None, **headers):
    data = {"uid": row.uid, "version": version or row.version, "field": field, "value": value}
    return client.post(url(revision, "cell/"), data, **headers)


# The page


def test_the_page_costs_the_same_at_any_size_and_ten_queries_at_most():
    counts = []
    for size in (3, 60):
        revision = factories.open_list("roster-entries", size)
        client = signed_in(factories.filler_of(revision))
        client.get(url(revision))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(revision) + "?q=1&findings=&year=2023").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


def counted(response):
    return {
        facet["name"]: [(o["value"], o["count"], o["selected"]) for o in facet["options"]]
        for facet in response.context["facets"]
    }


def test_rows_of_each_value_are_counted_only_where_they_are_asked_for(roster):
    client, revision = roster
    last = rows_of(revision).last()
    beilun = factories.district("beilun").district
    save_record(
        factories.filler_of(revision), revision.pk, ROSTER, {"district": beilun}, uid=last.uid
    )
    with CaptureQueriesContext(connection) as captured:
        page = client.get(url(revision))
    assert page.context["facets"] == []
    assert not [
        query for query in captured if "GROUP BY" in query["sql"] and "UNION" in query["sql"]
    ]
    address = page.context["values_url"]
    assert address == f"{url(revision)}?values=counted"

    alone = client.get(address, headers={"HX-Request": "true"})
    assert [template.name for template in alone.templates] == ["cases/_list_values.html"]
    assert counted(alone)["district"] == [("beilun", 1, False)]
    assert counted(alone)["year"] == [("2023", 4, False)]
    # Without scripts the link leads to the same numbers on the whole page.
    whole = client.get(address)
    assert counted(whole) == counted(alone)
    assert 'id="list-grid"' in whole.content.decode()
    assert whole.context["is_filter_open"] is True


@pytest.mark.parametrize("query", ["", "&district=beilun", "&q=精密&year=2023"])
def test_the_page_with_the_values_counted_takes_ten_queries_at_most(query):
    counts = []
    beilun = factories.district("beilun").district
    for size in (3, 60):
        rows = [factories.roster_entry_values(n, district=beilun) for n in range(1, size + 1)]
        revision = factories.open_list("roster-entries", rows)
        client = signed_in(factories.filler_of(revision))
        client.get(url(revision))
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"{url(revision)}?values=counted{query}")
        counts.append(len(captured))
        assert page.context["count"] == size
        assert counted(page)["district"][0] == ("beilun", size, "district" in query)
        assert f'<option value="{beilun.pk}">' in page.content.decode()
    assert counts[0] == counts[1] <= 10


def test_what_the_filter_asks_for_stays_ticked_uncounted_and_counted(roster):
    client, revision = roster
    page = client.get(url(revision) + "?year=2023&district=none&q=精密")
    assert counted(page) == {"district": [("none", None, True)], "year": [("2023", None, True)]}
    assert 'name="year" value="2023" checked' in page.content.decode()
    address = page.context["values_url"]
    assert "q=" in address
    assert "year=2023" in address
    assert counted(client.get(address))["year"] == [("2023", 0, True)]
    only_year = client.get(url(revision) + "?year=2023&values=counted")
    assert counted(only_year)["year"] == [("2023", 4, True)]


def test_every_kind_of_list_has_its_page():
    for code in ("awards", "laureates", "certifications", "roster-entries", "policies", "events"):
        revision = factories.open_list(code, 2)
        client = signed_in(factories.filler_of(revision))
        response = client.get(url(revision))
        assert (code, response.status_code, len(shown(response))) == (code, 200, 2)
        assert len(response.context["editors"]) == len(response.context["fields"])
        case = client.get(f"/desk/cases/{revision.case_id}/").content.decode()
        assert url(revision) in case


def test_a_return_is_edited_on_its_own_pages_and_a_list_by_its_filler_alone(roster):
    _client, revision = roster
    own = factories.open_return()
    filler = signed_in(factories.filler_of(own))
    assert filler.get(f"/desk/cases/{own.case_id}/list/indicator-values/").status_code == 404
    assert signed_in(factories.staff(Role.AUDITOR)).get(url(revision)).status_code == 404
    assert signed_in(factories.staff(Role.CITY_REVIEWER)).get(url(revision)).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=精密2", [2]),
        ("q=jingmi2", []),
        ("q=精密 3有限", [3]),
        ("q=2023", [1, 2, 3, 4]),
        ("q=北仑", [4]),
        ("q=" + "+".join("abcdefghij"), []),
        ("district=beilun", [4]),
        ("year=2023", [1, 2, 3, 4]),
        ("year=none", []),
        ("blank=district", [1, 2, 3]),
        ("blank=nothing", [1, 2, 3, 4]),
        ("blank=title", [1, 2, 3, 4]),
        ("findings=open", []),
    ],
)
def test_rows_are_found_by_any_text_by_values_and_by_gaps(roster, query, found):
    client, revision = roster
    last = rows_of(revision).last()
    district = factories.district("beilun").district
    save_record(
        factories.filler_of(revision), revision.pk, ROSTER, {"district": district}, uid=last.uid
    )
    response = client.get(f"{url(revision)}?{query}")
    assert shown(response) == [f"宁波精密{number}有限公司" for number in found]
    assert response.context["count"] == len(found)


def test_lists_of_names_are_filtered_by_gaps_too():
    revision = factories.open_award_list(2)
    rows_of(revision).filter(title__endswith="1").update(people=[])
    client = signed_in(factories.filler_of(revision))
    response = client.get(url(revision) + "?blank=people")
    assert shown(response) == ["高端装备关键技术及应用1"]


def test_rows_with_open_findings_are_marked_and_filtered():
    twice = factories.roster_entry_values(2)
    revision = factories.open_list(
        "roster-entries", [factories.roster_entry_values(1), twice, {**twice, "rank": 3}]
    )
    factories.run_rules(revision)
    client = signed_in(factories.filler_of(revision))
    response = client.get(url(revision) + "?findings=open")
    lines = response.context["lines"]
    assert 1 <= len(lines) < 3
    assert all(line.findings for line in lines)
    assert "1 finding" in said(response)
    assert "with open findings" in said(response)


def test_a_filter_is_kept_under_a_name_and_belongs_to_its_kind(roster):
    client, revision = roster
    response = client.post(
        url(revision, "views/"),
        {"name": "今年", "query": "year=2023&page=3&csrf=x", "next": "https://evil.example/"},
    )
    view = SavedView.objects.get()
    assert (view.place, view.query) == ("roster-entries", "year=2023")
    assert response["Location"] == f"{url(revision)}?year=2023"
    page = client.get(url(revision))
    assert "今年" in said(page)
    edited = client.post(f"/desk/queue/views/{view.pk}/", {"name": "2023", "next": url(revision)})
    assert edited["Location"] == url(revision)
    refused = client.post(url(revision, "views/"), {"name": " ", "query": ""}, follow=True)
    assert "Give the view a name" in said(refused)
    assert client.get(f"/desk/queue/views/{view.pk}/").status_code == 200
    client.post(f"/desk/queue/views/{view.pk}/", {"delete": "1"})
    assert not SavedView.objects.exists()


# A cell


def test_a_cell_is_saved_with_its_version(roster):
    client, revision = roster
    row = rows_of(revision).first()
    response = cell(client, revision, row, "title", "甲")
    answer = response.json()["row"]
    assert (response.status_code, answer["version"]) == (200, 2)
    assert answer["cells"]["title"] == {"text": "甲", "raw": "甲"}
    assert rows_of(revision).first().title == "甲"


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("year", "abc", 422), ("organisation", "", 422), ("district", "99999", 422)],
)
def test_a_cell_that_does_not_fit_is_refused_in_a_sentence(roster, field, value, status):
    client, revision = roster
    response = cell(client, revision, rows_of(revision).first(), field, value)
    assert response.status_code == status
    assert response.json()["message"].endswith(".")
    assert rows_of(revision).first().version == 1


def test_a_relation_is_saved_by_its_key_and_a_list_by_lines():
    revision = factories.open_award_list(1)
    client = signed_in(factories.filler_of(revision))
    response = cell(client, revision, rows_of(revision).first(), "people", "王一\n李二\n")
    assert response.json()["row"]["cells"]["people"] == {"text": "王一、李二", "raw": "王一\n李二"}
    other = factories.open_list("roster-entries", 1)
    district = factories.district("beilun").district
    answer = cell(client, other, rows_of(other).first(), "district", str(district.pk)).json()
    assert answer["row"]["cells"]["district"]["raw"] == str(district.pk)


def test_two_people_on_one_cell_see_both_values(roster):
    client, revision = roster
    row = rows_of(revision).first()
    colleague = factories.person(Role.CITY_EDITOR, full_name="周岚")
    save_record(colleague, revision.pk, ROSTER, {"title": "乙"}, uid=row.uid, version=1)
    response = cell(client, revision, row, "title", "甲")
    assert response.status_code == 409
    assert all(word in response.json()["html"] for word in ("甲", "乙", "周岚"))
    assert response.json()["row"]["version"] == 2
    assert rows_of(revision).first().title == "乙"
    assert cell(client, revision, row, "title", "甲", version=2).status_code == 200


def test_two_people_on_two_cells_of_a_row_lose_nothing(roster):
    client, revision = roster
    row = rows_of(revision).first()
    colleague = factories.person(Role.CITY_EDITOR)
    save_record(colleague, revision.pk, ROSTER, {"rank": 9}, uid=row.uid, version=1)
    assert cell(client, revision, row, "title", "甲").status_code == 200
    saved = rows_of(revision).first()
    assert (saved.rank, saved.title, saved.version) == (9, "甲", 3)


def test_a_cell_of_a_removed_row_or_a_reported_case_is_refused(roster):
    client, revision = roster
    row, other = rows_of(revision)[:2]
    remove_record(factories.filler_of(revision), revision.pk, ROSTER, row.uid)
    assert cell(client, revision, row, "title", "甲").status_code == 423
    factories.take("submit", revision)
    refused = cell(client, revision, other, "title", "甲")
    assert refused.status_code == 423
    assert "Ask for it to be sent back" in refused.json()["message"]
    locked = client.get(url(revision))
    assert locked.status_code == 200
    assert not locked.context["may_write"]


def test_a_cell_needs_its_own_page_and_a_post(roster):
    client, revision = roster
    row = rows_of(revision).first()
    assert cell(client, revision, row, "title", "甲", headers={"X-Person": "0"}).status_code == 401
    assert cell(client, revision, row, "uid", "甲").status_code == 404
    assert client.post(url(revision, "cell/"), {"uid": "x"}).status_code == 404
    assert client.get(url(revision, "cell/")).status_code == 405


# Many rows


def many(client, revision, **data):
    """Go through choice, preview and confirmation as a browser without scripts does."""
    preview = client.get(url(revision, "many/"), data)
    found = preview.context["found"]
    hidden = {}
    for item in preview.context["hidden"]:
        hidden.setdefault(item["name"], []).append(item["value"])
    if "value" in data:
        hidden["value"] = data["value"]
    return preview, client.post(url(revision, "many/"), {**hidden, "digest": found.digest})


def take_back(client, address, **options):
    """Look at what undoing would do, and confirm it."""
    looked = client.get(address)
    hidden = {item["name"]: item["value"] for item in looked.context["hidden"]}
    return client.post(address, hidden, **options)


def test_ticked_rows_are_set_after_a_preview_and_taken_back(roster):
    client, revision = roster
    beilun = factories.district("beilun").district
    uids = [str(row.uid) for row in rows_of(revision)[:2]]
    form = client.get(url(revision, "many/"), {"do": "set", "field": "district", "row": uids})
    assert form.context["found"] is None

    preview, done = many(
        client, revision, do="set", field="district", row=uids, value=str(beilun.pk)
    )
    assert "Change 2 rows?" in said(preview)
    assert "宁波精密1有限公司" in said(preview)
    assert [row.district for row in rows_of(revision)] == [beilun, beilun, None, None]
    page = client.get(done["Location"])
    undo = re.search(r'href="([^"]*operations/\d+/)"', page.content.decode()).group(1)
    assert "2 rows are as before" in said(client.get(undo))
    take_back(client, undo)
    assert [row.district for row in rows_of(revision)] == [None] * 4
    assert "undone by" in said(client.get(url(revision, "operations/")))
    assert client.post(undo).status_code == 409


def test_all_rows_that_fit_the_filter_are_cleared(roster):
    client, revision = roster
    many(client, revision, do="set", field="title", all="1", query="", value="甲")
    preview, done = many(client, revision, do="clear", field="title", all="1", query="q=精密3")
    assert "Change 1 row?" in said(preview)
    assert [row.title for row in rows_of(revision)] == ["甲", "甲", "", "甲"]
    assert "q=" in done["Location"]


def test_rows_are_removed_after_a_preview(roster):
    client, revision = roster
    preview, done = many(client, revision, do="remove", all="1", query="q=精密4")
    assert "Remove 1 row?" in said(preview)
    assert rows_of(revision).count() == 3
    undone = take_back(
        client, url(revision, f"operations/{Operation.objects.get().pk}/"), follow=True
    )
    assert "Undone: 1 rows" in said(undone)
    assert rows_of(revision).count() == 4
    assert done.status_code == 302


def test_a_choice_that_moved_shows_the_preview_again(roster):
    client, revision = roster
    data = {"do": "set", "field": "title", "all": "1", "query": "", "value": "甲"}
    response = client.post(url(revision, "many/"), {**data, "digest": "old"})
    assert response.status_code == 409
    assert "changed since you looked" in said(response)
    assert "Change 4 rows?" in said(response)
    assert not Operation.objects.exists()
    again = client.post(
        url(revision, "many/"), {**data, "digest": response.context["found"].digest}
    )
    assert again.status_code == 302


def test_a_choice_of_nothing_or_nonsense(roster):
    client, revision = roster
    nothing = client.get(url(revision, "many/"), {"do": "remove", "row": "x"})
    assert nothing.status_code == 302
    for data in ({"do": "x"}, {"do": "set", "field": "uid"}, {}):
        assert client.get(url(revision, "many/"), data).status_code == 404
    bad = client.get(
        url(revision, "many/"), {"do": "set", "field": "year", "all": "1", "value": "x"}
    )
    assert bad.status_code == 422
    unclear = client.get(url(revision, "many/"), {"do": "clear", "field": "year", "all": "1"})
    assert unclear.status_code == 422
    assert "cannot be empty" in said(unclear)
    assert client.get(url(revision, "operations/99/")).status_code == 404
    same = client.get(url(revision, "many/"), {"do": "clear", "field": "title", "all": "1"})
    assert "No row would change" in said(same)


def test_what_undoing_would_do_is_looked_at_again_where_it_moved(roster):
    client, revision = roster
    many(client, revision, do="set", field="title", all="1", query="", value="甲")
    undo = url(revision, f"operations/{Operation.objects.get().pk}/")
    looked = client.get(undo)
    hidden = {item["name"]: item["value"] for item in looked.context["hidden"]}
    first = rows_of(revision).first()
    colleague = factories.person(Role.CITY_EDITOR)
    save_record(colleague, revision.pk, ROSTER, {"title": "乙"}, uid=first.uid, version=2)

    refused = client.post(undo, hidden)

    assert refused.status_code == 409
    assert "changed since you looked" in said(refused)
    assert "3 rows are as before" in said(refused)
    assert [row.title for row in rows_of(revision)] == ["乙", "甲", "甲", "甲"]
    assert take_back(client, undo).status_code == 302
    assert [row.title for row in rows_of(revision)] == ["乙", "", "", ""]


def test_five_thousand_ticked_rows_are_one_field_of_a_form():
    revision = factories.open_list("roster-entries", 5000)
    client = signed_in(factories.filler_of(revision))
    uids = [row.uid for row in rows_of(revision).only("uid", "revision")]
    data = {"do": "remove", "rows": " ".join(uid.hex for uid in uids), "query": ""}
    looked = client.post(url(revision, "many/"), data)
    assert looked.context["count"] == 5000
    hidden = {item["name"]: item["value"] for item in looked.context["hidden"]}
    assert len(hidden) == 5
    rows = looked.context["choice"].rows
    assert set(rows.values_list("uid", flat=True)) == set(uids)
    assert rows_of(revision).count() == 5000


def test_a_case_reported_meanwhile_is_refused_with_nothing_done(roster):
    client, revision = roster
    data = {"do": "clear", "field": "title", "all": "1", "query": ""}
    factories.take("submit", revision)
    response = client.post(url(revision, "many/"), {**data, "digest": "x"})
    assert response.status_code == 409
    assert "cannot be written" in said(response)


# A block


def paste(client, revision, text, **data):
    return client.post(url(revision, "paste/"), {"text": text, **data})


def confirm(client, revision, text, **data):
    shown = paste(client, revision, text, **data)
    return client.post(
        url(revision, "paste/"),
        {"text": text, "digest": shown.context["pasted"].digest, **data},
    )


def test_a_block_is_laid_over_the_list_and_goes_on_behind_it(roster):
    client, revision = roster
    factories.district("beilun")
    third = rows_of(revision)[2]
    text = "甲\t宁波精密3有限公司\tbeilun\r\n乙\t\t\r\n".replace("乙\t\t", "乙\t宁波四公司\t")
    shown = paste(client, revision, text, row=third.uid, column="title")
    assert shown.status_code == 200
    assert "2 rows change" in said(shown)
    done = confirm(client, revision, text, row=third.uid, column="title")
    assert done.status_code == 302
    saved = list(rows_of(revision)[2:])
    assert [(r.title, r.organisation) for r in saved] == [
        ("甲", "宁波精密3有限公司"),
        ("乙", "宁波四公司"),
    ]
    assert saved[0].district is not None
    assert client.get(done["Location"]).context["undo_url"]


def test_rows_without_a_place_are_added_by_the_names_of_their_columns(roster):
    client, revision = roster
    head = client.get(url(revision)).context["fields"]
    labels = dict(head)
    text = "\n".join(
        [
            "\t".join(labels[n] for n in ("organisation", "roster", "year")),
            "新一公司\t名单\t２０２４",
            "\t\t",
            "新二公司\t名单\t2024",
        ]
    )
    assert "2 rows are added" in said(paste(client, revision, text))
    assert confirm(client, revision, text).status_code == 302
    assert [r.organisation for r in rows_of(revision)][4:] == ["新一公司", "新二公司"]
    assert Operation.objects.get().added == 2


def test_all_faults_come_at_once_with_row_and_column(roster):
    client, revision = roster
    first = rows_of(revision).first()
    text = "x\t1\t\t甲\nx2\tabc\nn\t2023\t1\tt\torg\t没有的区\na\t2023" + "\tz" * 12
    response = paste(client, revision, text, row=first.uid, column="roster")
    faults = [(f.row, f.column) for f in response.context["pasted"].faults]
    assert response.status_code == 422
    labels = dict(response.context["columns"])
    assert faults == [(2, labels["year"]), (3, labels["district"]), (4, "")]
    assert "Row 2" in said(response)
    assert text in response.content.decode()
    assert rows_of(revision).first().roster != "x"
    # What has faults is not stored, whoever sends the digest.
    sent = {"row": first.uid, "column": "roster", "digest": response.context["pasted"].digest}
    assert paste(client, revision, text, **sent).status_code == 422
    incomplete = paste(client, revision, "新公司", column="organisation")
    assert {f.column for f in incomplete.context["pasted"].faults} == {
        labels["roster"],
        labels["year"],
    }


def test_a_block_upon_rows_that_moved_is_looked_at_again(roster):
    client, revision = roster
    first = rows_of(revision).first()
    data = {"row": first.uid, "column": "title"}
    digest = paste(client, revision, "甲", **data).context["pasted"].digest
    save_record(factories.staff(Role.CITY_EDITOR), revision.pk, ROSTER, {"rank": 7}, uid=first.uid)
    response = paste(client, revision, "甲", **data, digest=digest)
    assert response.status_code == 409
    assert rows_of(revision).first().title == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing to paste"),
        ("a\n" * 5001, "5000 rows at most"),
        ('"' + "a" * 140_000, "too long"),
        ("a" * 2_000_001, "too large"),
    ],
    ids=["nothing", "rows", "cell", "size"],
)
def test_a_block_that_is_none(roster, text, words):
    client, revision = roster
    response = paste(client, revision, text, column="title")
    assert response.status_code == 422
    assert words in said(response)


def test_a_block_that_stands_already_or_begins_nowhere(roster):
    client, revision = roster
    first = rows_of(revision).first()
    same = paste(client, revision, "宁波精密1有限公司", row=first.uid, column="organisation")
    assert "stands in the list already" in said(same)
    gone = paste(client, revision, "甲", row=uuid.uuid4(), column="title")
    assert "was removed" in said(gone)
    assert client.get(url(revision, "paste/")).status_code == 200


def test_days_choices_and_names_are_read_as_offices_write_them():
    revision = factories.open_award_list(1)
    client = signed_in(factories.filler_of(revision))
    row = rows_of(revision).first()
    text = '2023年5月3日\t题目\t甲所；乙、丙所\t"张三\n李四"'
    assert confirm(client, revision, text, row=row.uid, column="announced_on").status_code == 302
    saved = rows_of(revision).first()
    assert str(saved.announced_on) == "2023-05-03"
    assert saved.organisations == ["甲所", "乙、丙所"]
    assert saved.people == ["张三", "李四"]


def test_a_block_on_locked_rows_of_a_returned_case():
    revision = factories.reviewing_case("roster-entries", 2)
    first, second = rows_of(revision)
    revision = factories.returned(revision, record_kind="roster-entries", record_uid=first.uid)
    client = signed_in(factories.filler_of(revision))
    response = paste(client, revision, "甲\n乙\n丙", row=first.uid, column="title")
    assert [f.row for f in response.context["pasted"].faults] == [2, 3]
    page = client.get(url(revision))
    assert [line.is_open for line in page.context["lines"]] == [True, False]
    assert second.title == ""


# Duplicates


def test_the_same_and_nearly_the_same_stand_side_by_side():
    names = ["宁波海洋装备研究院有限公司", "宁波海洋装备研究院(有限公司)", "宁波第一精密有限公司"]
    rows = [
        factories.roster_entry_values(1, organisation="宁波海洋装备（集团）有限公司"),
        factories.roster_entry_values(2, organisation="宁波海洋装备(集团) 有限公司"),
        factories.roster_entry_values(3, organisation="宁波海洋装备（集团）有限公同"),
        factories.roster_entry_values(4, organisation=names[2]),
        factories.roster_entry_values(5, organisation="宁波第二精密有限公司"),
        factories.roster_entry_values(6, organisation="宁波海洋装备（集团）有限公司", year=2022),
    ]
    revision = factories.open_list("roster-entries", rows)
    client = signed_in(factories.filler_of(revision))
    response = client.get(url(revision, "duplicates/"))
    groups = response.context["groups"]
    assert [(g["is_exact"], len(g["rows"])) for g in groups] == [(True, 2), (False, 2)]
    assert "nearly the same" in said(response)
    second = groups[0]["rows"][1]["row"]
    _preview, done = many(
        client, revision, do="remove", row=str(second.uid), next=url(revision, "duplicates/")
    )
    assert done["Location"].startswith(url(revision, "duplicates/"))
    assert "Undo" in said(client.get(done["Location"]))
    assert rows_of(revision).count() == 5


def test_a_list_without_duplicates_says_so(roster):
    client, revision = roster
    assert "No duplicates" in said(client.get(url(revision, "duplicates/")))


def test_duplicates_of_lists_days_and_long_blocks():
    titles = [f"高端装备关键技术研究与应用{chr(0x4E00 + n * 7)}甲乙丙丁" for n in range(70)]
    revision = factories.open_award_list(
        [factories.award_values(n, title=t) for n, t in enumerate(titles)]
    )
    client = signed_in(factories.filler_of(revision))
    response = client.get(url(revision, "duplicates/"))
    # More than can be compared with each other: neighbours are, and a page holds some.
    assert response.context["count"] >= 69
    assert len(response.context["groups"]) == 20
    events = factories.open_list("events", 3)
    assert signed_in(factories.filler_of(events)).get(url(events, "duplicates/")).status_code == 200


def test_a_block_of_five_thousand_rows_of_chinese_is_no_oversized_form(roster):
    client, revision = roster
    address = url(revision, "paste/")
    row = "\t".join(["甲" * 30] * 4)

    answer = client.post(address, {"column": "title", "text": "\n".join([row] * 4900)})
    page, listed = client.get(address).content.decode(), client.get(url(revision)).content.decode()

    # The client sends forms in parts, as the pages say; a letter then takes 3 bytes, and not 9.
    assert answer.status_code == 422
    assert page.count('enctype="multipart/form-data"') == 1
    assert 'id="paste-form" method="post" enctype="multipart/form-data"' in listed


def test_cells_of_our_own_csv_are_pasted_as_they_were_stored():
    assert read_rows("'=1+2\t'+86办法\tO'Neil\t'引号\n") == [["=1+2", "+86办法", "O'Neil", "'引号"]]
