"""A quoted figure names its source and the source's date."""

import datetime as dt

import pytest

from apps.districts.checks import quoted_without_source
from apps.districts.models import Blank
from tests import factories
from tests.cases.support import said_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

DAY = dt.date(2024, 3, 12)


def _return(source="quoted", **values):
    indicator = factories.indicator(f"{source}-figure", source=source)
    return factories.open_return(rows=[factories.figure_values(indicator=indicator, **values)])


@pytest.mark.parametrize(
    ("values", "field", "cure"),
    [
        ({}, "quoted_from", "Name the document or table that it stands in, and its date."),
        ({"quoted_from": "市统计局公报"}, "quoted_on", "Enter the date of that document."),
        ({"quoted_on": DAY}, "quoted_from", "Name the document or table."),
    ],
    ids=["neither", "no date", "no document"],
)
def test_quoted_figure_without_its_source_is_to_be_explained(values, field, cure):
    [(severity, _row, place, sentence)] = said_by(quoted_without_source, _return(**values))

    assert (severity, place) == ("explain", field)
    assert sentence.startswith("指标quoted-figure is quoted from")
    assert sentence.endswith(cure)


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("quoted", {"quoted_from": "市统计局公报", "quoted_on": DAY}),
        ("quoted", {"value": None, "blank": Blank.WITHHELD}),
        ("quoted", {"source_line": 12}),
        ("quoted", {"period": "2022"}),
        ("typed", {}),
    ],
    ids=["named", "no value", "printed report", "earlier year", "typed"],
)
def test_figure_that_names_its_source_or_needs_none_is_left_alone(source, values):
    revision = _return(source, **{k: v for k, v in values.items() if k != "source_line"})
    for name in {"source_line"} & values.keys():
        factories.records_of(revision)[0].__class__.objects.filter(revision=revision).update(
            **{name: values[name]}
        )

    assert said_by(quoted_without_source, revision) == []
