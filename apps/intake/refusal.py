"""Saying no to a file: a code and a place; the sentences are in ``sentences.py``."""


class Refusal(Exception):
    """The file cannot be read. ``code`` names the sentence, ``params`` fill it in."""

    def __init__(self, code: str, where: str = "", **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.where = where
        self.params = params
