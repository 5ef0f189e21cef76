"""A field saved by itself, and what a page hears: the answers that scripts get."""

import datetime as dt
import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Role, User
from apps.cases.domain.records import remove_record
from apps.cases.errors import StaleRecord
from apps.cases.models import Revision, State
from apps.districts import checking
from apps.districts.domain import FigureChange, note_presence, save_figures
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import IndicatorValue, Presence
from apps.districts.queries import people_here
from apps.districts.saving import queue_key
from apps.registry.models import Indicator
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def spending() -> Indicator:
    return factories.indicator("rd-spending")


@pytest.fixture
def draft(spending: Indicator) -> Revision:
    """Return an empty return of 2024; of 2023 one figure of the district's own level is public."""
    factories.published_case(
        "district-returns",
        [factories.figure_values(indicator=spending, value=Decimal("20.00"), scope="own")],
    )
    return factories.open_return(rows=0, year=2024)


@pytest.fixture
def filler(draft: Revision) -> User:
    return factories.filler_of(draft)


@pytest.fixture(autouse=True)
def _rules_have_not_run() -> None:
    checking._runs.clear()


class Desk:
    """The script of a person's page."""

    def __init__(self, person: User, draft: Revision) -> None:
        self.person, self.draft = person, draft
        self.client = Client(headers={"accept-language": "en"})
        self.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    def post(self, path: str, data: dict[str, Any], **headers: str) -> tuple[int, Any]:
        answer = self.client.post(
            f"/desk/returns/{self.draft.case_id}/{path}",
            data,
            headers={"X-Person": str(self.person.pk), **headers},
        )
        return answer.status_code, json.loads(answer.content or "null")

    def save(
        self, value: str, code: str = "rd-spending", figure: Any = None, **values: Any
    ) -> tuple[int, Any]:
        """Save a value upon ``figure`` as an earlier answer described it."""
        place = {"uid": figure["uid"], "version": figure["version"]} if figure else {}
        return self.post(
            f"figures/{code}/", {"value": value, "qualifier": "", "blank": "", **place, **values}
        )

    def hear(self, **asked: Any) -> Any:
        status, content = self.post(
            "hear/",
            {
                "section": 1,
                **asked,
                "figures": json.dumps(asked.get("figures", {"rd-spending": 0})),
            },
        )
        assert status == 200
        return content


@pytest.fixture
def desk(filler: User, draft: Revision) -> Desk:
    return Desk(filler, draft)


@pytest.fixture
def colleague(draft: Revision) -> Desk:
    return Desk(factories.person(Role.DISTRICT_FILLER), draft)


def test_save_stores_the_figure_and_describes_it(desk: Desk, draft: Revision) -> None:
    status, answer = desk.save("２３.10", qualifier="超")

    stored = IndicatorValue.objects.get(revision=draft)
    assert (status, stored.printed, stored.scope) == (200, "超23.10亿元", "own")
    assert answer == {
        "figure": {
            "uid": str(stored.uid),
            "version": 1,
            "value": "23.10",
            "qualifier": "超",
            "blank": "",
            "quoted_from": "",
            "quoted_on": "",
            "printed": "超23.10亿元",
            "at": timezone.localtime(stored.updated_at).isoformat(),
            "by": "",
        }
    }


def test_first_figure_without_a_former_one_is_of_the_whole_area(
    desk: Desk, draft: Revision
) -> None:
    factories.indicator("new")

    desk.save("1", "new")

    assert IndicatorValue.objects.get(revision=draft).scope == "whole"


def test_save_upon_a_save_counts_its_versions(desk: Desk, draft: Revision) -> None:
    _status, first = desk.save("1")
    _status, second = desk.save("2", figure=first["figure"])
    status, third = desk.save("", figure=second["figure"])

    assert (status, third["figure"]["version"], third["figure"]["blank"]) == (200, 3, "missing")
    assert IndicatorValue.objects.get(revision=draft).version == 3


def test_nothing_upon_nothing_stores_nothing(desk: Desk, draft: Revision) -> None:
    assert desk.save("") == (200, {"figure": None})
    assert not IndicatorValue.objects.filter(revision=draft).exists()


