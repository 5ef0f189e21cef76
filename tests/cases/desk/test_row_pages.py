"""Entering rows: saved, refused, stale, locked, removed, put back; and their history."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.awards.models import Award
from apps.cases.desk.views import row_base, rows
from apps.cases.domain.records import remove_record, restore_record, save_record
from apps.cases.errors import Invalid, Locked
from apps.cases.models import Revision, State
from tests import factories as f
from tests.cases.desk.pages import form_values, row_url, said, signed_in

pytestmark = pytest.mark.django_db

AWARD = {
    "programme": "宁波市科学技术奖",
    "award_class": "自然科学奖",
    "grade": "二等奖",
    "award_year": "2022",
    "title": "新材料机理",
    "organisations": "宁波大学\n宁波材料所",
    "people": "张三\n李四",
    "announced_on": "",
    "once": "first",
}


def new_url(revision: Revision) -> str:
    return f"/desk/cases/{revision.case_id}/rows/awards/new/"


def test_new_row_is_saved_checked_and_found_in_its_list() -> None:
    revision = f.open_award_list(rows=0)
    client = signed_in(f.filler_of(revision))

    response = client.post(new_url(revision), {**AWARD, "people": "张三\n张三"}, follow=True)

    [row] = f.records_of(revision)
    assert response.redirect_chain == [
        (f"/desk/cases/{revision.case_id}/1/?rows=awards&page=1#row-{row.uid}", 302)
    ]
    assert (row.title, row.organisations) == ("新材料机理", ["宁波大学", "宁波材料所"])
    assert "Saved: 新材料机理" in said(response)
    # The rules ran over it and say what is to be explained.
    assert "A name stands twice among the people" in said(response)


def test_day_is_picked_and_shown_as_it_was_stored() -> None:
    revision = f.open_award_list(rows=0)
    client = signed_in(f.filler_of(revision))
    client.post(new_url(revision), {**AWARD, "announced_on": "2023-04-05"})
    [row] = f.records_of(revision)

    page = client.get(row_url(revision, row)).content.decode()

    assert 'type="date" name="announced_on" value="2023-04-05"' in page


def test_row_far_down_leads_back_to_its_page() -> None:
    revision = f.open_award_list(rows=60)
    client = signed_in(f.filler_of(revision))

    response = client.post(new_url(revision), AWARD)

    assert "page=2#row-" in response["Location"]


def test_form_sent_twice_makes_one_row() -> None:
    revision = f.open_award_list(rows=0)
    client = signed_in(f.filler_of(revision))

    client.post(new_url(revision), AWARD)
    again = client.post(new_url(revision), AWARD)

    assert again.status_code == 302
    assert len(f.records_of(revision)) == 1


def test_form_sent_twice_at_once_makes_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    revision = f.open_award_list(rows=0)
    client = signed_in(f.filler_of(revision))

    def second(*args: object, **kwargs: object) -> None:
        # What the database says when the other request was first by a hair.
        save_record(*args, **kwargs)  # type: ignore[arg-type]
        raise IntegrityError

    monkeypatch.setattr(rows, "save_record", second)
    response = client.post(new_url(revision), AWARD)

    assert response.status_code == 302
    assert len(f.records_of(revision)) == 1


def test_another_row_typed_into_the_same_form_is_another_row() -> None:
    revision = f.open_award_list(rows=0)
    client = signed_in(f.filler_of(revision))

    client.post(new_url(revision), AWARD)
    client.post(new_url(revision), {**AWARD, "title": "另一项目"})

    assert [row.title for row in f.records_of(revision)] == ["新材料机理", "另一项目"]


def test_save_and_enter_another_leads_to_a_blank_form() -> None:
    revision = f.open_award_list(rows=0)
    client = signed_in(f.filler_of(revision))

    response = client.post(new_url(revision), {**AWARD, "again": "1"})

    assert response["Location"] == new_url(revision)


def test_invalid_row_keeps_what_was_typed_and_says_where() -> None:
    revision = f.open_award_list(rows=0)
    client = signed_in(f.filler_of(revision))

    response = client.post(new_url(revision), {**AWARD, "award_year": "二零二二"})

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"award_year"}
    assert "新材料机理" in response.content.decode()
    assert f.records_of(revision) == []


@pytest.mark.parametrize("view", ["row", "row_new"])
def test_what_only_the_domain_refuses_stands_at_its_field(
    view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)

    def refuse(*args: object, **kwargs: object) -> None:
        raise Invalid({"grade": ["No such grade."], "__all__": ["Two rows of one name."]})

    monkeypatch.setattr(rows, "save_record", refuse)
    response = signed_in(f.filler_of(revision)).post(
        row_url(revision, row) if view == "row" else new_url(revision),
        {**AWARD, "version": row.version},
    )

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "grade": ["No such grade."],
        "__all__": ["Two rows of one name."],
    }
    assert "新材料机理" in response.content.decode()


def test_changed_row_is_saved_with_its_history() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    client = signed_in(f.filler_of(revision))
    values = form_values(client.get(row_url(revision, row)))

    response = client.post(row_url(revision, row), {**values, "grade": "特等奖"})

    history = client.get(row_url(revision, row, "history/")).context["entries"]
    assert response.status_code == 302
    assert [entry["what"] for entry in history] == ["Changed", "Entered"]
    assert [(c.label, c.before, c.after) for c in history[0]["changes"]] == [
        ("Grade", "一等奖", "特等奖")
    ]
    assert history[0]["who"] == str(f.filler_of(revision))


def test_stale_save_shows_both_values_and_loses_nothing() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    mine, other = signed_in(f.filler_of(revision)), f.person(Role.CITY_EDITOR)
    read = form_values(mine.get(row_url(revision, row)))
    typed = {**read, "title": "我的题目", "grade": "二等奖"}
    save_record(other, revision.pk, row.record_kind, {"title": "他的题目"}, uid=row.uid)

    stale = mine.post(row_url(revision, row), typed)

    assert stale.status_code == 409
    assert [(c["label"], c["yours"], c["theirs"]) for c in stale.context["conflicts"]] == [
        ("Grade", "二等奖", "一等奖"),
        ("Project", "我的题目", "他的题目"),
    ]
    assert str(other) in said(stale)
    assert "我的题目" in stale.content.decode()
    [row] = f.records_of(revision)
    assert row.title == "他的题目"


def test_choice_after_a_stale_save_is_stored_field_by_field() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    mine, other = signed_in(f.filler_of(revision)), f.person(Role.CITY_EDITOR)
    read = form_values(mine.get(row_url(revision, row)))
    typed = {**read, "title": "我的题目", "grade": "二等奖"}
    save_record(other, revision.pk, row.record_kind, {"title": "他的题目"}, uid=row.uid)
    again = form_values(mine.post(row_url(revision, row), typed))

    chosen = mine.post(
        row_url(revision, row),
        {
            **again,
            "choice-title": "theirs",
            "choice-grade": "yours",
        },
    )

    [row] = f.records_of(revision)
    assert chosen.status_code == 302
    assert (row.title, row.grade) == ("他的题目", "二等奖")


def test_case_handed_over_meanwhile_keeps_what_was_typed() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    client = signed_in(f.filler_of(revision))
    typed = {**form_values(client.get(row_url(revision, row))), "title": "迟到的题目"}
    f.take("submit", revision)

    changed = client.post(row_url(revision, row), typed)
    added = client.post(new_url(revision), {**AWARD, "title": "迟到的新项目"})

    for response, title in ((changed, "迟到的题目"), (added, "迟到的新项目")):
        assert response.status_code == 409
        assert "cannot be written" in said(response)
        assert title in response.content.decode()
    assert f.records_of(revision)[0].title == row.title


@pytest.mark.parametrize("view", ["row", "row_new"])
def test_case_handed_over_between_two_looks_of_one_request(
    view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    client = signed_in(f.filler_of(revision))
    typed = {**AWARD, "version": row.version}

    def late(*args: object, **kwargs: object) -> None:
        raise Locked("This case is reported and cannot be written.")

    monkeypatch.setattr(rows, "save_record", late)
    response = client.post(row_url(revision, row) if view == "row" else new_url(revision), typed)

    assert response.status_code == 409
    assert "新材料机理" in response.content.decode()


def test_row_removed_meanwhile_keeps_what_was_typed() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    client = signed_in(f.filler_of(revision))
    typed = {**form_values(client.get(row_url(revision, row))), "title": "改过的题目"}
    remove_record(f.filler_of(revision), revision.pk, row.record_kind, row.uid)

    response = client.post(row_url(revision, row), typed)

    assert response.status_code == 409
    assert "removed while you were working on it" in said(response)
    assert "改过的题目" in response.content.decode()


def test_post_to_a_row_that_never_was_is_404() -> None:
    revision = f.open_award_list(rows=0)
    other = f.open_award_list()
    [row] = f.records_of(other)

    response = signed_in(f.filler_of(revision)).post(row_url(revision, row), AWARD)

    assert response.status_code == 404


def test_returned_case_opens_only_what_its_item_names() -> None:
    revision = f.reviewing_case(rows=2)
    named, locked = f.records_of(revision)
    revision = f.returned(revision, record_kind="awards", record_uid=named.uid, field="title")
    client = signed_in(f.filler_of(revision))

    case = client.get(f"/desk/cases/{revision.case_id}/")
    pages = [client.get(row_url(revision, row)) for row in (named, locked)]
    refused = client.post(row_url(revision, locked), AWARD)

    assert not case.context["may_add"]
    assert "locked" in said(case)
    assert [page.context["form"] is not None for page in pages] == [True, False]
    assert "this row is not one of them" in said(pages[1])
    assert refused.status_code == 409
    assert "新材料机理" in refused.content.decode()


def test_page_shows_the_published_value_beside_the_present_one() -> None:
    published = f.published_case()
    revision = f.advance(f.change_first_row(f.successor_of(published)), State.REVIEWING)
    [row] = f.records_of(revision)

    page = signed_in(f.staff(Role.CITY_REVIEWER)).get(row_url(revision, row))

    [title] = [value for value in page.context["values"] if value["name"] == "title"]
    assert title["change"].before == f.records_of(published)[0].title
    assert f"Published: {title['change'].before}" in said(page)
    assert page.context["raise_url"] != ""


def test_case_handed_over_between_save_and_check_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    revision = f.open_award_list(rows=0)

    def late(*args: object) -> None:
        raise Locked("This case is reported and cannot be written.")

    monkeypatch.setattr(row_base, "check_case", late)
    response = signed_in(f.filler_of(revision)).post(new_url(revision), AWARD)

    assert response.status_code == 302
    assert len(f.records_of(revision)) == 1


@pytest.mark.parametrize(
    ("kind_code", "code", "has_page"),
    [
        ("awards", "awards", True),
        ("district-returns", "narrative-sections", False),
    ],
)
def test_published_row_leads_to_its_public_page(kind_code: str, code: str, has_page: bool) -> None:
    revision = f.published_case(kind_code)
    [row] = f.records_of(revision, code)

    page = signed_in(f.staff(Role.AUDITOR)).get(row_url(revision, row))

    assert (str(row.uid) in page.context["public_url"]) is has_page


def test_new_row_of_a_locked_case_shows_the_sentence_and_no_form() -> None:
    revision = f.submitted_case()

    page = signed_in(f.filler_of(revision)).get(new_url(revision))

    assert page.status_code == 409
    assert "cannot be written" in said(page)
    assert 'name="title"' not in page.content.decode()


def test_row_is_removed_after_a_question_and_put_back_as_it_was() -> None:
    revision = f.open_award_list(rows=3)
    kept = f.records_of(revision)[1]
    client = signed_in(f.filler_of(revision))
    asked = client.get(row_url(revision, kept, "remove/"))

    removed = client.post(
        row_url(revision, kept, "remove/"), {"version": kept.version}, follow=True
    )
    put_back = client.post(row_url(revision, kept, "restore/"))

    assert asked.status_code == 200
    assert [row["uid"] for row in removed.context["removed"]] == [kept.uid]
    assert put_back.status_code == 302
    again = f.records_of(revision)[1]
    assert (again.uid, again.position, again.title, again.version) == (
        kept.uid,
        kept.position,
        kept.title,
        kept.version + 1,
    )
    history = client.get(row_url(revision, kept, "history/")).context["entries"]
    assert [entry["what"] for entry in history] == ["Put back", "Removed", "Entered"]
    assert history[1]["who"] == str(f.filler_of(revision))


def test_row_removed_or_put_back_twice_is_so_once() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    client = signed_in(f.filler_of(revision))

    removed = [client.post(row_url(revision, row, "remove/")) for _ in range(2)]
    put_back = [client.post(row_url(revision, row, "restore/")) for _ in range(2)]

    assert [r.status_code for r in removed + put_back] == [302] * 4
    assert len(f.records_of(revision)) == 1


def test_history_of_a_row_removed_and_put_back_is_whole_and_read_by_its_keys() -> None:
    revision = f.open_award_list(rows=3)
    row, other = f.records_of(revision)[:2]
    person, kind = f.filler_of(revision), row.record_kind
    save_record(person, revision.pk, kind, {"grade": "特等奖"}, uid=row.uid)
    for _ in range(2):
        remove_record(person, revision.pk, kind, row.uid)
        restore_record(person, revision.pk, kind, row.uid)
    remove_record(person, revision.pk, kind, other.uid)
    client = signed_in(person)

    page = client.get(row_url(revision, row, "history/"))

    assert [entry["what"] for entry in page.context["entries"]] == [
        *["Put back", "Removed"] * 2,
        "Changed",
        "Entered",
    ]
    case = client.get(f"/desk/cases/{revision.case_id}/")
    assert [gone["uid"] for gone in case.context["removed"]] == [other.uid]
    gone = client.get(row_url(revision, other, "history/"))
    assert [entry["what"] for entry in gone.context["entries"]] == ["Removed", "Entered"]
    # None of it reads the history of other rows.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as captured:
        client.get(row_url(revision, row, "history/"))
        client.get(f"/desk/cases/{revision.case_id}/")
    asked = [q["sql"].split("; ")[-1] for q in captured if '"awards_awardevent"' in q["sql"]]
    assert len(asked) == 3
    for sql in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Seq Scan on awards_awardevent" not in plan


def test_row_changed_by_another_is_not_removed_unseen() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    save_record(
        f.person(Role.CITY_EDITOR), revision.pk, row.record_kind, {"grade": "特等奖"}, uid=row.uid
    )

    response = signed_in(f.filler_of(revision)).post(
        row_url(revision, row, "remove/"), {"version": row.version}
    )

    assert response.status_code == 409
    assert "saved this row while you were working on it" in said(response)
    assert "特等奖" in said(response)
    assert len(f.records_of(revision)) == 1


def test_locked_row_is_neither_removed_nor_put_back() -> None:
    revision = f.open_award_list(rows=2)
    stays, gone = f.records_of(revision)
    remove_record(f.filler_of(revision), revision.pk, gone.record_kind, gone.uid)
    f.take("submit", revision)
    client = signed_in(f.filler_of(revision))

    removed = client.post(row_url(revision, stays, "remove/"))
    put_back = client.post(row_url(revision, gone, "restore/"), follow=True)

    assert removed.status_code == 409
    assert not removed.context["may_remove"]
    assert "cannot be written" in said(put_back)
    assert [row.uid for row in f.records_of(revision)] == [stays.uid]


def test_putting_back_what_never_was_is_404() -> None:
    revision, other = f.open_award_list(), f.open_award_list()
    [row] = f.records_of(other)

    response = signed_in(f.filler_of(revision)).post(row_url(revision, row, "restore/"))

    assert response.status_code == 404


def test_history_goes_through_all_revisions() -> None:
    published = f.published_case()
    revision = f.change_first_row(f.successor_of(published))
    [row] = f.records_of(revision)

    page = signed_in(f.filler_of(revision)).get(row_url(revision, row, "history/"))

    assert [entry["what"] for entry in page.context["entries"]] == [
        "Changed",
        "Copied into revision 2",
        "Entered",
    ]


def test_history_of_a_row_removed_without_a_request_names_nobody() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    with connection.cursor() as cursor:
        # As a hand at the database would: no page, no person.
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
    Award.objects.filter(pk=row.pk).delete()

    page = signed_in(f.filler_of(revision)).get(row_url(revision, row, "history/"))

    assert [(e["what"], e["who"]) for e in page.context["entries"]][:1] == [("Removed", "—")]
    assert not page.context["is_standing"]


def test_restored_row_names_its_organisations_again() -> None:
    revision = f.open_award_list()
    [row] = f.records_of(revision)
    filler = f.filler_of(revision)
    remove_record(filler, revision.pk, row.record_kind, row.uid)

    restore_record(filler, revision.pk, row.record_kind, row.uid)

    assert [str(m.name) for m in revision.mentions.all()] == row.organisations


def test_doubts_that_nobody_settled_are_told_to_filler_and_reviewer() -> None:
    flags = ["people:possibly-two-names", "no-such-code"]
    revision = f.reviewing_case("awards", [f.award_values(1, flags=flags), f.award_values(2)])
    first, second = f.records_of(revision)
    reviewer = signed_in(f.staff(Role.CITY_REVIEWER))

    page = said(reviewer.get(row_url(revision, first)))
    review = said(reviewer.get(f"/desk/cases/{revision.case_id}/review/"))

    sentence = "Completing people: Too long for one name; a separator may be missing."
    assert sentence in page
    assert "no such code" in page
    assert sentence in review
    assert sentence not in said(reviewer.get(row_url(revision, second)))
