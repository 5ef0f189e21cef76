"""100,000 new names against 100,000 organisations: matched, doubles found, twins found.

    python -m bench.organisations [--names 100000] [--awards 100000]

Runs in a database of its own; prints seconds, megabytes and the load.
"""

import argparse
import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.workbook import database

PLACES = ["宁波", "杭州", "温州", "绍兴", "舟山", "台州", "湖州", "嘉兴", "慈溪", "余姚"]
TRADES = [
    "精密机械",
    "汽车零部件",
    "新材料科技",
    "电子",
    "生物医药",
    "模具",
    "海洋装备",
    "智能仪表",
    "化工",
    "纺织",
]
ENDS = ["有限公司", "股份有限公司", "有限责任公司", "研究院", "集团有限公司"]
SIGNS = [chr(code) for code in range(0x4E00, 0x5800)]


def organisation_names(count: int, chance: random.Random) -> list[str]:
    """Return ``count`` names, each once, as firms are called: place, sign, trade, legal form."""
    found: dict[str, None] = {}
    while len(found) < count:
        sign = "".join(chance.sample(SIGNS, 2))
        found[chance.choice(PLACES) + sign + chance.choice(TRADES) + chance.choice(ENDS)] = None
    return list(found)


def changed(name: str, chance: random.Random) -> str:
    """Return a name as another office might write it."""
    how = chance.randrange(4)
    if how == 0:
        return name.replace("股份有限公司", "有限公司") if "股份" in name else name + "（宁波）"
    if how == 1:
        place = chance.randrange(2, 4)
        return name[:place] + chance.choice(SIGNS) + name[place + 1 :]
    if how == 2:
        return name.replace("有限公司", "科技有限公司", 1)
    return name[:2] + "".join(chance.sample(SIGNS, 2)) + name[4:]


def award_titles(count: int, chance: random.Random) -> Iterator[str]:
    """Yield titles of projects."""
    words = ["".join(chance.sample(SIGNS, 2)) for _number in range(3000)]
    for _number in range(count):
        yield "".join(chance.sample(words, 6)) + chance.choice(
            ["关键技术及应用", "关键技术研发及产业化", "的机理研究"]
        )


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do ``work``; print how long it took and how much memory the process holds at most."""
    started = time.monotonic()
    result = work()
    seconds = time.monotonic() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{what}: {seconds:.1f} s, {megabytes} MB at most, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    return result


def make_awards(count: int, chance: random.Random) -> None:
    """Store two lists of awards in draft, half each; a hundredth are twins."""
    from apps.accounts.models import Role
    from apps.awards.models import Award
    from apps.cases.domain.bulk import copy_in
    from tests import factories

    lists = {
        programme: factories.open_list("awards", 0, subject=programme)
        for programme in ("浙江省科学技术奖", "宁波市科学技术奖")
    }
    editor = factories.staff(Role.CITY_EDITOR)
    titles = list(award_titles(count, chance))

    def rows(programme: str, own: list[str], shift: int) -> Iterator[Award]:
        for number, title in enumerate(own):
            first = number if number % 100 == 0 else number + shift
            yield Award(
                revision=lists[programme],
                updated_by=editor,
                position=number,
                programme=programme,
                award_class="科学技术进步奖",
                grade="一等奖",
                award_year=2022,
                title=title,
                organisations=[f"单位{first}"],
                people=[f"人{first}甲", f"人{first}乙", f"人{first}丙"],
            )

    half = count // 2
    own = titles[:half]
    others = [
        own[number] + "研究" if number % 100 == 0 else title
        for number, title in enumerate(titles[half:])
    ]
    copy_in(Award, rows("浙江省科学技术奖", own, 0))
    copy_in(Award, rows("宁波市科学技术奖", others, half))


def run(names: int, awards: int) -> None:
    """Fill the database and measure."""
    from django.db import transaction

    from apps.cases.kinds import record_kinds
    from apps.cases.twins import find_twins
    from apps.registry.domain import find_doubles, names_for
    from apps.registry.matching import match

    chance = random.Random(5)
    known = organisation_names(names, chance)
    asked = [changed(name, chance) for name in known]
    timed(f"storing {names} organisations", lambda: names_for(known))
    found = timed(f"matching {names} other names", lambda: match(asked))
    certain = sum(one.organisation_id is not None for one in found.values())
    proposed = sum(bool(one.candidates) for one in found.values())
    print(f"  {certain} certain, {proposed} with candidates, of {len(found)}")
    few = asked[:50]
    timed("matching 50 names against all", lambda: match(few))
    timed("matching the same names again, all known", lambda: match(known))
    doubles = timed("finding doubles among all", find_doubles)
    print(f"  {doubles[0]} pairs")
    if awards:
        with transaction.atomic():
            make_awards(awards, chance)
        twins = timed(
            f"finding twins among {awards} awards", lambda: find_twins(record_kinds["awards"])
        )
        print(f"  {twins} pairs of {awards // 200} made")


def main() -> None:
    """Take the sizes, make a database, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--awards", type=int, default=100_000)
    options = parser.parse_args()
    with database():
        run(options.names, options.awards)


if __name__ == "__main__":
    main()
