"""Schemathesis asks the interface all that its schema allows, and what it does not.

A bounded number of examples is part of the suite; ``SCHEMATHESIS_EXAMPLES=500`` asks more, and
``--log-level=INFO -rP`` says how many.
"""

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests import factories

logger = logging.getLogger(__name__)
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "6"))
# Nothing else is like them: a list, a row, and what has changed. The other kinds differ in columns.
ALWAYS = {"awards", "indicator-values", "events", "changes"}


@pytest.fixture
def interface(db: None, settings: Any) -> Iterator[Any]:
    """Publish rows of several kinds, and read the schema as anyone would."""
    settings.API_PER_MINUTE = 1_000_000
    for code in ("awards", "policies", "roster-entries", "certifications", "city-figures"):
        factories.published_case(code, 2)
    factories.case_in("withdrawn", "events")
    # As Django's own test client does: the test's transaction outlives the request.
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", WSGIHandler())
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_nothing_is_found(interface: Any, mode: GenerationMode) -> None:
    asked = 0

    for result in interface.get_all_operations():
        operation = result.ok()
        if EXAMPLES < 50 and operation.path.split("/")[3] not in ALWAYS:
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            if mode is GenerationMode.POSITIVE and case.query:
                # Any text is one to the schema; only “next” knows one that is right.
                case.query.pop("cursor", None)
                if str(case.query.get("as_of", "")) >= str(timezone.localdate()):
                    # Any moment is one to the schema, which knows no today.
                    del case.query["as_of"]
            case.call_and_validate(headers={"Accept-Encoding": "identity"})

        ask()
    logger.info("%s: %s questions, nothing found", mode.value, asked)
    assert asked >= 7 * EXAMPLES
