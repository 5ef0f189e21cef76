"""Completeness and timeliness: every figure equals a recount in SQL that was written apart."""

import datetime as dt
import random

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import Role
from apps.cases.deadlines import read_deadlines
from apps.cases.duties import Duty, bureaus_in_scope, duties_of, tally
from apps.cases.kinds import kinds
from apps.cases.models import Case, Event, Extension, Revision
from apps.registry.models import District, ReportingTerm, ReportingYear
from tests import factories

pytestmark = pytest.mark.django_db

# Written from the definition, not from the code: first report by the log, latest granted day,
# what every bureau of a level owes, lists as they are opened. Dates are local.
RECOUNT = """
WITH year AS (SELECT * FROM registry_reportingyear WHERE year = %(year)s),
asked(kind, level, one_a_year) AS (VALUES {asked}),
term AS (
    SELECT a.kind, a.level, a.one_a_year, COALESCE(t.due_on, y.due_on) AS due_on
    FROM asked a CROSS JOIN year y
    LEFT JOIN registry_reportingterm t ON t.kind = a.kind AND t.year_id = y.year
),
house AS (
    SELECT b.id, CASE WHEN b.kind = 'city' THEN 'city' ELSE 'district' END AS level
    FROM accounts_bureau b LEFT JOIN registry_district d ON d.bureau_id = b.id
    WHERE (d.valid_to IS NULL OR d.valid_to >= make_date(%(year)s, 12, 31))
      AND (d.valid_from IS NULL OR d.valid_from <= make_date(%(year)s, 12, 31))
),
owed AS (
    SELECT t.kind, h.id AS bureau, t.due_on, c.id AS case_id
    FROM term t JOIN house h ON h.level = t.level
    LEFT JOIN cases_case c ON c.kind = t.kind AND c.bureau_id = h.id AND c.year = %(year)s
    WHERE t.one_a_year OR c.id IS NOT NULL
),
counted AS (
    SELECT o.kind, o.bureau,
        GREATEST(o.due_on, (
            SELECT max(e.until) FROM cases_extension e WHERE e.status = 'granted'
              AND e.kind = o.kind AND e.bureau_id = o.bureau AND e.year = %(year)s)) AS due_on,
        o.due_on AS term_ends,
        (SELECT min(v.at) FROM cases_event v JOIN cases_revision r ON r.id = v.revision_id
          WHERE r.case_id = o.case_id AND v.transition = 'submit') AS first_at,
        (SELECT count(*) FROM cases_event v JOIN cases_revision r ON r.id = v.revision_id
          WHERE r.case_id = o.case_id AND v.transition = 'submit') AS reports
    FROM owed o
)
SELECT kind, bureau, count(*),
    count(*) FILTER (WHERE (first_at AT TIME ZONE 'Asia/Shanghai')::date <= due_on),
    count(*) FILTER (WHERE (first_at AT TIME ZONE 'Asia/Shanghai')::date > due_on),
    count(*) FILTER (WHERE first_at IS NULL AND due_on < %(today)s),
    count(*) FILTER (WHERE first_at IS NULL AND due_on >= %(today)s),
    count(*) FILTER (WHERE due_on > term_ends),
    sum(GREATEST(reports - 1, 0))
FROM counted GROUP BY kind, bureau
"""


def recount(year: int, today: dt.date) -> dict[tuple[str, int], tuple[int, ...]]:
    """Return per kind and bureau the figures as SQL counts them."""
    asked = ", ".join(
        f"('{kind.code}', '{'district' if kind.checked_in_bureau else 'city'}',"
        f" {str(not kind.has_subject).lower()})"
        for kind in kinds.values()
    )
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT.format(asked=asked), {"year": year, "today": today})
        return {
            (kind, bureau): tuple(int(n) for n in numbers)
            for kind, bureau, *numbers in cursor.fetchall()
        }


def counted(year: int, today: dt.date) -> dict[tuple[str, int], tuple[int, ...]]:
    """Return the same figures as the page counts them."""
    places: dict[tuple[str, int], list[Duty]] = {}
    for duty in duties_of(year, read_deadlines()):
        places.setdefault((duty.kind.code, duty.bureau.pk), []).append(duty)
    figures = {}
    for place, duties in places.items():
        t = tally(duties, today)
        figures[place] = (
            t.expected,
            t.on_time,
            t.late,
            t.missing,
            t.open,
            t.extended,
            t.corrections,
        )
    return figures


def _generate(seed: int, today: dt.date) -> None:
    """Write a year of cases straight into the tables: any mixture of reports, early and late."""
    dice = random.Random(seed)
    year = ReportingYear.objects.create(
        year=2023,
        opens_on=today - dt.timedelta(days=200),
        due_on=today + dt.timedelta(days=dice.randint(-60, 20)),
    )
    for kind in dice.sample(sorted(kinds), 2):
        ReportingTerm.objects.create(
            kind=kind,
            year=year,
            opens_on=year.opens_on,
            due_on=today + dt.timedelta(days=dice.randint(-90, 30)),
        )
    bureaus = [factories.city(), factories.zone()]
    bureaus += [factories.district(slug) for slug in ("haishu", "beilun", "cixi", "zhenhai")]
    ended = dice.choice(bureaus[2:])
    District.objects.filter(bureau=ended).update(valid_to=dice.choice([None, "2020-12-31"]))
    people = {
        b.pk: factories.person(Role.CITY_EDITOR, b)
        if b.is_city
        else factories.person(Role.DISTRICT_SIGNATORY, b)
        for b in bureaus
    }
    reviewer = factories.person(Role.CITY_REVIEWER)
    for kind in kinds.values():
        for bureau in bureaus:
            if bureau.is_city == kind.checked_in_bureau:
                continue
            for number in range(dice.randint(0, 3) if kind.has_subject else dice.randint(0, 1)):
                _case(dice, kind.code, bureau, people[bureau.pk], number, today, kind.has_subject)
            if dice.random() < 0.4:
                granted = dice.random() < 0.7
                Extension.objects.create(
                    kind=kind.code,
                    bureau=bureau,
                    year=2023,
                    reason="延期",
                    wished_until=today,
                    asked_by=people[bureau.pk],
                    status="granted" if granted else "refused",
                    decided_by=reviewer,
                    decided_at=timezone.now(),
                    until=today + dt.timedelta(days=dice.randint(-80, 40)) if granted else None,
                    answer="" if granted else "不必",
                )


