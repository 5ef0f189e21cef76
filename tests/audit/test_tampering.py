"""A thousand random tamperings by the database's owner: a thousand found, no false alarm."""

import random

import pytest

from apps.audit.coverage import covered_tables
from apps.audit.verification import verify
from tests.audit import tampering, world

pytestmark = pytest.mark.django_db

# Covered, and without a row in the small database: nothing in the application writes them.
EMPTY = {"accounts_user_groups", "accounts_user_user_permissions"}
SEEDS = range(4)
TAMPERINGS = 250


@pytest.mark.parametrize("seed", SEEDS)
def test_every_tampering_is_found(seed: int) -> None:
    world.build()
    assert [str(fault) for fault in verify()] == []
    chance = random.Random(seed)
    choice = tampering.tables()
    assert {covered.table for covered in covered_tables()} - {t.name for t in choice} == EMPTY
    missed = []

    for _number in range(TAMPERINGS):
        with tampering.undone():
            what = tampering.tamper(chance, choice)
            if next(verify(), None) is None:
                missed.append(what)

    assert missed == []
    assert [str(fault) for fault in verify()] == []
