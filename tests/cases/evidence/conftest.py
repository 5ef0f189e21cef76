"""Fixtures shared with the workflow's tests."""

from tests.cases.conftest import in_english

__all__ = ["in_english"]
