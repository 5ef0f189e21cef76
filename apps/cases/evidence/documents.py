"""PDF: what it would do when it is opened, and its text page by page."""

from io import BytesIO
from typing import Any

import pypdfium2
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef, PDFStream
from pdfminer.psparser import PSLiteral

from apps.cases.evidence.verdict import Passage, Passages, Refusal

MOST_OBJECTS = 300_000
# How deep lists and dictionaries lie in one another: what hides deeper is not looked for.
DEEPEST = 50
# Keys and action types (ISO 32000) under which a PDF runs, fetches or carries something.
ACTIVE_KEYS = {
    "JS": "script",
    "JavaScript": "script",
    "XFA": "script",
    "EmbeddedFiles": "embedded",
    "EF": "embedded",
    "RichMedia": "embedded",
}
ACTIVE_ACTIONS = {
    "JavaScript": "script",
    "Launch": "script",
    "ImportData": "script",
    "SubmitForm": "script",
    "GoToE": "embedded",
    "GoToR": "external",
    "Rendition": "embedded",
    "Movie": "embedded",
    "Sound": "embedded",
    "RichMedia": "embedded",
}


def read_pdf(data: bytes) -> tuple[str, Passages]:
    """Return the type of a PDF and its passages. Raises ``Refusal``.

    One that is protected against printing or changing opens without a password and is read like
    any other.
    """
    try:
        _check_objects(data)
        document = pypdfium2.PdfDocument(data)
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise Refusal("encrypted") from error
    except (Refusal, MemoryError):
        raise
    except Exception as error:
        # Both libraries raise whatever a broken file makes them stumble over.
        raise Refusal("damaged") from error
    return "application/pdf", _pages(document)


def _pages(document: pypdfium2.PdfDocument) -> Passages:
    for number in range(len(document)):
        try:
            page = document[number]
            text = page.get_textpage()
            yield Passage("page", str(number + 1), text.get_text_bounded())
            text.close()
            page.close()
        except pypdfium2.PdfiumError as error:
            raise Refusal("damaged") from error


def _check_objects(data: bytes) -> None:
    """Look at every object, those in packed streams too."""
    document = PDFDocument(PDFParser(BytesIO(data)))
    seen = 0
    for xref in document.xrefs:
        for number in xref.get_objids():
            seen += 1
            if seen > MOST_OBJECTS:
                raise Refusal("too-much")
            _check(document.getobj(number), 0)
        _check(xref.get_trailer(), 0)


def _check(value: Any, depth: int) -> None:
    """Refuse what acts by itself. References are objects of their own and are met on their own."""
    if isinstance(value, PDFObjRef):
        return
    if depth > DEEPEST:
        raise Refusal("too-much")
    if isinstance(value, PDFStream):
        value = value.attrs
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ACTIVE_KEYS and inner is not None:
                raise Refusal(ACTIVE_KEYS[key])
            if key == "S" and isinstance(inner, PSLiteral) and inner.name in ACTIVE_ACTIONS:
                raise Refusal(ACTIVE_ACTIONS[str(inner.name)])
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
