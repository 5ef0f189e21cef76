"""What a reviewer sees beside a row: last year's value, and the same figure of the others.

A kind of row that has such things names a function in its declaration (``RecordKind.beside``); what
is computed and drawn from them is the same for every kind.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import quantiles
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.cases.models import Revision

# Of fewer values a spread says nothing.
LEAST_VALUES = 3
# Width of the drawing, in its own units.
WIDTH = 240
MARGIN = 6


@dataclass(frozen=True)
class Peer:
    """The same figure of one unit. ``amount`` is comparable among peers, ``text`` as printed."""

    name: str
    text: str
    amount: Decimal
    is_own: bool = False
    # In words, where it is not published yet.
    state: str = ""


@dataclass(frozen=True)
class Spread:
    """Where one value stands among others: its rank from the largest, median and quartiles."""

    peers: tuple[Peer, ...]
    rank: int
    low: Decimal
    first_quartile: Decimal
    median: Decimal
    third_quartile: Decimal
    high: Decimal

    def at(self, amount: Decimal) -> float:
        """Return where ``amount`` stands in the drawing."""
        width = self.high - self.low
        share = float((amount - self.low) / width) if width else 0.5
        return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)

    @property
    def points(self) -> list[dict[str, Any]]:
        """Return the peers with their places in the drawing, the own one last, on top."""
        points = [{"peer": peer, "x": self.at(peer.amount)} for peer in self.peers]
        return sorted(points, key=lambda point: point["peer"].is_own)

    @property
    def box(self) -> dict[str, float]:
        """Return the middle half in the drawing: from the first quartile to the third."""
        left, right = self.at(self.first_quartile), self.at(self.third_quartile)
        return {"x": left, "width": round(right - left, 1), "median": self.at(self.median)}

    @property
    def middle(self) -> Peer:
        """Return the peer whose value is nearest to the median."""
        return min(self.peers, key=lambda peer: abs(peer.amount - self.median))


def spread_of(peers: Sequence[Peer]) -> Spread | None:
    """Return the spread of ``peers``, one of them the own; None where there are too few.

    Equal values have the same rank; quartiles count both ends in (``inclusive``).
    """
    own = next((peer for peer in peers if peer.is_own), None)
    if own is None or len(peers) < LEAST_VALUES:
        return None
    ordered = tuple(sorted(peers, key=lambda peer: (-peer.amount, peer.name)))
    amounts = [peer.amount for peer in ordered]
    first, middle, third = quantiles(amounts, n=4, method="inclusive")
    rank = 1 + sum(amount > own.amount for amount in amounts)
    return Spread(ordered, rank, amounts[-1], first, middle, third, amounts[0])


@dataclass(frozen=True)
class Line:
    """One field of a row of another case, and what is said that it should be."""

    label: str
    there: str
    here: str


@dataclass(frozen=True)
class Beside:
    """What stands beside one row: its value among others, or the row of another case it is about.

    ``note`` says what became of it, ``url`` leads to the page where that is decided.
    """

    value: str
    before: str = ""
    before_label: str = ""
    change: str = ""
    spread: Spread | None = None
    lines: tuple[Line, ...] = ()
    note: str = ""
    url: str = ""


class FindBeside(Protocol):
    """A function that finds what stands beside rows of a revision, as ``user`` may see it.

    A constant number of queries for any number of rows.
    """

    def __call__(
        self, user: "User", revision: "Revision", rows: Sequence[Any]
    ) -> Mapping[uuid.UUID, Beside]:
        """Return by permanent id what stands beside each row."""
        ...
