"""Asking the worker about an uploaded file, and saying its answer in a plain sentence with a cure."""

import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.cases.errors import Refused
from apps.cases.evidence.verdict import KINDS
from apps.cases.personal_data import scan

PATIENCE = 40
"""Seconds until the worker is ended, whatever it waits for."""
LONGEST_NAME = 120
ENDINGS = "PDF, OFD, PNG, JPEG, WebP, DOCX, XLSX, PPTX, CSV, TXT"


def clean_name(name: str) -> str:
    """Return a file's name without folders and signs that do not show; its ending stays."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    name = re.sub(r'[<>:"|?*\s]+', " ", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot else name[:LONGEST_NAME]


def ensure_size(size: int) -> None:
    """Raise ``Refused`` for a file that is too large to be looked through. ``size`` in bytes."""
    most = settings.EVIDENCE_MEGABYTES
    if size > most * 1024**2:
        raise Refused(
            _("The file is larger than %(most)s MB. Make it smaller or attach it in parts.")
            % {"most": most}
        )


def check_file(name: str, data: bytes) -> str:
    """Return the type of an uploaded file by its content. Raises ``Refused`` with the cure.

    ``name`` is a cleaned one. What holds a personal number is refused before it is stored.
    """
    if hits := list(scan(name)):
        raise Refused(
            _("The name of the file holds what looks like %(what)s (%(shown)s). Rename the file.")
            % {"what": personal_words(hits[0].kind), "shown": hits[0].shown}
        )
    answer = _ask(data)
    if "refusal" in answer:
        raise Refused(refusal_sentence(answer["refusal"], answer["params"]))
    kind = str(answer["type"])
    endings = KINDS[kind]
    if not name.lower().endswith(endings):
        raise Refused(
            _(
                "By its content the file is %(found)s, but its name says otherwise. Give it its right ending (%(endings)s), then attach it."
            )
            % {"found": endings[0][1:].upper(), "endings": ", ".join(endings)}
        )
    if answer["hits"]:
        raise Refused(hits_sentence(answer["hits"]))
    return kind


def _ask(data: bytes) -> dict[str, Any]:
    """Return the worker's answer; one of its own where the worker died or did not end."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "apps.cases.evidence.worker"],
            input=data,
            capture_output=True,
            timeout=PATIENCE,
            cwd=Path(settings.BASE_DIR),
            check=False,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"refusal": "too-slow", "params": {"seconds": PATIENCE}}
    except ValueError:
        # It was ended before it could say why: memory that could not be had.
        return {"refusal": "too-much", "params": {}}
    return answer


def personal_words(kind: str) -> str:
    """Return what a personal number is."""
    return {
        "id": _("an ID number"),
        "mobile": _("a mobile number"),
        "card": _("a bank card number"),
    }[kind]


def place_words(place: str, at: str) -> str:
    """Return the place of a passage."""
    return {
        "page": _("page %(at)s"),
        "cell": _("cell %(at)s"),
        "line": _("line %(at)s"),
        "paragraph": _("paragraph %(at)s"),
        "part": _("part %(at)s"),
    }[place] % {"at": at}


def hits_sentence(hits: list[dict[str, str]]) -> str:
    """Return the sentence that names each personal number by its place, never whole."""
    places = "；".join(
        dict.fromkeys(
            f"{place_words(hit['place'], hit['at'])}: {personal_words(hit['kind'])} ({hit['shown']})"
            for hit in hits
        )
    )
    return _(
        "The file holds personal data, which must not be handed in: %(places)s. Black it out or delete it, then attach the file again."
    ) % {"places": places}


def refusal_sentence(code: str, params: dict[str, Any]) -> str:
    """Return why a file is not taken in, and the cure."""
    sentences = {
        "empty": _("The file is empty. Look whether it was saved, then attach it again."),
        "damaged": _(
            "The file is damaged or not complete. Open it, save it again, then attach it."
        ),
        "encrypted": _(
            "The file is encrypted with a password. Save it without one, then attach it."
        ),
        "macros": _("The file holds macros. Save it without macros or as PDF, then attach it."),
        "embedded": _(
            "The file carries other files or objects inside it. Attach those on their own, or save it as PDF without attachments."
        ),
        "external": _(
            "The file fetches something from elsewhere when it is opened. Break these links or save it as PDF, then attach it."
        ),
        "script": _(
            "The PDF holds a program or a form that acts by itself. Print it to a new PDF, then attach that."
        ),
        "formula": _(
            "Line %(line)s begins a cell with a sign that spreadsheets take for a formula. Remove the sign, then attach the file."
        ),
        "bomb": _(
            "Unpacked, the file would take %(size)s MB, far more than such a file needs. Save it anew or as PDF, then attach it."
        ),
        "too-much": _(
            "The file holds more than can be looked through. Attach it in parts or as PDF."
        ),
        "too-slow": _(
            "Reading the file takes longer than %(seconds)s seconds. Attach it in parts."
        ),
        "too-many-pixels": _(
            "The picture has more than %(most)s million pixels. Make it smaller, then attach it."
        ),
        "old-office": _(
            "This is a file of an old office program (.doc, .xls, .ppt, .wps), whatever its name says. Save it as .docx, .xlsx, .pptx or PDF, then attach it."
        ),
        "not-allowed": _("A file of this kind is not taken in. Attach one of these: %(kinds)s.")
        if not params.get("found")
        else _("This is %(found)s, whatever its name says. Attach one of these: %(kinds)s."),
    }
    return sentences[code] % {**params, "kinds": ENDINGS}
