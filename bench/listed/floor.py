"""The floor: the rows by psycopg, the page by an f-string, in a bare WSGI application.

It answers the questions that the list does, with the best SQL there is and the same indexes, but
counts nothing, shows no facets, escapes nothing and knows no editions.
"""

import os
import threading
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

import psycopg

SQL = """
    SELECT organisation, roster, year, district_id, certificate_number, credit_code
    FROM enterprises_rosterentry
    WHERE revision_id IN (SELECT id FROM cases_revision WHERE state = 'published') {where}
    ORDER BY list_place {down}, position {down}, uid {down} LIMIT 50 OFFSET {offset}"""
_own = threading.local()


def connection() -> psycopg.Connection:
    """Return this thread's kept connection."""
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return _own.connection


def question(query: str) -> tuple[str, list[Any]]:
    """Return the SQL of a query string, and its values."""
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    where, params, offset, down = "", [], 0, ""
    if pk := asked.get("district"):
        where += "AND district_id = %s "
        params.append(int(pk))
    if word := asked.get("q"):
        if word.isascii():
            where += "AND search_index @@ %s::tsquery AND strpos(sounds, %s) > 0 "
            params += [f"'{word.upper()}':*", word.upper()]
        elif asked.get("common"):
            where += "AND strpos(search_text, %s) > 0 "
            params.append(word)
        else:
            where += "AND search_index @@ yongke_asked(%s) AND strpos(search_text, %s) > 0 "
            params += [word, word]
    if after := asked.get("after"):
        where += """AND (list_place, position, uid) >
            (SELECT list_place, position, uid FROM enterprises_rosterentry WHERE uid = %s) """
        params.append(after)
    elif asked.get("page") == "last":
        down = "DESC"
    else:
        offset = 50 * (int(asked.get("page", 1)) - 1)
    return SQL.format(where=where, offset=offset, down=down), params


def page(query: str) -> bytes:
    """Return the page of a query string."""
    rows = connection().execute(*question(query)).fetchall()
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<!doctype html><title>Rows</title><table>{body}</table>".encode()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request."""
    body = page(environ["QUERY_STRING"])
    start_response(
        "200 OK",
        [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