def _case(dice, kind, bureau, person, number, today, has_subject):
    """Write one case with none to four reports, over one or two revisions."""
    case = Case.objects.create(
        kind=kind,
        bureau=bureau,
        year=2023,
        subject=f"名单{number}" if has_subject else "",
        created_by=person,
    )
    revisions = [Revision.objects.create(case=case, number=1, created_by=person)]
    if dice.random() < 0.3:
        Revision.objects.filter(pk=revisions[0].pk).update(
            state="superseded", approved_hash="0" * 64, published_at=timezone.now()
        )
        revisions.append(Revision.objects.create(case=case, number=2, created_by=person))
    for revision in revisions:
        for version in range(1, dice.randint(0, 2) + 1):
            # Near midnight too: the day is the local one.
            at = dt.datetime.combine(
                today - dt.timedelta(days=dice.randint(0, 120)),
                dt.time(dice.choice([0, 7, 12, 15, 16, 23]), 30),
                tzinfo=dt.UTC,
            )
            Event.objects.create(
                revision=revision,
                transition=dice.choice(["submit", "submit", "accept"]),
                to_state="submitted",
                from_version=version,
                actor=person,
                actor_name="甲",
                actor_role=person.roles[0],
                bureau_name=bureau.name,
                at=at,
            )


@pytest.mark.parametrize("seed", range(12))
def test_figures_equal_the_recount_of_generated_years(seed):
    today = timezone.localdate()
    _generate(seed, today)

    assert counted(2023, today) == recount(2023, today)


def test_figures_equal_the_recount_of_a_year_that_people_worked_through():
    today = timezone.localdate()
    factories.reporting_year()
    factories.published_case("awards")
    factories.take("recall", factories.submitted_case("district-returns"))
    returned = factories.case_in(
        "returned",
        "district-returns",
        [factories.figure_values(bureau=factories.district("cixi"))],
        bureau=factories.district("cixi"),
    )
    factories.advance(factories.change_first_row(returned), "submitted")
    published = factories.published_case(
        "city-figures", [factories.figure_values(bureau=factories.city())]
    )
    factories.advance(factories.change_first_row(factories.successor_of(published)), "submitted")

    figures = counted(2023, today)

    assert figures == recount(2023, today)
    cixi, city = factories.district("cixi").pk, factories.city().pk
    # One report each, one correction each: after the return, and after the publication.
    assert figures["district-returns", cixi] == (1, 1, 0, 0, 0, 0, 1)
    assert figures["city-figures", city] == (1, 1, 0, 0, 0, 0, 1)


def _duty(**values):
    defaults = {
        "kind": kinds["awards"],
        "bureau": factories.city(),
        "year": 2023,
        "subject": "",
        "term_ends": dt.date(2024, 3, 29),
        "due_on": dt.date(2024, 3, 29),
    }
    return Duty(**{**defaults, **values})


@pytest.mark.parametrize(
    ("reported", "today", "status", "late"),
    [
        ("2024-03-29T15:59", "2024-05-01", "on_time", 0),
        # Midnight in Ningbo is 16 hours in Greenwich.
        ("2024-03-29T16:00", "2024-05-01", "late", 1),
        (None, "2024-03-29", "open", 0),
        (None, "2024-03-30", "missing", 1),
    ],
)
def test_day_is_the_local_one(reported, today, status, late):
    at = dt.datetime.fromisoformat(f"{reported}:00+00:00") if reported else None
    duty = _duty(reported_at=at)

    day = dt.date.fromisoformat(today)
    assert (duty.status(day), duty.days_late(day)) == (status, late)


def test_number_of_queries_does_not_grow(django_assert_num_queries):
    factories.reporting_year()
    factories.district("zhenhai")
    deadlines = read_deadlines()
    for slug in ("haishu", "beilun", "cixi"):
        with django_assert_num_queries(2):
            duties_of(2023, deadlines)
        bureau = factories.district(slug)
        factories.open_return(bureau, [factories.figure_values(bureau=bureau)])
        factories.open_award_list()


def test_scope_is_the_own_bureau_for_a_district_and_all_for_the_city():
    factories.reporting_year()
    factories.district("cixi")
    deadlines = read_deadlines()

    def seen(role):
        duties = duties_of(2023, deadlines, bureaus_in_scope(factories.staff(role)))
        return {duty.bureau.slug for duty in duties}

    everyone = {"ningbo", "beilun", "cixi"}
    assert {role: seen(role) for role in Role} == {
        Role.DISTRICT_FILLER: {"beilun"},
        Role.DISTRICT_SIGNATORY: {"beilun"},
        Role.CITY_EDITOR: everyone,
        Role.CITY_REVIEWER: everyone,
        Role.CITY_PUBLISHER: everyone,
        Role.AUDITOR: everyone,
        Role.ADMINISTRATOR: set(),
    }
