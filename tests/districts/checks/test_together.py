"""All rules of a return at once: from one reading, in few queries, with their help."""

import os
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.districts.checks import FIGURE_RULES, RETURN_RULES, figure_rules, return_rules
from tests import factories
from tests.districts.checks.support import a_return, figure, published

HELP = Path(__file__).parents[3] / "docs" / "rules.md"


def _help() -> str:
    """Return the page of help that the rules themselves give."""
    lines = [
        "# The rules of a return",
        "",
        "What the desk says of a district's return and of the city's figures, rule by rule. This page is",
        "written by the rules themselves: `YONGKE_WRITE=1 script/test tests/districts/checks/test_together.py`.",
        "What holds between indicators is data: *Indicator relations* in the administration site, and",
        "`relations.csv` of a data pack.",
        "",
        "A blocking finding is corrected, one to be explained is corrected or explained, a hint may stand.",
        "",
        "| rule | severity | what it holds |",
        "|---|---|---|",
    ]
    for rule in RETURN_RULES:
        severities = ", ".join(str(severity.label) for severity in rule.severities)
        lines.append(f"| `{rule.__name__}` | {severities} | {rule.help} |")
    return "\n".join([*lines, ""])


@pytest.mark.usefixtures("in_english")
def test_page_of_help_is_what_the_rules_say():
    if os.environ.get("YONGKE_WRITE"):
        HELP.write_text(_help(), encoding="utf-8")

    assert HELP.read_text(encoding="utf-8") == _help()


@pytest.mark.parametrize("rule", RETURN_RULES, ids=lambda rule: rule.__name__)
def test_every_rule_has_its_file_its_test_and_its_help(rule):
    tests = Path(__file__).parent
    checks = tests.parents[2] / "apps" / "districts" / "checks"

    assert (checks / f"{rule.__name__}.py").is_file()
    assert (tests / f"test_{rule.__name__}.py").is_file()
    assert rule.help == rule.__doc__
    assert rule.help.endswith(".")
    assert rule.severities


def test_the_city_has_no_narrative():
    assert set(RETURN_RULES) - set(FIGURE_RULES) == {
        rule
        for rule in RETURN_RULES
        if any(word in rule.__name__ for word in ("narrative", "number", "reference", "list_"))
    } - set(FIGURE_RULES)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3, 60])
def test_no_row_costs_a_query(rows):
    published(*(figure(f"spending-{n}", 10, 2022) for n in range(rows)))
    revision = a_return(
        *(figure(f"spending-{n}", 90) for n in range(rows)), text="经费7亿元，另有8亿元。"
    )

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = list(return_rules(revision))

    assert len(found) == rows + 1
    assert len(queries) == 13


@pytest.mark.django_db
def test_the_citys_figures_are_read_alike():
    revision = factories.open_list("city-figures", [figure("spending", -3)])

    assert [problem.rule for problem in figure_rules(revision)] == ["negative_count"]