def test_save_that_comes_again_is_not_stale_against_itself(desk: Desk, colleague: Desk) -> None:
    # Its answer was lost; meanwhile a colleague, who saw it, saved on top of it.
    _status, first = desk.save("1")
    _status, other = colleague.save("2", figure=first["figure"])
    _status, last = colleague.save("3", figure=other["figure"])

    status, again = desk.save("1")

    assert status == 200
    assert again["figure"]["version"] == 3
    assert again["figure"]["by"] == str(colleague.person)

    _status, mine = desk.save("4", figure=last["figure"])
    _status, theirs = colleague.save("5", figure=mine["figure"])
    status, again = desk.save("4", figure=last["figure"])
    assert (status, again["figure"]) == (200, {**theirs["figure"], "by": str(colleague.person)})


def test_stale_save_is_told_both_values_who_and_when(desk: Desk, colleague: Desk) -> None:
    _status, first = desk.save("1")
    _status, other = colleague.save("2", figure=first["figure"])

    status, answer = desk.save("3", figure=first["figure"])

    assert status == 409
    assert answer["figure"] == {**other["figure"], "by": str(colleague.person)}
    for words in ("3亿元", "2亿元", str(colleague.person), "data-choice"):
        assert words in answer["html"]
    # One choice: his own, upon the version that he was shown.
    assert desk.save("3", figure=answer["figure"])[0] == 200


@pytest.mark.parametrize("value", ["3", ""])
def test_first_entry_after_somebody_elses_is_stale(desk: Desk, colleague: Desk, value: str) -> None:
    colleague.save("2")

    status, answer = desk.save(value)

    assert (status, answer["figure"]["value"]) == (409, "2")


