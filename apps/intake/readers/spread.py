"""Laying cells with row and column spans out on a grid, row after row, as HTML does."""

from apps.intake.grid import Span

WIDEST = 500
"""Columns; what is wider is no table an office prints."""


class Spreading:
    """Rows being laid out; a position that a cell above covers is blank."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._covered: dict[int, int] = {}
        self._cells: list[str] = []

    def begin(self) -> None:
        """Begin a row."""
        self._cells = []
        self._pass_covered()

    def _pass_covered(self) -> None:
        while self._covered.get(len(self._cells), 0):
            self._covered[len(self._cells)] -= 1
            self._cells.append("")

    @property
    def column(self) -> int:
        """The column of the next cell."""
        return len(self._cells)

    def put(self, text: str, height: int, width: int, row: int) -> None:
        """Put a cell at the next free position of the row."""
        width = min(width, WIDEST - len(self._cells))
        if width < 1:
            return
        column = len(self._cells)
        if height > 1 or width > 1:
            self.spans.append(Span(row, column, height, width))
        for offset in range(width):
            self._covered[column + offset] = height - 1
            self._cells.append("" if offset else text)
        self._pass_covered()

    def end(self) -> tuple[str, ...]:
        """The finished row."""
        return tuple(self._cells)
