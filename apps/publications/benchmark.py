"""Made-up roster entries in any number, published by the workflow's own tables and releases.

Names are joined from the words that firms' names are made of; one seed gives the same rows on
every machine. Each list of at most ``ROWS_OF_LIST`` rows is a case of its own: opened by the
domain, filled by COPY, then reported, approved and published as the workflow does, with events,
hashes and a release. Only the rules and the mails are left out, which time other things.
"""

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Bureau, BureauKind, Role, User
from apps.cases.canonical import revision_hash
from apps.cases.domain.opening import open_case
from apps.cases.domain.records import STEP
from apps.cases.domain.releases import record_release
from apps.cases.domain.transitions import log
from apps.cases.kinds import kinds
from apps.cases.models import Case, Revision, State
from apps.registry.credit_code import completed
from apps.registry.models import District, DistrictKind, ReportingYear
from apps.registry.names import form_of_name, organisation_key
from apps.registry.sounds import sounds_of

ROWS_OF_LIST = 50_000
# The place of a list among all, as triggers.list_place writes it where triggers are on.
PLACE = 1_000_000_000_000
SUBJECT = "性能测试名单"
SLUG = "benchmark-city"

PLACES = [
    "宁波",
    "慈溪",
    "余姚",
    "宁海",
    "象山",
    "奉化",
    "鄞州",
    "北仑",
    "镇海",
    "海曙",
    "江北",
    "杭州湾",
    "甬江",
    "东钱湖",
    "浙江",
    "中科",
]
FRONT = [
    "江",
    "海",
    "华",
    "德",
    "博",
    "瑞",
    "信",
    "天",
    "金",
    "龙",
    "新",
    "恒",
    "永",
    "盛",
    "宏",
    "立",
    "远",
    "泰",
    "嘉",
    "明",
    "凯",
    "科",
    "智",
    "星",
    "云",
    "晨",
    "正",
    "安",
    "宇",
    "鑫",
    "均",
    "弘",
    "源",
    "舜",
    "锦",
    "迪",
]
BACK = [
    "丰",
    "达",
    "威",
    "尔",
    "特",
    "兴",
    "隆",
    "腾",
    "普",
    "光",
    "力",
    "诺",
    "胜",
    "亚",
    "邦",
    "成",
    "益",
    "和",
    "通",
    "昌",
    "杰",
    "源",
    "辉",
    "阳",
    "美",
    "伦",
    "升",
    "康",
    "锐",
    "格",
    "翔",
    "创",
    "宝",
    "润",
    "能",
]
TRADES = [
    "电子材料",
    "科技",
    "精密机械",
    "智能装备",
    "新材料",
    "生物医药",
    "汽车部件",
    "模具",
    "软件",
    "自动化",
    "光电",
    "新能源",
    "化工",
    "物联网",
    "信息技术",
    "环保",
    "磁业",
    "电器",
    "传感技术",
    "半导体",
]
FORMS = [
    "有限公司",
    "股份有限公司",
    "科技有限公司",
    "集团有限公司",
    "（宁波）有限公司",
    "技术有限公司",
]
LEVELS = ["国家级", "省级", "市级"]
TYPES = ["高新技术企业", "科技型中小企业", "专精特新企业", "创新型中小企业", "企业研究院"]
YEARS = range(2014, 2024)

COLUMNS = [
    "uid",
    "revision_id",
    "position",
    "version",
    "source_line",
    "flags",
    "updated_at",
    "updated_by_id",
    "roster",
    "year",
    "rank",
    "title",
    "organisation",
    "district_id",
    "certificate_number",
    "credit_code",
    "list_place",
    "sounds",
]


class NotEmpty(Exception):
    """The installation holds what is not made up."""


def ensure_alone() -> None:
    """Raise ``NotEmpty`` where there are cases that this did not make."""
    if Case.objects.exclude(subject__startswith=SUBJECT).exists():
        raise NotEmpty


