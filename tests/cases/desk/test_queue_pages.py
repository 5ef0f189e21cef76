"""The reviewers' queue: its tabs, filters, kept views, and steps on several cases at once."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.domain.saved_views import MOST_VIEWS, keep_view
from apps.cases.errors import Refused
from apps.cases.models import Event, Finding, FindingStatus, SavedView, Severity
from tests import factories
from tests.cases.desk.pages import said, signed_in
from tests.cases.support import database_digest

pytestmark = pytest.mark.django_db
URL = "/desk/queue/"


@pytest.fixture
def reviewer():
    return factories.staff(Role.CITY_REVIEWER)


@pytest.fixture
def client(reviewer):
    return signed_in(reviewer)


def shown(client, query=""):
    """Return the subjects (or the bureaus) of the rows of a page, in order."""
    response = client.get(f"{URL}{query}")
    assert response.status_code == 200
    return [
        row.record.case.subject or row.record.case.bureau.slug
        for row in response.context["table"].rows
    ]


def counts(client):
    tabs = client.get(URL).context["tabs"]
    return {str(tab["label"]): tab["count"] for tab in tabs}


def overdue(revision):
    """Return the case, returned with an item whose day was yesterday."""
    returned = factories.returned(revision)
    Finding.objects.filter(revision=returned).update(
        deadline=timezone.localdate() - dt.timedelta(days=1)
    )
    return returned


def test_each_case_stands_where_it_waits(client, reviewer):
    factories.submitted_case(subject="未受理")
    factories.reviewing_case(subject="我的")
    factories.returned(factories.reviewing_case(subject="已退回"))
    overdue(factories.reviewing_case(subject="已逾期"))
    again = factories.returned(factories.reviewing_case(subject="再报"))
    factories.advance(factories.change_first_row(again), "submitted")
    factories.published_case(subject="已发布")
    factories.open_return()  # never reported: not the city's to see

    assert counts(client) == {
        "My work": 2,
        "Unassigned": 1,
        "Overdue": 1,
        "Waiting for the district": 2,
        "All open cases": 5,
        "Correction requests": 0,
        "More time": 0,
    }
    assert shown(client) == ["我的", "再报"]
    assert shown(client, "?tab=unassigned") == ["未受理"]
    assert shown(client, "?tab=overdue") == ["已逾期"]
    assert shown(client, "?tab=waiting") == ["已退回", "已逾期"]
    assert shown(client, "?tab=nonsense") == ["我的", "再报"]


def test_publisher_finds_what_he_can_publish(reviewer):
    factories.approved_case(subject="可发布")
    factories.reviewing_case(subject="审核中")

    page = signed_in(factories.staff(Role.CITY_PUBLISHER)).get(URL)

    assert [row.record.case.subject for row in page.context["table"].rows] == ["可发布"]
    assert "revision" not in [column.name for column in page.context["table"].columns]
    assert 'name="step"' not in page.content.decode()


def test_auditor_sees_all_open_cases_even_those_never_reported(reviewer):
    factories.open_return()
    page = signed_in(factories.staff(Role.AUDITOR)).get(URL)

    assert [row.record.case.bureau.slug for row in page.context["table"].rows] == ["beilun"]


@pytest.mark.parametrize("role", [Role.DISTRICT_SIGNATORY, Role.CITY_EDITOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("url", [URL, "/desk/queue/together/?step=accept", "/desk/requests/"])
def test_nobody_else_has_a_queue(role, url):
    assert signed_in(factories.staff(role)).get(url).status_code == 404


def test_filters_narrow_and_stand_in_the_address(client, reviewer):
    other = factories.person(Role.CITY_REVIEWER, username="second")
    factories.reviewing_case(subject="甲", year=2023)
    factories.take("accept", factories.submitted_case(subject="乙", year=2022), other)
    factories.reviewing_case("district-returns")
    overdue(factories.reviewing_case(subject="丙"))
    factories.returned(factories.reviewing_case(subject="丁"))

    assert shown(client, "?tab=all&year=2022") == ["乙"]
    assert shown(client, "?tab=all&kind=district-returns") == ["beilun"]
    assert shown(client, "?tab=all&bureau=beilun") == ["beilun"]
    assert shown(client, "?tab=all&reviewer=second") == ["乙"]
    assert shown(client, "?tab=all&reviewer=none") == []
    assert shown(client, "?tab=all&state=returned") == ["丙", "丁"]
    assert shown(client, "?tab=all&deadline=passed") == ["丙"]
    assert shown(client, "?tab=all&deadline=soon") == ["丁"]
    assert shown(client, "?tab=all&deadline=none&kind=awards") == ["甲", "乙"]
    assert shown(client, "?tab=all&q=甲") == ["甲"]
    page = client.get(f"{URL}?tab=all&year=2022&state=reviewing")
    assert [chip["url"] for chip in page.context["chips"]] == [
        f"{URL}?tab=all&state=reviewing",
        f"{URL}?tab=all&year=2022",
    ]


@pytest.mark.parametrize("count", [1, 4])
def test_page_costs_ten_queries_at_any_size(client, django_assert_max_num_queries, count):
    for _number in range(count):
        overdue(factories.reviewing_case())
        factories.reviewing_case()
    keep_view(factories.staff(Role.CITY_REVIEWER), "甲", "tab=all", frozenset({"tab"}))

    client.get("/desk/")  # the session is written once a minute
    with django_assert_max_num_queries(10):
        response = client.get(f"{URL}?tab=all")

    assert len(response.context["table"].rows) == 2 * count


def test_list_is_paged(client, monkeypatch):
    monkeypatch.setattr("apps.cases.desk.views.queue.ROWS_PER_PAGE", 2)
    for _number in range(3):
        factories.submitted_case()

    assert len(client.get(f"{URL}?tab=unassigned").context["table"].paginated_rows) == 2
    assert len(client.get(f"{URL}?tab=unassigned&page=2").context["table"].paginated_rows) == 1
    filtered = client.get(f"{URL}?tab=unassigned&q=无此案卷")
    assert filtered.context["table"].paginator.count == 0


# Views under a name


def test_view_is_kept_renamed_shared_and_deleted(client, reviewer):
    query = "tab=all&year=2023&page=4&evil=1&state="

    response = client.post(f"{URL}views/", {"name": " 年度  汇总 ", "query": query})

    view = SavedView.objects.get()
    assert (view.owner, view.name, view.query) == (reviewer, "年度 汇总", "tab=all&year=2023")
    assert response.url == f"{URL}?tab=all&year=2023"
    assert "年度 汇总" in client.get(URL).content.decode()
    # The address is what is shared; the name is the owner's own.
    colleague = signed_in(factories.person(Role.CITY_REVIEWER))
    assert colleague.get(response.url).status_code == 200
    assert colleague.get(f"{URL}views/{view.pk}/").status_code == 404
    assert colleague.post(f"{URL}views/{view.pk}/", {"delete": "1"}).status_code == 404

    assert client.get(f"{URL}views/{view.pk}/").status_code == 200
    client.post(f"{URL}views/{view.pk}/", {"name": "汇总"})
    assert SavedView.objects.get().name == "汇总"
    client.post(f"{URL}views/{view.pk}/", {"delete": "1"})
    assert not SavedView.objects.exists()


def test_name_is_given_and_stands_once_per_person(client, reviewer):
    keep_view(reviewer, "甲", "", frozenset())
    other = keep_view(reviewer, "乙", "", frozenset())

    assert "already" in said(client.post(f"{URL}views/", {"name": "甲", "query": ""}, follow=True))
    assert "Give the view a name" in said(client.post(f"{URL}views/", {"name": " "}, follow=True))
    page = client.post(f"{URL}views/{other.pk}/", {"name": "甲"})
    assert (page.status_code, "already" in said(page)) == (422, True)
    assert client.post(f"{URL}views/{other.pk}/", {"name": ""}).status_code == 422
    keep_view(factories.person(Role.CITY_REVIEWER), "甲", "", frozenset())


def test_there_is_an_end_to_views(reviewer):
    for number in range(MOST_VIEWS):
        keep_view(reviewer, str(number), "", frozenset())

    with pytest.raises(Refused):
        keep_view(reviewer, "更多", "", frozenset())


# Several cases at once


def together(client, step, revisions, **data):
    """Post the page of several cases as its form does."""
    values = {f"version-{r.pk}": r.version for r in revisions}
    return client.post(
        f"{URL}together/",
        {"step": step, "revision": [r.pk for r in revisions], **values, **data},
    )


def ask(client, step, revisions):
    chosen = "&".join(f"revision={r.pk}" for r in revisions)
    return client.get(f"{URL}together/?step={step}&{chosen}")


def states(revisions):
    return [factories.fresh(r).state for r in revisions]


def test_accepting_several_assigns_them(client, reviewer):
    cases = [factories.submitted_case() for _n in range(3)]
    reviewing = factories.reviewing_case()

    page = ask(client, "accept", [*cases, reviewing])
    assert [item.revision for item in page.context["items"]] == cases
    assert page.context["left_out"] == [reviewing]
    together(client, "accept", cases)

    assert states(cases) == ["reviewing"] * 3
    assert {factories.fresh(r).reviewer for r in cases} == {reviewer}


def test_one_that_moved_on_stops_all(client):
    cases = [factories.submitted_case() for _n in range(2)]
    factories.take("recall", cases[1])

    page = together(client, "accept", cases)

    assert page.status_code == 409
    assert states(cases) == ["submitted", "draft"]
    refusals = [item.refusal for item in page.context["items"]]
    assert [bool(text) for text in refusals] == [False, True]


def test_handing_over_asks_for_a_colleague_and_a_note(client):
    cases = [factories.reviewing_case() for _n in range(2)]
    colleague = factories.person(Role.CITY_REVIEWER)

    assert ask(client, "hand_over", cases).status_code == 200
    assert together(client, "hand_over", cases).status_code == 422
    together(client, "hand_over", cases, colleague=colleague.pk, note="请接着审。")

    assert {factories.fresh(r).reviewer for r in cases} == {colleague}
    page = client.get(f"/desk/cases/{cases[0].case_id}/")
    assert f"Now with {colleague}" in said(page)
    assert "请接着审。" in said(page)


def _explained(**values):
    """Return a case under review with one explained finding, one remark and one hint."""
    revision = factories.reviewing_case(**values)
    common = {"revision": revision, "message": "请说明。"}
    return revision, [
        Finding.objects.create(severity=Severity.EXPLAIN, status=FindingStatus.EXPLAINED, **common),
        Finding.objects.create(severity=Severity.EXPLAIN, **common),
        Finding.objects.create(severity=Severity.HINT, **common),
    ]


def test_approving_several_opens_each_finding_and_asks_a_decision(client, reviewer):
    (first, findings), (second, others) = _explained(), _explained()

    page = ask(client, "approve", [first, second])
    listed = [finding["id"] for item in page.context["items"] for finding in item.findings]
    assert sorted(listed) == sorted(f.pk for f in findings + others)
    body = page.content.decode()
    assert all(f'name="decision-{pk}"' in body for pk in listed)

    partly = {f"decision-{f.pk}": "accepted" for f in findings[:2]}
    page = together(client, "approve", [first, second], **partly, note="已核。")
    assert (page.status_code, states([first, second])) == (422, ["reviewing"] * 2)
    assert "2 findings have no decision yet" in said(page)
    # What was decided stays in the form.
    assert f'name="decision-{findings[0].pk}" value="accepted" checked' in page.content.decode()
    assert "已核。" in page.content.decode()

    whole = {**partly, f"decision-{others[0].pk}": "closed", f"decision-{others[1].pk}": "accepted"}
    whole[f"text-{others[0].pk}"] = "已改。"
    together(client, "approve", [first, second], **whole, note="已核。")

    assert states([first, second]) == ["approved"] * 2
    statuses = {f.pk: f.status for f in Finding.objects.all()}
    assert [statuses[f.pk] for f in findings] == ["accepted", "accepted", "open"]
    assert [statuses[f.pk] for f in others] == ["closed", "accepted", "open"]
    assert Finding.objects.get(pk=others[0].pk).remarks.get().text == "已改。"
    events = Event.objects.filter(transition="approve")
    assert {(e.reason, e.actor) for e in events} == {("已核。", reviewer)}
    assert all(e.content_hash for e in events)


def test_one_case_can_be_left_out(client):
    (first, _findings), second = _explained(), factories.reviewing_case()

    together(client, "approve", [second])

    assert states([first, second]) == ["reviewing", "approved"]


def test_who_entered_one_of_them_approves_none(reviewer):
    revision, other = factories.reviewing_case(), factories.reviewing_case()
    editor = factories.filler_of(revision)
    editor.roles = [Role.CITY_EDITOR, Role.CITY_REVIEWER]
    editor.save()

    page = together(signed_in(editor), "approve", [revision, other])

    assert (page.status_code, states([revision, other])) == (403, ["reviewing"] * 2)
    assert all("another person has to approve it" in i.refusal for i in page.context["items"])


def test_finding_that_came_meanwhile_is_not_approved_unseen(client):
    revision, findings = _explained()
    decided = {f"decision-{f.pk}": "accepted" for f in findings}
    new = Finding.objects.create(revision=revision, severity=Severity.EXPLAIN, message="新问题。")

    page = together(client, "approve", [revision], **decided)

    assert (page.status_code, states([revision])) == (422, ["reviewing"])
    assert Finding.objects.get(pk=findings[0].pk).status == "explained"
    assert f'name="decision-{new.pk}"' in page.content.decode()


def test_decision_on_another_cases_finding_is_refused(client):
    revision, other = factories.reviewing_case(), _explained()
    before = database_digest(leave_out=("django_session",))

    page = together(client, "approve", [revision], **{f"decision-{other[1][0].pk}": "closed"})

    assert page.status_code == 409
    assert database_digest(leave_out=("django_session",)) == before


@pytest.mark.parametrize("count", [1, 4])
def test_page_of_decisions_costs_the_same_at_any_size(client, django_assert_max_num_queries, count):
    cases = [_explained()[0] for _n in range(count)]

    client.get("/desk/")
    with django_assert_max_num_queries(10):
        ask(client, "approve", cases)


def test_bad_choices_are_led_back_or_not_found(client):
    revision = factories.reviewing_case()
    draft = factories.open_return()

    assert client.get(f"{URL}together/").status_code == 404
    assert client.get(f"{URL}together/?step=publish&revision={revision.pk}").status_code == 404
    assert client.get(f"{URL}together/?step=accept&revision={draft.pk}").status_code == 404
    assert client.get(f"{URL}together/?step=accept&revision=x").url == URL
    assert client.get(f"{URL}together/?step=accept&revision={revision.pk}").url == URL
    publisher = signed_in(factories.staff(Role.CITY_PUBLISHER))
    assert publisher.get(f"{URL}together/?step=accept&revision={revision.pk}").status_code == 404
    page = client.post(f"{URL}together/", {"step": "approve", "revision": [revision.pk]})
    assert page.status_code == 409


def test_no_more_than_fifty_at_once(client, monkeypatch):
    monkeypatch.setattr("apps.cases.desk.views.bulk.MOST_AT_ONCE", 2)
    cases = [factories.submitted_case() for _n in range(3)]

    page = ask(client, "accept", cases)

    assert [item.revision for item in page.context["items"]] == cases[:2]
    assert "Only 2 cases are taken at once" in said(page)
