"""Fixtures of the workflow's tests."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture
def in_english() -> Iterator[None]:
    """Read every sentence in English: the tests compare what the code says, not its translation."""
    with translation.override("en"):
        yield
