"""The interface takes a parameter with a value or not at all; a page forgives what a form sends."""

from typing import Any

import jsonschema
import pytest
from django.test import Client

from apps.cases.kinds import listed_record_kinds
from tests import factories

pytestmark = pytest.mark.django_db

EN = {"accept-language": "en"}
PATHS = [*(f"/api/v1/{kind.code}/" for kind in listed_record_kinds()), "/api/v1/changes/"]
# What no reader would call a value: nothing, a blank, the blank of Chinese script, a tab.
BLANKS = ["", " ", "\u3000", "\t"]


def parameters_of(client: Client, path: str) -> list[dict[str, Any]]:
    found = client.get("/api/v1/schema/?format=json").json()["paths"][path]["get"]["parameters"]
    return [one for one in found if one["in"] == "query"]


@pytest.mark.parametrize("path", PATHS)
def test_blank_value_is_refused_for_every_parameter(client: Client, path: str) -> None:
    names = [one["name"] for one in parameters_of(client, path)]

    wrong = [
        (name, blank)
        for name in names
        for blank in BLANKS
        if (answer := client.get(path, {name: blank}, headers=EN)).status_code != 400
        or list(answer.json()["errors"]) != [name]
        or "Give one, or leave the parameter out." not in answer.json()["detail"]
    ]

    assert len(names) > 3
    assert wrong == []


@pytest.mark.parametrize("path", PATHS)
def test_schema_allows_no_blank(client: Client, path: str) -> None:
    for one in parameters_of(client, path):
        schema = one["schema"].get("items", one["schema"])
        if schema.get("type") == "string" and "format" not in schema:
            for blank in BLANKS[:3] if "pattern" in schema else [""]:
                with pytest.raises(jsonschema.ValidationError):
                    jsonschema.validate(blank, schema)
        if one.get("explode") is False:
            assert one["schema"]["minItems"] == 1


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("fields=title,,grade", "fields", "This has no value."),
        ("fields=title,%20grade", "fields", "Take away the blanks"),
        ("sort=,", "sort", "This has no value."),
        ("sort=title%20", "sort", "Take away the blanks"),
        ("award_year=%202023", "award_year", "Take away the blanks"),
        ("award_year=2023&award_year=", "award_year", "This has no value."),
        ("award_year=٢٠٢٣", "award_year", "Enter a whole number."),
        ("as_of=2024-01-01%20", "as_of", "Take away the blanks"),
        ("as_of=2024-01-01&as_of=2024-01-02", "as_of", "This takes one value."),
        ("page_size=5&page_size=6", "page_size", "This takes one value."),
        ("q=a&q=b", "q", "This takes one value."),
    ],
)
def test_what_says_nothing_is_refused_in_a_sentence(
    client: Client, query: str, name: str, said: str
) -> None:
    answer = client.get(f"/api/v1/awards/?{query}", headers=EN)

    assert answer.status_code == 400
    assert said in answer.json()["errors"][name][0]


@pytest.mark.parametrize("day", ["2024/01/31", "01/31/2024", "20240131", "2024-1-31", "2024-02-30"])
@pytest.mark.parametrize("path", ["/api/v1/events/", "/events/"])
def test_day_is_written_in_one_way_in_every_language(client: Client, path: str, day: str) -> None:
    for language in ("en", "zh-hans"):
        answer = client.get(path, {"since": day}, headers={"accept-language": language})

        assert answer.status_code == 400
        assert "2026-03-31" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["q=%20江%20", "grade=%20一等奖", "programme=省奖&programme=国奖"]
)
def test_text_may_have_blanks_around_it_and_choices_more_values(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/awards/?{query}").status_code == 200


def test_page_forgives_the_blanks_that_its_form_sends(client: Client) -> None:
    factories.published_case("events", 1)

    answer = client.get("/events/?q=&since=&until=%20&as_of=&columns=&sort=", follow=True)

    assert answer.status_code == 200
    assert answer.redirect_chain == [("/events/", 302)]
