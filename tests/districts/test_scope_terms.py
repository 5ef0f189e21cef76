"""A scope is a code inside and the field's own term outside."""

from typing import Any

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["本级", "own"])
def test_scope_is_printed_and_asked_for_by_its_term(client: Client, asked: str) -> None:
    factories.published_case(
        "city-figures",
        [
            factories.figure_values(1, factories.city(), scope="own"),
            factories.figure_values(2, factories.city(), scope="whole"),
        ],
    )

    answer: Any = client.get("/api/v1/indicator-values/", {"scope": asked})

    assert [row["scope"] for row in answer.json()["results"]] == ["本级"]


@pytest.mark.parametrize("asked", ["indicator-1", "指标indicator-1"])
def test_indicator_is_asked_for_by_code_or_name(client: Client, asked: str) -> None:
    factories.published_case("city-figures", rows=2)

    answer: Any = client.get("/api/v1/indicator-values/", {"indicator": asked})

    assert [row["indicator"] for row in answer.json()["results"]] == ["指标indicator-1"]
