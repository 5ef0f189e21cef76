"""What no database takes: a NUL in an address or a field is no text that anyone typed."""

from collections.abc import Callable, Iterator

import psycopg
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request

REFUSALS = ("NUL (0x00)", "\\u0000 cannot be converted")
"""What is said of a NUL in a text, and in JSON."""

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefuseNul:
    """Answer 400 where PostgreSQL refused a NUL, which no keyboard, browser or program of ours sends.

    Forms refuse it by themselves; this is for the fields and addresses that are read without one.
    Whatever was being written is rolled back by then.
    """

    def __init__(self, get_response: GetResponse) -> None:
        """Take the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as ever."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn the database's refusal into the visitor's; leave every other error alone."""
        if any(_is_of_nul(cause) for cause in _causes(error)):
            return bad_request(request, error)
        return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came of: the task queue hides the database's own."""
    while error is not None:
        yield error
        error = error.__cause__


def _is_of_nul(error: BaseException) -> bool:
    return isinstance(error, DataError | psycopg.DataError) and any(
        words in str(error) for words in REFUSALS
    )
