"""What the tests of the desk share: a signed-in browser, and what a page says."""

import html
import re
from typing import Any

from django.template.loader import render_to_string
from django.test import Client

from apps.accounts.models import User
from apps.cases.models import Revision


def signed_in(user: User) -> Client:
    """Return a browser in which ``user`` is signed in and reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(response: Any) -> str:
    """Return the words of a page, without its marks."""
    body = response.content.decode()
    main = body[body.index("<main") : body.index("</main>")] if "<main" in body else body
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", main)))


def state_word(state: str) -> str:
    """Return the word of a state, as every page shows it to an English reader."""
    return html.unescape(
        re.sub(r"<[^>]*>", "", render_to_string("components/state.html", {"state": state}))
    ).strip()


def step_url(revision: Revision, name: str) -> str:
    """Return the page of a step."""
    return f"/desk/cases/{revision.case_id}/{revision.number}/{name}/"


def post_step(client: Client, revision: Revision, name: str, **data: Any) -> Any:
    """Take a step as the page's form does."""
    data.setdefault("version", revision.version)
    if name == "submit":
        data.setdefault("agree", "on")
    if name == "restate":
        data.setdefault("reason_code", "correction")
    return client.post(step_url(revision, name), data)


def row_url(revision: Revision, row: Any, tail: str = "") -> str:
    """Return the page of a row."""
    return f"/desk/cases/{revision.case_id}/rows/{row.record_kind.code}/{row.uid}/{tail}"


def form_values(response: Any, name: str = "form") -> dict[str, Any]:
    """Return what the browser would send from the form of a page, unchanged."""
    form = response.context[name]
    values = {}
    for field in form:
        value = field.value()
        values[field.html_name] = "" if value is None else value
    return values
