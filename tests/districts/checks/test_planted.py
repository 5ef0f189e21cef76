"""Planted faults are found, each of them; clean returns are left alone."""

import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest

from apps.cases.models import Revision
from apps.districts.checks import RETURN_RULES, narrative_missing, return_rules
from apps.registry.models import NarrativeLimit
from tests import factories
from tests.districts.checks.generated import YEAR, Generated, Maker, load_dictionary, store

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

PLANTED = 20
CLEAN = 50
# What a planted fault is found by: the indicator and its subject, or the section's heading.
Places = set[tuple[str, str]]


def _place(row) -> tuple[str, str]:
    return (row["indicator"].code, row["subject"])


def _each(rows, change: Callable, count: int = PLANTED) -> Places:
    """Change ``count`` rows and return where they stand."""
    chosen = rows[:count]
    assert len(chosen) == count
    for number, row in enumerate(chosen):
        change(row, number)
    return {_place(row) for row in chosen}


def _set(name: str, make: Callable) -> Callable:
    return lambda row, number: row.update({name: make(row, number)})


def _large(made: Generated, *measures: str) -> list:
    """Return the district's rows whose value is no matter of chance."""
    return [row for row in made.main(*measures) if row["value"] >= 100]


def _told_twice(made: Generated) -> Places:
    again = [dict(row) for row in made.main()[:PLANTED]]
    made.rows += again
    return _each(again, _set("value", lambda row, _n: row["value"] + 1))


def _unsourced(made: Generated) -> Places:
    """Let twenty quoted figures, of the district and of bodies, say nothing of their source."""
    rows = [row for row in made.main() if row["indicator"].source == "quoted"]
    bodies = [{**row, "subject": subject} for subject in ("机构1", "机构2") for row in rows]
    made.rows += bodies
    rows += bodies
    lacks = ({"quoted_from": ""}, {"quoted_on": None}, {"quoted_from": " ", "quoted_on": None})
    return _each(rows, lambda row, n: row.update(lacks[n % len(lacks)]))


def _left_out(made: Generated) -> Places:
    gone = [row for row in made.main() if row["indicator"].asked_of != "city"][:PLANTED]
    made.rows = [row for row in made.rows if row not in gone]
    return {(row["indicator"].code[:40], "") for row in gone}


def _restated(made: Generated) -> Places:
    return _each_new(
        made,
        [
            {**row, "value": (row["value"] * Decimal("1.1")).quantize(row["value"]) + 1}
            for row in made.before
            if not row["subject"]
        ],
    )


def _each_new(made: Generated, rows: list) -> Places:
    made.rows = [row for row in made.rows if row["period"] == str(YEAR)]
    made.rows += rows[:PLANTED]
    return {_place(row) for row in rows[:PLANTED]}


def _misquoted(made: Generated) -> Places:
    """Put one wrong number into each of twenty sections: a digit added, or two changed places."""
    made.sections = []
    places = set()
    values = {str(int(row["value"])) for row in made.rows}
    rows = [
        row
        for row in made.main("new", "flow", "stock")
        if row["value"] >= 100 and row["unit"] == "家"
    ]
    while len(places) < PLANTED:
        row = rows[len(places) % len(rows)]
        digits = str(row["value"])
        wrong = next(
            text
            for text in (digits[::-1], digits + "3", digits + "7")
            if text not in values and text[0] != "0"
        )
        places.add((f"第{len(made.sections)}节", ""))
        made.sections.append(f"持续推进创新体系建设，{row['indicator'].name}{wrong}家。")
    return places


def _sections(made: Generated, text: Callable[[int], str]) -> Places:
    """Give a return twenty sections of narrative."""
    made.sections = [text(number) for number in range(PLANTED)]
    return {(f"第{number}节", "") for number in range(PLANTED)}


def _bodies(made: Generated, code: str) -> list:
    return [row for row in made.of(code) if row["subject"] and row["period"] == str(YEAR)]


def _beyond(made: Generated) -> Places:
    wholes = {row["subject"]: row["value"] for row in _bodies(made, "high-tech-applications")}
    return _each(
        _bodies(made, "high-tech-applications-first"),
        _set("value", lambda row, _n: wholes[row["subject"]] + 1),
    )


SLIPS = [Decimal(10) ** power for power in (3, 4, 8, -3, -4)]
WORDS = ("同比+93%", "翻番", "同比下降60%", "翻两番")

