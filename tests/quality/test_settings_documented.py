"""docs/settings.md names every environment variable that is read, and no other."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
READ_IN = ("config", "apps", "script", "bench", "deploy", "tests")
NAME = re.compile(r"\bYONGKE_[A-Z][A-Z_]*[A-Z]\b")
# Read by their plain names, because other tools use the same.
PLAIN = {"DATABASE_URL", "PORT"}


def read_names() -> set[str]:
    """Return the variables named in code."""
    names = set(PLAIN)
    for folder in READ_IN:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".sh", ""} and path.is_file():
                names |= set(NAME.findall(path.read_text(encoding="utf-8")))
    return names


def documented_names() -> list[str]:
    """Return the variables that have a row in a table of the document, in its order."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)


def test_every_variable_read_is_documented_and_every_documented_one_is_read() -> None:
    assert set(documented_names()) == read_names()


def test_no_variable_is_documented_twice() -> None:
    names = documented_names()

    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["YONGKE_VAR", "DATABASE_URL"])
def test_names_are_found_at_all(name: str) -> None:
    assert name in read_names()
