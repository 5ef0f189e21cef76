"""What the city does with a claim: who sees it, who answers it, where it goes, how it is traced."""

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from apps.accounts.models import Role
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.models import Evidence, Notification, Revision
from apps.districts.lists import answers, domain
from apps.districts.lists.models import AnswerStep, ClaimAnswer, ListStatement
from tests import factories
from tests.cases.evidence.test_pages import client_of
from tests.districts.lists import support
from tests.districts.lists.support import add, dispute, draft, roster, standings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def listed() -> Revision:
    """Return a published roster with two rows of 北仑."""
    return roster(2)


@pytest.fixture
def claim(listed: Revision) -> ListStatement:
    """Return a dispute of its first row, in a return under review."""
    revision = draft()
    said = dispute(revision, {"organisation": "宁波精密壹有限公司"})
    factories.advance(revision, "reviewing")
    return ListStatement.objects.select_related("revision").get(pk=said.pk)


def person(role: str):
    return factories.staff(role)


def place(claim: ListStatement) -> tuple:
    return (claim.revision.case_id, claim.uid)


def hand_on(claim: ListStatement) -> ClaimAnswer:
    return answers.hand_on(person(Role.CITY_REVIEWER), *place(claim))


def page_url(claim: ListStatement) -> str:
    return reverse("districts:claim", args=place(claim))


def page(claim: ListStatement, role: str) -> str:
    return client_of(person(role)).get(page_url(claim)).content.decode()


def messages_of(role: str) -> list[str]:
    return [n.url for n in Notification.objects.filter(recipient=person(role)) if n.text]


# Who sees it


@pytest.mark.parametrize(
    ("role", "before", "after"),
    [
        (Role.CITY_EDITOR, 404, 200),
        (Role.CITY_REVIEWER, 200, 200),
        (Role.CITY_PUBLISHER, 200, 200),
        (Role.AUDITOR, 200, 200),
        (Role.DISTRICT_FILLER, 200, 200),
        (Role.DISTRICT_SIGNATORY, 200, 200),
        (Role.ADMINISTRATOR, 404, 404),
    ],
)
def test_claim_and_its_files_are_seen_by_those_in_scope(claim, role, before, after):
    client = client_of(person(role))
    file = Evidence.objects.get(record_kind="list-statements")
    file_url = reverse("districts:claim_file", args=[*place(claim), file.uid])

    seen = [client.get(page_url(claim)).status_code, client.get(file_url).status_code]
    hand_on(claim)
    now = [client.get(page_url(claim)).status_code, client.get(file_url).status_code]

    assert (seen, now) == ([before] * 2, [after] * 2)


def test_another_district_sees_nothing(claim):
    hand_on(claim)
    other = factories.staff(Role.DISTRICT_FILLER, factories.district("cixi"))

    assert client_of(other).get(page_url(claim)).status_code == 404


def test_editor_sees_the_claim_and_nothing_else_of_the_return(claim):
    hand_on(claim)
    client = client_of(person(Role.CITY_EDITOR))

    assert client.get(reverse("desk:case", args=[claim.revision.case_id])).status_code == 404
    assert client.get(reverse("districts:lists", args=[claim.revision.case_id])).status_code == 404
    html = client.get(page_url(claim)).content.decode()
    assert "宁波精密壹有限公司" in html
    assert "To the return" not in html


def test_claim_that_is_worded_anew_is_handed_on_anew(claim):
    hand_on(claim)
    returned = factories.returned(claim.revision)
    domain.dispute(
        factories.filler_of(returned),
        returned.pk,
        support.reads(returned)[0],
        {"rank": 9},
        "另有依据。",
        None,
        version=claim.version,
    )

    assert client_of(person(Role.CITY_EDITOR)).get(page_url(claim)).status_code == 404
    assert "Not answered yet." in page(claim, Role.CITY_REVIEWER)


# Handing on and refusing


def test_handing_on_tells_the_editors_and_the_publishers_once(claim, listed):
    first, again = hand_on(claim), hand_on(claim)

    assert first == again
    assert messages_of(Role.CITY_EDITOR) == [page_url(claim)]
    assert messages_of(Role.CITY_PUBLISHER) == [reverse("desk:case", args=[listed.case_id])]