def make(
    rows: int,
    *,
    seed: int = 1,
    rows_of_list: int = ROWS_OF_LIST,
    say: Callable[[str], object] = print,
) -> int:
    """Publish ``rows`` more entries; return how many lists they are."""
    people = _people()
    bureau = people[0].bureau
    assert bureau is not None
    districts = _districts()
    choose = random.Random(seed)  # noqa: S311 - the same rows again
    made = 0
    first = Case.objects.filter(subject__startswith=SUBJECT).count()
    while rows:
        count = min(rows, rows_of_list)
        year = YEARS[-1 - (first + made) % len(YEARS)]
        with transaction.atomic():
            revision = open_case(
                people[0],
                kinds["roster-entries"],
                bureau,
                year,
                f"{SUBJECT}{first + made + 1}",
            )
            _copy(revision, _entries(revision, count, year, districts, choose), people[0])
            _publish(revision, people)
        rows -= count
        made += 1
        say(f"  {count:,} entries of {year}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def _people() -> tuple[User, User, User]:
    """Return an editor, a reviewer and a publisher who cannot sign in."""
    bureau = Bureau.objects.filter(kind=BureauKind.CITY).first()
    if bureau is None:
        bureau = Bureau.objects.create(
            slug=SLUG, name="测试市科学技术局", name_en="Benchmark City", kind=BureauKind.CITY
        )
    found = []
    for role in (Role.CITY_EDITOR, Role.CITY_REVIEWER, Role.CITY_PUBLISHER):
        name = f"benchmark-{str(role).replace('_', '-')}"
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User.objects.create_user(
                name,
                f"{name}@benchmark.invalid",
                None,
                full_name=str(role.label),
                bureau=bureau,
                roles=[role],
            )
        found.append(user)
    return found[0], found[1], found[2]


def _districts() -> list[District]:
    """Return the divisions and zones, made up where there are none."""
    found = list(District.objects.exclude(kind=DistrictKind.CITY))
    for number in range(0 if found else 12):
        found.append(
            District.objects.create(
                slug=f"benchmark-{number + 1}",
                name=f"测试{'一二三四五六七八九十甲乙'[number]}区",
                name_en=f"Benchmark District {number + 1}",
                kind=DistrictKind.DIVISION,
                code=f"99{number + 1:04d}",
                order=number,
            )
        )
    for year in YEARS:
        ReportingYear.objects.get_or_create(
            year=year,
            defaults={"opens_on": dt.date(year + 1, 1, 2), "due_on": dt.date(year + 1, 12, 31)},
        )
    return found


def _name(choose: random.Random) -> str:
    """Return the name of a firm that there need not be."""
    core = choose.choice(FRONT) + choose.choice(BACK)
    if choose.random() < 0.4:
        core += choose.choice(BACK)
    return f"{choose.choice(PLACES)}{core}{choose.choice(TRADES)}{choose.choice(FORMS)}"


def _credit_code(choose: random.Random) -> str:
    return completed("91330200" + "".join(choose.choices("0123456789ABCDEFGH", k=8)))


def _entries(
    revision: Revision, count: int, year: int, districts: list[District], choose: random.Random
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of one list, as the columns of ``COLUMNS``."""
    now = timezone.now()
    place = (9999 - year) * PLACE + revision.case_id
    for number in range(1, count + 1):
        name = _name(choose)
        roster = f"{choose.choice(LEVELS)}{choose.choice(TYPES)}"
        uid = uuid.UUID(int=choose.getrandbits(128), version=4)
        yield (
            uid,
            revision.pk,
            number * STEP,
            1,
            None,
            [],
            now,
            revision.created_by_id,
            roster,
            choose.randint(year - 2, year),
            number,
            "",
            name,
            choose.choice(districts).pk,
            f"GR{year}{choose.randrange(10**8):08d}",
            _credit_code(choose),
            place,
            sounds_of([name]),
        )


def _copy(revision: Revision, rows: Iterator[tuple[object, ...]], editor: User) -> None:
    """Copy the rows into the table, and note which organisations they name."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY enterprises_rosterentry ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            "SELECT DISTINCT organisation FROM enterprises_rosterentry WHERE revision_id = %s",
            [revision.pk],
        )
        keys = {organisation_key(name): name for (name,) in cursor.fetchall()}
        cursor.execute(
            "CREATE TEMP TABLE made (key text, name text, core text, sounds text) ON COMMIT DROP"
        )
        with cursor.copy("COPY made FROM STDIN") as copy:
            for key, name in keys.items():
                copy.write_row((key, name, form_of_name(name).core, sounds_of([name])))
        cursor.execute(_ORGANISATIONS)
        cursor.execute(_MENTIONS, [revision.pk])
        cursor.execute("DROP TABLE made")


_ORGANISATIONS = """
WITH new AS (
    SELECT made.*, nextval('registry_organisation_id_seq') AS id FROM made
    WHERE NOT EXISTS (SELECT FROM registry_organisationname AS known WHERE known.key = made.key)
), organisations AS (
    INSERT INTO registry_organisation (id, name, credit_code) SELECT id, name, '' FROM new
)
INSERT INTO registry_organisationname (organisation_id, name, key, core, sounds)
SELECT id, name, key, core, sounds FROM new
"""
# The made names hold no blank; width and case are all that a key leaves out.
_MENTIONS = """
INSERT INTO cases_mention (revision_id, record_kind, record_uid, field, position, name_id)
SELECT entry.revision_id, 'roster-entries', entry.uid, 'organisation', 0, known.id
FROM enterprises_rosterentry AS entry
JOIN registry_organisationname AS known
    ON known.key = lower(normalize(entry.organisation, NFKC))
WHERE entry.revision_id = %s
"""


def _publish(revision: Revision, people: tuple[User, User, User]) -> None:
    """Take the road to publication, each step by its own person, with its event and its hash."""
    editor, reviewer, publisher = people
    digest, _rows = revision_hash(revision)
    now = timezone.now()
    road = (
        ("submit", State.SUBMITTED, editor, Role.CITY_EDITOR),
        ("accept", State.REVIEWING, reviewer, Role.CITY_REVIEWER),
        ("approve", State.APPROVED, reviewer, Role.CITY_REVIEWER),
        ("publish", State.PUBLISHED, publisher, Role.CITY_PUBLISHER),
    )
    for name, state, actor, role in road:
        before, version = revision.state, revision.version
        revision.state, revision.version = state, version + 1
        if name == "submit":
            revision.submitted_by, revision.submitted_at = actor, now
            revision.submitted_hash = digest
        elif name == "accept":
            revision.reviewer = actor
        elif name == "approve":
            revision.approved_by, revision.approved_hash = actor, digest
        else:
            revision.published_by, revision.published_at = actor, now
        revision.save()
        bound = digest if name in {"submit", "approve", "publish"} else ""
        log(revision, name, before, version, actor, role, now, content_hash=bound)
    record_release([revision], publisher, SUBJECT)
