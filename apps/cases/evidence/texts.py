"""Plain text and CSV: readable in a usual encoding, and nothing a spreadsheet would run."""

import re

from apps.cases.evidence.verdict import Passage, Passages, Refusal

# A cell that a spreadsheet takes for a formula; a number with its sign is none.
_FORMULA = re.compile(r"\s*(?:[=@]|[+\-](?![0-9０-９.,\s]|$))")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml|svg|script|head|body|table)", re.IGNORECASE)


def read_text(data: bytes) -> tuple[str, Passages]:
    """Return the type of a text and its lines. Raises ``Refusal``."""
    text = _decode(data)
    if text is None or _CONTROL.search(text):
        raise Refusal("not-allowed", found="")
    if _MARKUP.match(text):
        raise Refusal("not-allowed", found="HTML/XML")
    lines = text.splitlines()
    sample = [line for line in lines[:50] if line.strip()]
    separators = [mark for mark in ",;\t" if sample and all(mark in line for line in sample)]
    if not separators:
        return "text/plain", _lines(lines)
    for number, line in enumerate(lines, start=1):
        for cell in line.split(separators[0]):
            if _FORMULA.match(cell.strip().strip('"')):
                raise Refusal("formula", line=number)
    return "text/csv", _lines(lines)


def _lines(lines: list[str]) -> Passages:
    for number, line in enumerate(lines, start=1):
        yield Passage("line", str(number), line)


def _decode(data: bytes) -> str | None:
    """Return the text in UTF-8, UTF-16 with its mark, or GB 18030; None where it is none."""
    encodings = ["utf-16"] if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