def test_publishers_are_left_alone_where_a_correction_is_open(claim, listed):
    factories.successor_of(listed)
    before = len(messages_of(Role.CITY_PUBLISHER))

    hand_on(claim)

    assert len(messages_of(Role.CITY_PUBLISHER)) == before


def test_refusal_tells_the_district_why(claim):
    editor = person(Role.CITY_EDITOR)
    hand_on(claim)

    first = answers.refuse(editor, *place(claim), "名单与认定文件一致。")
    again = answers.refuse(editor, *place(claim), "名单与认定文件一致。")

    assert (first, first.step) == (again, AnswerStep.REFUSED)
    assert messages_of(Role.DISTRICT_FILLER) == [page_url(claim)]
    assert "名单与认定文件一致。" in page(claim, Role.DISTRICT_FILLER)
    lists = client_of(person(Role.DISTRICT_FILLER)).get(
        reverse("districts:lists", args=[claim.revision.case_id]) + "?show=all"
    )
    assert "not taken over" in lists.content.decode()


def test_refusal_needs_a_reason(claim):
    with pytest.raises(Refused, match="Say why"):
        answers.refuse(person(Role.CITY_REVIEWER), *place(claim), " ")


@pytest.mark.parametrize(
    ("act", "role"),
    [
        ("hand_on", Role.AUDITOR),
        ("hand_on", Role.DISTRICT_FILLER),
        ("refuse", Role.DISTRICT_FILLER),
        ("take_over", Role.CITY_REVIEWER),
        ("take_over", Role.DISTRICT_SIGNATORY),
    ],
)
def test_answer_is_given_by_those_whose_work_it_is(claim, act, role):
    more = ["理由。"] if act == "refuse" else []

    with pytest.raises(NotAllowed):
        getattr(answers, act)(person(role), *place(claim), *more)


def test_claim_of_a_return_that_may_be_recalled_waits(listed):
    revision = draft()
    said = dispute(revision, {"rank": 9})
    revision = factories.advance(revision, "submitted")

    with pytest.raises(WrongState, match="accepted the return"):
        answers.hand_on(person(Role.CITY_REVIEWER), revision.case_id, said.uid)


# Taking over


def take_over(claim: ListStatement) -> ClaimAnswer:
    return answers.take_over(person(Role.CITY_EDITOR), *place(claim))


def test_dispute_goes_into_the_correction_with_its_files_and_both_lead_to_each_other(claim, listed):
    hand_on(claim)
    correction = factories.successor_of(listed)
    statement = ListStatement.objects.get(pk=claim.pk)

    answer = take_over(claim)

    row = next(r for r in factories.records_of(correction) if r.uid == claim.row_uid)
    assert (row.organisation, row.updated_by) == ("宁波精密壹有限公司", person(Role.CITY_EDITOR))
    [file] = Evidence.objects.filter(revision=correction)
    assert (file.record_uid, file.name) == (row.uid, "认定文件.pdf")
    assert "北仑区科学技术局" in file.caption
    assert (answer.list_revision, answer.row_uid) == (correction, row.uid)
    # The district's statement is as it was.
    assert ListStatement.objects.get(pk=claim.pk).__dict__["version"] == statement.version
    row_url = reverse("desk:row", args=[listed.case_id, "roster-entries", row.uid])
    assert row_url in page(claim, Role.CITY_EDITOR)
    html = client_of(person(Role.CITY_EDITOR)).get(row_url).content.decode()
    assert page_url(claim) in html
    assert "Claimed by Beilun" in html
    assert messages_of(Role.DISTRICT_FILLER) == [page_url(claim)]
    factories.advance(correction, "published")
    assert standings(claim.revision)[0] == "met"


def test_taken_over_twice_is_taken_over_once(claim, listed):
    hand_on(claim)
    factories.successor_of(listed)

    assert take_over(claim) == take_over(claim)
    with pytest.raises(Refused, match="taken over into a correction"):
        answers.refuse(person(Role.CITY_EDITOR), *place(claim), "理由。")


def test_nothing_is_taken_over_where_no_correction_is_open(claim):
    hand_on(claim)

    with pytest.raises(Refused, match="No correction of this list is open"):
        take_over(claim)

    assert "A publisher opens one" in page(claim, Role.CITY_EDITOR)


