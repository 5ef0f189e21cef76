"""What the worker says of a file. No Django: codes here, sentences in ``checking``."""

from collections.abc import Iterator
from dataclasses import dataclass

# What is taken in: by what it is, never by its name. First the usual ending, then others.
KINDS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "application/ofd": (".ofd",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "text/csv": (".csv",),
    "text/plain": (".txt", ".csv"),
}


class Refusal(Exception):
    """The file is not taken in; ``code`` says why, ``params`` where and how much."""

    def __init__(self, code: str, **params: str | int) -> None:
        """Keep code and parameters."""
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Passage:
    """A piece of a file's text and its place: ``page`` 3, ``cell`` Sheet1!B4, ``paragraph`` 7."""

    place: str
    at: str
    text: str


Passages = Iterator[Passage]
