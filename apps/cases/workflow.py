"""The road of a case: the one table of transitions. ``domain/transitions.py`` walks it.

Guards are in ``guards.py``. Which roles, from where to where, what must be given: all is here.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role
from apps.cases.models import State


class Route(StrEnum):
    """Whose case it is: a district's takes its bureau's own check, the city's list does not."""

    DISTRICT = "district"
    CITY = "city"


@dataclass(frozen=True)
class Transition:
    """One step. ``of_bureau`` steps are the bureau's own; the others are the city bureau's."""

    name: str
    label: str | Promise
    sources: frozenset[State]
    target: State
    roles: frozenset[Role]
    of_bureau: bool
    routes: frozenset[Route] = frozenset(Route)
    needs_reason: bool = False
    # Asked for a second time before it happens: something leaves the house.
    needs_confirmation: bool = False
    # Whom the message goes to: roles in the case's bureau, roles in the city bureau.
    tells_bureau: frozenset[Role] = frozenset()
    tells_city: frozenset[Role] = frozenset()


_BUREAU = frozenset({Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY, Role.CITY_EDITOR})
_DISTRICT = frozenset({Route.DISTRICT})
_CITY = frozenset({Route.CITY})

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "hand_over",
        _("Hand over for checking"),
        frozenset({State.DRAFT, State.RETURNED}),
        State.CHECKING,
        frozenset({Role.DISTRICT_FILLER}),
        True,
        _DISTRICT,
        tells_bureau=frozenset({Role.DISTRICT_SIGNATORY}),
    ),
    Transition(
        "send_back",
        _("Send back to the filler"),
        frozenset({State.CHECKING}),
        State.DRAFT,
        frozenset({Role.DISTRICT_SIGNATORY}),
        True,
        _DISTRICT,
        needs_reason=True,
        tells_bureau=frozenset({Role.DISTRICT_FILLER}),
    ),
    Transition(
        "submit",
        _("Sign and report"),
        frozenset({State.CHECKING}),
        State.SUBMITTED,
        frozenset({Role.DISTRICT_SIGNATORY}),
        True,
        _DISTRICT,
        needs_confirmation=True,
        tells_bureau=frozenset({Role.DISTRICT_FILLER}),
        tells_city=frozenset({Role.CITY_REVIEWER}),
    ),
    Transition(
        "submit",
        _("Report for review"),
        frozenset({State.DRAFT, State.RETURNED}),
        State.SUBMITTED,
        frozenset({Role.CITY_EDITOR}),
        True,
        _CITY,
        needs_confirmation=True,
        tells_city=frozenset({Role.CITY_REVIEWER}),
    ),
    Transition(
        "recall",
        _("Recall"),
        frozenset({State.SUBMITTED}),
        State.DRAFT,
        frozenset({Role.DISTRICT_SIGNATORY, Role.CITY_EDITOR}),
        True,
        needs_reason=True,
        tells_bureau=frozenset({Role.DISTRICT_FILLER}),
        tells_city=frozenset({Role.CITY_REVIEWER}),
    ),
    Transition(
        "accept",
        _("Accept for review"),
        frozenset({State.SUBMITTED}),
        State.REVIEWING,
        frozenset({Role.CITY_REVIEWER}),
        False,
        tells_bureau=_BUREAU,
    ),
    Transition(
        "return",
        _("Return"),
        frozenset({State.REVIEWING}),
        State.RETURNED,
        frozenset({Role.CITY_REVIEWER}),
        False,
        needs_reason=True,
        needs_confirmation=True,
        tells_bureau=_BUREAU,
    ),
    Transition(
        "approve",
        _("Approve"),
        frozenset({State.REVIEWING}),
        State.APPROVED,
        frozenset({Role.CITY_REVIEWER}),
        False,
        needs_confirmation=True,
        tells_bureau=_BUREAU,
        tells_city=frozenset({Role.CITY_PUBLISHER}),
    ),
    Transition(
        "reopen",
        _("Reopen the review"),
        frozenset({State.APPROVED, State.ON_NOTICE}),
        State.REVIEWING,
        frozenset({Role.CITY_REVIEWER, Role.CITY_PUBLISHER}),
        False,
        needs_reason=True,
        tells_city=frozenset({Role.CITY_REVIEWER, Role.CITY_PUBLISHER}),
    ),
    Transition(
        "announce",
        _("Put on public notice"),
        frozenset({State.APPROVED}),
        State.ON_NOTICE,
        frozenset({Role.CITY_PUBLISHER}),
        False,
        needs_confirmation=True,
        tells_bureau=_BUREAU,
        tells_city=frozenset({Role.CITY_REVIEWER}),
    ),
    Transition(
        "publish",
        _("Publish"),
        frozenset({State.APPROVED, State.ON_NOTICE}),
        State.PUBLISHED,
        frozenset({Role.CITY_PUBLISHER}),
        False,
        needs_confirmation=True,
        tells_bureau=_BUREAU,
        tells_city=frozenset({Role.CITY_REVIEWER}),
    ),
    Transition(
        "restate",
        _("Open a correction"),
        frozenset({State.PUBLISHED}),
        State.PUBLISHED,
        frozenset({Role.CITY_PUBLISHER}),
        False,
        needs_reason=True,
        needs_confirmation=True,
        tells_bureau=_BUREAU,
    ),
    # A withdrawal takes two persons: one proposes, another carries it out.
    Transition(
        "propose_withdrawal",
        _("Propose withdrawal"),
        frozenset({State.PUBLISHED}),
        State.PUBLISHED,
        frozenset({Role.CITY_PUBLISHER}),
        False,
        needs_reason=True,
        tells_city=frozenset({Role.CITY_PUBLISHER, Role.CITY_REVIEWER}),
    ),
    Transition(
        "withdraw",
        _("Withdraw"),
        frozenset({State.PUBLISHED}),
        State.WITHDRAWN,
        frozenset({Role.CITY_PUBLISHER, Role.CITY_REVIEWER}),
        False,
        needs_reason=True,
        needs_confirmation=True,
        tells_bureau=_BUREAU,
        tells_city=frozenset({Role.CITY_PUBLISHER, Role.CITY_REVIEWER}),
    ),
)

# Steps that are logged but that nobody takes by hand: they follow from another.
OPENED = "open"
SUPERSEDED = "supersede"
# A case under review goes from one reviewer to another; its state stays.
ASSIGNED = "assign"

EVENT_LABELS: dict[str, str | Promise] = {
    **{t.name: t.label for t in reversed(TRANSITIONS)},
    OPENED: _("Opened"),
    SUPERSEDED: _("Corrected by a new revision"),
    ASSIGNED: _("Handed to another reviewer"),
}


def transitions_named(name: str) -> tuple[Transition, ...]:
    """Return the rows of the table with that name. Raises ``KeyError`` where there is none."""
    found = tuple(t for t in TRANSITIONS if t.name == name)
    if not found:
        raise KeyError(name)
    return found