def test_row_that_should_not_stand_there_is_removed(listed):
    revision = draft()
    said = dispute(revision, {})
    factories.advance(revision, "reviewing")
    claim = ListStatement.objects.get(pk=said.pk)
    hand_on(claim)
    correction = factories.successor_of(listed)

    take_over(claim)

    assert claim.row_uid not in {row.uid for row in factories.records_of(correction)}
    assert Evidence.objects.get(revision=correction).record_kind == ""
    factories.advance(correction, "published")
    assert standings(revision)[-1] == "met"


def test_row_that_the_correction_no_longer_holds_is_said(claim, listed):
    hand_on(claim)
    correction = factories.successor_of(listed)
    kind = correction.case.kind_spec.records[0]
    from apps.cases.domain.records import remove_record

    remove_record(person(Role.CITY_EDITOR), correction.pk, kind, claim.row_uid)

    with pytest.raises(Refused, match="no longer holds this row"):
        take_over(claim)


def test_missing_row_is_added_to_the_correction(listed):
    revision = draft()
    said = add(revision, listed)
    factories.advance(revision, "reviewing")
    claim = ListStatement.objects.get(pk=said.pk)
    hand_on(claim)
    correction = factories.successor_of(listed)

    answer = take_over(claim)

    row = factories.records_of(correction)[-1]
    assert (row.organisation, row.district.slug, row.uid) == (
        "宁波新材料科技有限公司",
        "beilun",
        answer.row_uid,
    )
    factories.advance(correction, "published")
    assert standings(revision)[-1] == "met"


def test_answers_never_change(claim):
    hand_on(claim)

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        ClaimAnswer.objects.update(text="改写")


# Pages


def test_buttons_do_what_they_say(claim, listed):
    reviewer, editor = (client_of(person(r)) for r in (Role.CITY_REVIEWER, Role.CITY_EDITOR))
    assert "Hand on to the editors" in page(claim, Role.CITY_REVIEWER)

    reviewer.post(page_url(claim), {"hand_on": "1", "text": ""})
    factories.successor_of(listed)
    html = editor.get(reverse("districts:claims")).content.decode()
    assert "waits for you" in html
    assert page_url(claim) in html
    assert "Take over into the correction" in page(claim, Role.CITY_EDITOR)
    answer = editor.post(page_url(claim), {"take_over": "1", "text": ""}, follow=True)

    assert "Taken over into the correction of the list." in answer.content.decode()
    assert "waits for you" not in editor.get(reverse("districts:claims")).content.decode()


def test_refusal_is_said_on_the_page_with_what_was_typed(claim):
    answer = client_of(person(Role.CITY_REVIEWER)).post(
        page_url(claim), {"refuse": "1", "text": ""}
    )

    assert answer.status_code == 422
    assert "Say why, so that the district understands it." in answer.content.decode()


def test_note_with_a_figure_is_looked_at_twice(claim):
    client = client_of(person(Role.CITY_REVIEWER))
    data = {"refuse": "1", "text": "应为35家。"}

    answer = client.post(page_url(claim), data)

    assert "The note holds a number." in answer.content.decode()
    assert not ClaimAnswer.objects.exists()
    client.post(page_url(claim), {**data, "warned": "应为35家。"})
    assert ClaimAnswer.objects.get().text == "应为35家。"


def test_reviewer_sees_the_row_of_the_list_beside_the_claim(claim):
    client = client_of(person(Role.CITY_REVIEWER))
    url = reverse("desk:review", args=[claim.revision.case_id])

    html = client.get(f"{url}?show=all&rows=list-statements").content.decode()

    assert "In the city&#x27;s list" in html or "In the city's list" in html
    assert "宁波精密1有限公司" in html
    assert "宁波精密壹有限公司" in html
    assert page_url(claim) in html
    assert "not answered yet" in html


def test_unknown_file_is_not_there(claim):
    file = Evidence.objects.get(record_kind="list-statements")
    url = reverse("districts:claim_file", args=[*place(claim), claim.uid])

    assert client_of(person(Role.CITY_REVIEWER)).get(url).status_code == 404
    assert file.uid != claim.uid


def test_list_of_claims_takes_few_queries(claim, django_assert_max_num_queries):
    hand_on(claim)
    client = client_of(person(Role.CITY_EDITOR))

    with django_assert_max_num_queries(8):
        assert client.get(reverse("districts:claims")).status_code == 200