PLANTS: dict[str, Callable[[Generated], Places]] = {
    "unit_not_in_dictionary": lambda made: _each(made.main(), _set("unit", lambda *_: "斗")),
    "wrong_precision": lambda made: _each(
        [row for row in made.main() if row["indicator"].value_type == "integer"],
        _set("value", lambda row, _n: row["value"] + Decimal("0.5")),
    ),
    "negative_count": lambda made: _each(
        [row for row in made.main() if row["indicator"].measure != "growth"],
        _set("value", lambda row, _n: -row["value"] - 1),
    ),
    "out_of_range": lambda made: _each(
        _bodies(made, "postgraduate-staff-share"), _set("value", lambda *_: Decimal("100.4"))
    ),
    "quoted_without_source": _unsourced,
    "figure_told_twice": _told_twice,
    "forecast_in_a_closed_year": lambda made: _each(
        made.main(), _set("status", lambda *_: "forecast")
    ),
    "figure_missing": _left_out,
    "sum_of_parts": lambda made: _each(
        _bodies(made, "incubators-valid"), _set("value", lambda row, n: row["value"] + 1 + n)
    ),
    "part_beyond_whole": _beyond,
    "ratio_unlike_its_parts": lambda made: _each(
        _bodies(made, "postgraduate-staff-share"),
        _set("value", lambda row, _n: row["value"] + 2),
    ),
    "stock_and_flow": lambda made: _each(
        _bodies(made, "rd-institutes-district-cumulative"),
        _set("value", lambda row, n: row["value"] + (-1 if n % 2 else 1)),
    ),
    "unlike_last_year": lambda made: _each(
        _large(made, "new", "flow"),
        _set(
            "value",
            lambda row, n: (row["value"] * (5 if n % 2 else Decimal("0.15"))).quantize(Decimal(1)),
        ),
    ),
    "unit_slip": lambda made: _each(
        _large(made, "new", "flow"),
        _set("value", lambda row, n: row["value"] * SLIPS[n % len(SLIPS)]),
    ),
    "last_year_restated": _restated,
    "growth_in_words": lambda made: _each(
        _large(made, "new", "flow"), _set("comparison", lambda _row, n: WORDS[n % len(WORDS)])
    ),
    "number_not_in_figures": _misquoted,
    "unknown_reference": lambda made: _sections(
        made, lambda n: f"全年投入{{{{no-such-figure-{n}}}}}，持续增长。"
    ),
    "narrative_length": lambda made: _sections(made, lambda n: "持续推进创新。" * (10 + n)),
}
# What needs more years than these returns have, or the city's lists, is planted in the rule's own
# test.
ELSEWHERE = {
    "narrative_missing",
    "valid_certificates",
    "list_rows_open",
    "list_claim_without_evidence",
}


@pytest.fixture
def maker() -> Maker:
    """A maker of returns over 130 indicators, with last year's published."""
    load_dictionary()
    return Maker(indicators=130, subjects=PLANTED)


def _publish_last_year(maker: Maker) -> Revision:
    """Publish last year's return as its rows stand; return this year's, still empty."""
    made = maker.make()
    former = factories.open_list("district-returns", 0, year=YEAR - 1)
    store(former, Generated(), made.before)
    for finding in factories.run_rules(former):
        if finding.severity == "explain":
            _explain(former, finding.pk)
    factories.advance(former, "published")
    return factories.open_list("district-returns", 0)


def _explain(revision: Revision, finding_id: int) -> None:
    from apps.cases.domain.findings import explain

    explain(factories.filler_of(revision), finding_id, "与原印报告一致，已经核对。")


def _say(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")


def _found(revision: Revision) -> dict[str, Places]:
    found: dict[str, Places] = {}
    for problem in return_rules(factories.fresh(revision)):
        if problem.record is None:
            place = (problem.field, "")
        elif problem.field == "text":
            place = (problem.record.heading, "")
        else:
            place = (problem.record.indicator.code, problem.record.subject)
        found.setdefault(problem.rule, set()).add(place)
    return found


def test_every_planted_fault_is_found(maker, capsys):
    revision = _publish_last_year(maker)
    NarrativeLimit.objects.create(heading="", most=60)

    lines = []
    for rule, plant in PLANTS.items():
        made = maker.make()
        planted = plant(made)
        store(revision, made)
        found = _found(revision)
        lines.append(f"{rule}: {len(planted & found.get(rule, set()))} of {len(planted)}")
        assert len(planted) >= PLANTED
        assert planted - found.get(rule, set()) == set(), rule
    for _number in range(PLANTED):
        store(revision, Generated(rows=maker.make().main()[:1]))
        assert len(list(narrative_missing(factories.fresh(revision)))) == 1
    _say(capsys, *lines)


def test_every_rule_is_planted():
    assert {*PLANTS} | ELSEWHERE == {rule.__name__ for rule in RETURN_RULES}


def test_clean_returns_raise_at_most_half_a_false_alarm_each(maker, capsys):
    maker.subjects = maker.subjects[:2]
    revision = _publish_last_year(maker)

    alarms: Counter[str] = Counter()
    for _number in range(CLEAN):
        made = maker.make()
        store(revision, made)
        alarms.update(problem.rule for problem in return_rules(factories.fresh(revision)))

    _say(capsys, f"{alarms.total()} false alarms in {CLEAN} clean returns: {dict(alarms)}")
    assert alarms.total() <= CLEAN / 2
