"""The process that looks into a stranger's file: ``python -m apps.cases.evidence.worker`` < file.

It needs no Django, no database and no network, and has limits of its own; when it dies, the
application does not. It answers with one line of JSON.
"""

import json
import resource
import signal
import sys
from io import BytesIO
from typing import Any

import msoffcrypto
import olefile
import puremagic

from apps.cases.evidence.containers import read_archive
from apps.cases.evidence.documents import read_pdf
from apps.cases.evidence.images import read_image
from apps.cases.evidence.texts import read_text
from apps.cases.evidence.verdict import Passages, Refusal
from apps.cases.personal_data import scan

MEMORY = 290 * 2**20
"""Bytes of data the process may hold."""
SECONDS = 20
"""Seconds of computing."""
MOST_HITS = 20
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def limit() -> None:
    """Bind this process to its memory and its time; let it write no file."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGXCPU, _out_of_time)


def _out_of_time(_signal: int, _frame: object) -> None:
    raise Refusal("too-slow", seconds=SECONDS)


def read(data: bytes) -> tuple[str, Passages]:
    """Return what a file is, by its content, and its passages. Raises ``Refusal``."""
    if not data:
        raise Refusal("empty")
    if data.startswith(b"%PDF-"):
        return read_pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return read_archive(data)
    if data.startswith(PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return read_image(data)
    if data.startswith(olefile.MAGIC):
        raise Refusal(_ole(data))
    try:
        return read_text(data)
    except Refusal as refusal:
        if refusal.code == "not-allowed" and not refusal.params["found"]:
            raise Refusal("not-allowed", found=_guess(data)) from refusal
        raise


def _ole(data: bytes) -> str:
    """Return why an old Office file is refused: a password, macros, or its age alone."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as file:
            parts = {name.lower() for path in file.listdir() for name in path}
        if parts & {"vba", "macros", "_vba_project_cur"}:
            return "macros"
        if "encryptedpackage" in parts or msoffcrypto.OfficeFile(BytesIO(data)).is_encrypted():
            return "encrypted"
    except Exception:
        # Neither library names its errors; whatever the file is, it is not taken in.
        return "old-office"
    return "old-office"


def _guess(data: bytes) -> str:
    """Return what the file seems to be, in a word or nothing."""
    try:
        return str(puremagic.from_string(data)).lstrip(".").upper()
    except (puremagic.PureError, ValueError):
        return ""


def judge(data: bytes) -> dict[str, Any]:
    """Return what the file is and which personal numbers stand in it, or why it is refused."""
    try:
        kind, passages = read(data)
        hits = [
            {"kind": hit.kind, "shown": hit.shown, "place": passage.place, "at": passage.at}
            for passage in passages
            for hit in scan(passage.text)
        ]
    except Refusal as refusal:
        return {"refusal": refusal.code, "params": refusal.params}
    except (MemoryError, RecursionError):
        return {"refusal": "too-much", "params": {}}
    return {"type": kind, "hits": hits[:MOST_HITS]}


def main() -> None:
    """Judge standard input; write the judgement to standard output."""
    limit()
    sys.stdout.write(json.dumps(judge(sys.stdin.buffer.read())) + "\n")


if __name__ == "__main__":
    main()