def test_save_upon_a_removed_row_is_a_choice_too(desk: Desk, draft: Revision) -> None:
    _status, first = desk.save("1")
    row = IndicatorValue.objects.get(revision=draft)
    remove_record(desk.person, draft.pk, INDICATOR_VALUE, row.uid)

    status, answer = desk.save("2", figure=first["figure"])

    assert (status, answer["figure"]) == (409, None)
    assert "removed" in answer["html"]
    assert desk.save("2")[0] == 200


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"value": "viele"}, "This is not a number."),
        ({"value": "1", "blank": "withheld"}, "not both"),
        ({"value": "1", "uid": "no-uid"}, "UUID"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_sentence(
    desk: Desk, draft: Revision, values: dict[str, str], words: str
) -> None:
    status, answer = desk.save(**values)

    assert status == 422
    assert words in answer["message"]
    assert not IndicatorValue.objects.filter(revision=draft).exists()


def test_figure_that_the_database_refuses_is_said(desk: Desk) -> None:
    assert desk.save("1", qualifier="很" * 30)[0] == 422


def test_row_of_another_indicator_is_not_written(desk: Desk, draft: Revision) -> None:
    factories.indicator("other")
    _status, first = desk.save("1")

    status, answer = desk.save("9", "other", figure=first["figure"])

    assert (status, answer["figure"]) == (409, None)
    assert IndicatorValue.objects.get(revision=draft).value == 1


def test_closed_return_answers_with_its_sentence(desk: Desk, draft: Revision) -> None:
    _status, first = desk.save("1")
    factories.take("hand_over", draft)

    status, answer = desk.save("2", figure=first["figure"])

    assert (status, "cannot be written" in answer["message"]) == (423, True)


def test_row_that_was_not_returned_is_locked(desk: Desk, draft: Revision) -> None:
    factories.indicator("other")
    _status, first = desk.save("20")
    _status, second = desk.save("20", "other")
    factories.returned(
        factories.advance(draft, State.REVIEWING),
        record_kind=INDICATOR_VALUE.code,
        record_uid=uuid.UUID(first["figure"]["uid"]),
    )

    assert desk.save("21", figure=first["figure"])[0] == 200
    assert desk.save("21", "other", figure=second["figure"])[0] == 423
    assert desk.save("21", factories.indicator("third").code)[0] == 423


def test_those_who_may_not_fill_are_refused(draft: Revision) -> None:
    signatory = Desk(factories.staff(Role.DISTRICT_SIGNATORY), draft)
    stranger = Desk(factories.person(Role.DISTRICT_FILLER, factories.district("cixi")), draft)

    assert signatory.save("1")[0] == 403
    for person in (stranger, Desk(factories.staff(Role.CITY_REVIEWER), draft)):
        answer = person.client.post(
            f"/desk/returns/{draft.case_id}/figures/rd-spending/",
            {"value": "1"},
            headers={"X-Person": str(person.person.pk)},
        )
        assert answer.status_code == 404
    assert not IndicatorValue.objects.filter(revision=draft).exists()


def test_unknown_indicator_and_other_cases_are_not_found(desk: Desk) -> None:
    awards = factories.open_award_list()
    headers = {"X-Person": str(desk.person.pk)}
    for path in (
        f"/desk/returns/{desk.draft.case_id}/figures/nothing/",
        f"/desk/returns/{awards.case_id}/figures/rd-spending/",
        "/desk/returns/999999/hear/",
    ):
        answer = desk.client.post(path, {"value": "1", "section": 1}, headers=headers)
        assert answer.status_code == 404


def test_signed_out_is_told_to_sign_in(desk: Desk) -> None:
    desk.client.logout()

    status, answer = desk.save("1")

    assert (status, answer) == (401, {"login": "/accounts/login/"})


def test_page_of_another_person_saves_nothing(desk: Desk, colleague: Desk) -> None:
    desk.client = colleague.client

    assert desk.save("1")[0] == 401
    assert not IndicatorValue.objects.filter(revision=desk.draft).exists()


def test_addresses_of_scripts_answer_no_get(desk: Desk) -> None:
    url = f"/desk/returns/{desk.draft.case_id}/hear/"

    assert desk.client.get(url).status_code == 405
    assert Client().get(url)["Location"] == f"/accounts/login/?next={url}"


def test_save_takes_few_queries(desk: Desk, draft: Revision) -> None:
    _status, first = desk.save("1")
    with CaptureQueriesContext(connection) as queries:
        status, _answer = desk.save("2", figure=first["figure"])

    assert status == 200
    # Session, person; the return locked and read, its row, its new version with its history. The
    # savepoint stands for the transaction of its own that the save has outside of a test.
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) <= 6, [
        q["sql"][:150] for q in queries
    ]
    assert len([q for q in queries if "SAVEPOINT" in q["sql"]]) <= 2


def test_key_of_the_outbox_is_each_persons_own(desk: Desk, colleague: Desk) -> None:
    assert queue_key(desk.person) == queue_key(User.objects.get(pk=desk.person.pk))
    assert queue_key(desk.person) != queue_key(colleague.person)
    assert len(bytes.fromhex(queue_key(desk.person))) == 32


# What a page hears


def test_page_hears_what_others_saved(desk: Desk, colleague: Desk) -> None:
    assert desk.hear()["figures"] == {}
    _status, saved = colleague.save("2")

    heard = desk.hear()

    assert heard["figures"] == {"rd-spending": {**saved["figure"], "by": str(colleague.person)}}
    assert desk.hear(figures={"rd-spending": 1})["figures"] == {}


def test_page_hears_that_a_row_was_removed(desk: Desk, draft: Revision) -> None:
    desk.save("1")
    row = IndicatorValue.objects.get(revision=draft)
    remove_record(desk.person, draft.pk, INDICATOR_VALUE, row.uid)

    assert desk.hear(figures={"rd-spending": 1})["figures"] == {"rd-spending": None}


def test_page_hears_what_the_rules_say_once(desk: Desk) -> None:
    desk.save("-1")
    silent = desk.hear(figures={"rd-spending": 1})
    assert silent["findings"] == {}

    heard = desk.hear(figures={"rd-spending": 1}, findings=silent["digest"], check="on")

    assert heard["checked"] is True
    assert "below nought" in heard["findings"]["rd-spending"]
    again = desk.hear(figures={"rd-spending": 1}, findings=heard["digest"])
    assert "findings" not in again


