"""A stock that its flows contradict."""

import pytest

from apps.districts.checks import stock_and_flow
from tests.districts.checks.support import a_return, counted, figure, published, relate, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def _stock(before, new, now, measure="cumulative", removed="none"):
    stock, added = counted("stock", measure=measure), counted("added")
    gone = counted("gone")
    relate("stock", stock, ("new", added), *([("removed", gone)] if removed != "none" else []))
    if before is not None:
        published(figure(stock, before, 2022))
    rows = [figure(stock, now), figure(added, new)]
    if removed not in {"none", "left out"}:
        rows.append(figure(gone, removed))
    return a_return(*rows)


@pytest.mark.parametrize(
    ("before", "new", "now", "measure", "removed"),
    [
        (10, 3, 13, "cumulative", "none"),
        (10, 3, 12, "stock", "none"),
        (10, 3, 11, "stock", 2),
        (None, 3, 13, "cumulative", "none"),
        (10, None, 20, "cumulative", "none"),
        (10, 3, None, "cumulative", "none"),
        (10, 3, 7, "stock", "left out"),
    ],
)
def test_stock_that_its_flows_explain_passes(before, new, now, measure, removed):
    assert sentences(stock_and_flow, _stock(before, new, now, measure, removed)) == []


def test_wrong_cumulative_figure_asks():
    assert sentences(stock_and_flow, _stock(10, 3, 14)) == [
        (
            "explain",
            "指标stock is 14家. Last year it was 10家; with 3家 new and 0 removed that gives 13家."
            " Correct the one that is wrong, or explain the change.",
        )
    ]


def test_stock_beyond_what_is_new_asks():
    assert sentences(stock_and_flow, _stock(10, 3, 14, "stock")) == [
        (
            "explain",
            "指标stock is 14家. Last year it was 10家, and 3家 are new: that gives 13家 at most."
            " Correct the one that is wrong, or explain the change.",
        )
    ]


def test_stock_that_its_removals_contradict_asks():
    assert sentences(stock_and_flow, _stock(10, 3, 12, "stock", 2)) == [
        (
            "explain",
            "指标stock is 12家. Last year it was 10家; with 3家 new and 2家 removed that gives 11家."
            " Correct the one that is wrong, or explain the change.",
        )
    ]


def test_stock_below_what_is_new_asks_without_last_year():
    assert sentences(stock_and_flow, _stock(None, 5, 4)) == [
        (
            "explain",
            "指标stock is 4家, less than the 5家 that are new this year alone. Correct the one that is"
            " wrong.",
        )
    ]


def test_figures_of_another_year_are_left():
    stock, added = counted("stock"), counted("added")
    relate("stock", stock, ("new", added))
    revision = a_return(figure(stock, 4, 2020), figure(added, 5, 2020))

    assert sentences(stock_and_flow, revision) == []
