"""What may not be committed, and what must be able to run."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR
# Written in pieces, so that this file does not find itself.
FORBIDDEN = {
    "the host of a package index": re.compile(
        rb"pypi\.(?:org|python)|pythonhost" + rb"ed\.org|--(?:extra-)?index-" + rb"url"
        rb"|registry\.npm" + rb"js|pypi\.tuna|/simple/?\s*$",
        re.MULTILINE,
    ),
    "a path of somebody's machine": re.compile(
        rb"(?<![\w.<>~-])/(?:ro" + rb"ot|wo" + rb"rk|ho" + rb"me/\w+|Us" + rb"ers/\w+)/[\w.]"
    ),
    "an unresolved merge": re.compile(rb"^(?:<<<<" + rb"<<< |>>>>" + rb">>> )", re.MULTILINE),
}
RUNNABLE = (".ci/run", "manage.py", "script/messages", "script/server", "script/test")


def committed() -> list[Path]:
    """Return the files git knows, or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group().decode(errors='replace')!r}"
        for path in committed()
        if path != Path(__file__)
        for match in [FORBIDDEN[what].search(path.read_bytes())]
        if match
    ]

    assert found == []


def test_no_file_names_this_checkout() -> None:
    here = os.fsencode(ROOT)

    assert [path for path in committed() if here in path.read_bytes()] == []


@pytest.mark.parametrize("name", RUNNABLE)
def test_commands_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


@pytest.mark.parametrize(
    "name", [".ci/run", "script/bootstrap.sh", "script/messages", "script/server", "script/test"]
)
def test_shell_commands_are_valid(name: str) -> None:
    done = subprocess.run(["bash", "-n", ROOT / name], capture_output=True, text=True, check=False)

    assert done.stderr == ""


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_locked_package_has_a_version_and_a_hash(name: str) -> None:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert lines
    for line in lines:
        if not line.lstrip().startswith("#"):
            assert re.match(r"[A-Za-z0-9._\[\], -]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


def test_development_locks_what_production_locks() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^([\w.\[\], -]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))

    assert versions("requirements.txt") <= versions("requirements-dev.txt")