def test_rules_do_not_run_again_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 100.5, 101.0, 105.0, 105.1, 110.0, 111.0])
    monkeypatch.setattr(checking.time, "monotonic", lambda: next(now))
    desk.save("-1")

    # It took half a second: a tenth of the time at most is spent on it.
    assert [desk.hear(check="on")["checked"] for _try in range(4)] == [True, False, True, True]


def test_closed_return_runs_no_rules(desk: Desk, draft: Revision) -> None:
    desk.save("20")
    factories.take("hand_over", draft)

    heard = desk.hear(check="on")

    assert (heard["open"], heard["checked"]) == (False, True)


def test_return_closed_between_two_looks_is_no_error(
    desk: Desk, draft: Revision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(actor: User, revision_id: int) -> bool:
        factories.take("hand_over", draft)
        return checking.check_case(actor, revision_id) is not None

    monkeypatch.setattr("apps.districts.saving.check_soon", closed)

    assert desk.hear(check="on")["checked"] is True


def test_returned_row_that_is_not_named_offers_no_answer(desk: Desk, draft: Revision) -> None:
    factories.indicator("other")
    _status, first = desk.save("200")
    desk.save("20", "other")
    [finding] = [f for f in factories.run_rules(draft) if f.rule == "unlike_last_year"]
    from apps.cases.domain.findings import explain

    explain(desk.person, finding.pk, "新增两家研究院，已经核对。")
    row = IndicatorValue.objects.get(revision=draft, indicator__code="other")
    factories.returned(
        factories.advance(draft, State.REVIEWING),
        record_kind=INDICATOR_VALUE.code,
        record_uid=row.uid,
    )

    heard = desk.hear(figures={"rd-spending": 0, "other": 0})

    assert f"/findings/{finding.pk}/" not in heard["findings"]["rd-spending"]
    assert "/findings/" in heard["findings"]["other"]
    assert first["figure"]["version"] == 1


def test_page_that_sends_nonsense_is_refused(desk: Desk) -> None:
    for data in (
        {"section": "x"},
        {"section": 1, "figures": "[1]"},
        {"section": 1, "figures": "{"},
        # Nobody counts as being there for hours.
        {"section": 1, "again": 61},
        {"section": 1, "again": -1},
    ):
        headers = {"X-Person": str(desk.person.pk)}
        url = f"/desk/returns/{desk.draft.case_id}/hear/"
        assert desk.client.post(url, data, headers=headers).status_code == 403


def test_hearing_takes_few_queries(desk: Desk, colleague: Desk) -> None:
    codes = {f"more-{n}": 0 for n in range(20)}
    for code in codes:
        factories.indicator(code)
        colleague.save("1", code)
    colleague.hear()
    desk.hear()

    with CaptureQueriesContext(connection) as queries:
        heard = desk.hear(figures=codes)

    assert len(heard["figures"]) == 20
    assert len(queries) <= 8, [q["sql"][:150] for q in queries]
    with CaptureQueriesContext(connection) as queries:
        desk.hear(figures=dict.fromkeys(codes, 1))
    assert len(queries) <= 7, [q["sql"][:150] for q in queries]


def test_unattended_page_does_not_keep_the_session_alive(desk: Desk) -> None:
    session = desk.client.session
    session["seen"] = 1
    session.save()

    desk.post("hear/", {"section": 1}, **{"X-Unattended": "1"})
    assert desk.client.session["seen"] == 1
    desk.post("hear/", {"section": 1})
    assert desk.client.session["seen"] > 1


# Who is there


def test_people_of_the_bureau_are_seen_where_they_are(desk: Desk, colleague: Desk) -> None:
    colleague.hear(section=2, field="rd-spending")

    assert desk.hear()["people"] == [
        {"name": str(colleague.person), "section": 2, "field": "rd-spending"}
    ]
    assert [one["name"] for one in colleague.hear()["people"]] == [str(desk.person)]


def test_who_is_silent_for_longer_than_he_said_is_gone(
    desk: Desk, colleague: Desk, draft: Revision
) -> None:
    colleague.hear(again=30)
    here = Presence.objects.get(person=colleague.person)
    assert here.here_until - timezone.now() > dt.timedelta(seconds=30)

    Presence.objects.update(here_until=timezone.now() - dt.timedelta(seconds=1))
    assert people_here(draft, desk.person) == []


def test_who_stays_is_not_written_each_time(desk: Desk, draft: Revision) -> None:
    soon = dt.timedelta(seconds=4)
    note_presence(desk.person, draft, 1, "a", soon)
    first = Presence.objects.get()

    note_presence(desk.person, draft, 1, "a", soon)
    assert Presence.objects.get().here_until == first.here_until
    note_presence(desk.person, draft, 1, "b", soon)
    moved = Presence.objects.get()
    assert (moved.field, moved.here_until > first.here_until) == ("b", True)
    assert str(moved) == f"{desk.person}: 1 b"
    # His page means to be silent for longer than he would have counted.
    note_presence(desk.person, draft, 1, "b", dt.timedelta(seconds=20))
    assert Presence.objects.get().here_until > moved.here_until


def test_city_looks_without_being_seen(desk: Desk, draft: Revision) -> None:
    desk.save("20")
    factories.advance(draft, State.SUBMITTED)
    reviewer = Desk(factories.staff(Role.CITY_REVIEWER), draft)

    reviewer.hear()

    assert desk.hear()["people"] == []


# Many figures at once


def test_figures_are_saved_together_in_a_constant_number_of_queries(
    filler: User, draft: Revision
) -> None:
    indicators = [factories.indicator(f"more-{n}") for n in range(30)]

    def change(number: int, value: str, figure: IndicatorValue | None = None) -> FigureChange:
        return FigureChange(
            indicators[number],
            {"value": Decimal(value), "qualifier": "近"},
            uid=figure.uid if figure else None,
            version=figure.version if figure else None,
        )

    first = save_figures(filler, draft.pk, [change(n, "1.50") for n in range(20)])
    with CaptureQueriesContext(connection) as few:
        save_figures(
            filler, draft.pk, [*(change(n, "2.50", first[n]) for n in (0, 1)), change(20, "2.50")]
        )
    changes = [change(n, "3.50", first[n]) for n in range(2, 20)]
    with CaptureQueriesContext(connection) as many:
        saved = save_figures(filler, draft.pk, [*changes, *(change(n, "3.50") for n in (21, 22))])

    assert len(many) == len(few)
    assert [figure.indicator for figure in saved] == [
        indicators[n] for n in (*range(2, 20), 21, 22)
    ]
    rows = IndicatorValue.objects.filter(revision=draft).order_by("position")
    assert [str(row.value) for row in rows] == [
        "2.50",
        "2.50",
        *["3.50"] * 18,
        "2.50",
        "3.50",
        "3.50",
    ]
    assert {row.updated_by for row in rows} == {filler}
    events = IndicatorValue.pgh_event_model.objects.filter(revision_id=draft.pk)  # type: ignore[attr-defined]
    assert events.count() == 20 + 3 + 20


def test_one_stale_figure_holds_all_back(filler: User, draft: Revision) -> None:
    indicators = [factories.indicator(f"more-{n}") for n in range(3)]
    changes = [FigureChange(i, {"value": Decimal(1), "qualifier": ""}) for i in indicators]
    first = save_figures(filler, draft.pk, changes)
    other = factories.person(Role.DISTRICT_FILLER)
    factories.save_figure(draft, "more-1", "5", other)

    with pytest.raises(StaleRecord):
        save_figures(
            filler,
            draft.pk,
            [
                FigureChange(f.indicator, {"value": Decimal(9), "qualifier": ""}, "whole", f.uid, 1)
                for f in first
            ],
        )

    values = IndicatorValue.objects.filter(revision=draft).order_by("position")
    assert [row.value for row in values] == [1, 5, 1]
