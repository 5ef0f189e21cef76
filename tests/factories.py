"""Bureaus, people and cases for tests, made by the domain's own functions.

Every function returns what it made, freshly read. Places (``city``, ``district``, ``indicator``,
``reporting_year``) are made once and returned again; a ``person`` and a case are new each time.
``staff`` is the person who does a role's work where a test does not care who it is.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.models import DISTRICT_ROLES, Bureau, BureauKind, Role, User
from apps.cases.domain.findings import check_case, raise_finding
from apps.cases.domain.opening import open_case
from apps.cases.domain.records import add_records, save_record
from apps.cases.domain.transitions import perform
from apps.cases.kinds import kinds, record_kinds
from apps.cases.models import Case, Finding, Release, Revision, State
from apps.districts import domain as districts
from apps.districts.lists import domain as lists
from apps.districts.lists.domain import Read
from apps.districts.lists.standing import read_lists
from apps.districts.models import IndicatorValue
from apps.registry.models import (
    AskedOf,
    District,
    DistrictKind,
    Indicator,
    Measure,
    NoticeRule,
    ReportingYear,
    ValueSource,
    ValueType,
)

YEAR = 2023
REASON = "按核定结果办理。"

_DIVISIONS = {
    "haishu": ("海曙区", "Haishu District", "330203"),
    "jiangbei": ("江北区", "Jiangbei District", "330205"),
    "beilun": ("北仑区", "Beilun District", "330206"),
    "zhenhai": ("镇海区", "Zhenhai District", "330211"),
    "yinzhou": ("鄞州区", "Yinzhou District", "330212"),
    "cixi": ("慈溪市", "Cixi City", "330282"),
}
_count = itertools.count(1)

Values = dict[str, Any]
Rows = int | Sequence[Mapping[str, Any]]


# Places and people


def city() -> Bureau:
    """Return the city's bureau, with the city as its reporting unit."""
    bureau, made = Bureau.objects.get_or_create(
        slug="ningbo",
        defaults={
            "name": "宁波市科学技术局",
            "name_en": "Ningbo Science and Technology Bureau",
            "kind": BureauKind.CITY,
        },
    )
    if made:
        District.objects.create(
            slug="ningbo",
            name="宁波市",
            name_en="Ningbo",
            kind=DistrictKind.CITY,
            code="330200",
            bureau=bureau,
        )
    return bureau


def district(slug: str = "beilun") -> Bureau:
    """Return the bureau of a division; ``bureau.district`` is its reporting unit."""
    name, name_en, code = _DIVISIONS[slug]
    bureau, made = Bureau.objects.get_or_create(
        slug=slug,
        defaults={
            "name": f"{name}科学技术局",
            "name_en": f"{name_en} Science and Technology Bureau",
            "kind": BureauKind.DIVISION,
            "order": 1,
        },
    )
    if made:
        District.objects.create(
            slug=slug,
            name=name,
            name_en=name_en,
            kind=DistrictKind.DIVISION,
            code=code,
            parent=city().district,
            bureau=bureau,
            order=1,
        )
    return bureau


def zone(parent: str = "yinzhou") -> Bureau:
    """Return the bureau of the functional zone 宁波高新区, which lies in a division."""
    bureau, made = Bureau.objects.get_or_create(
        slug="gaoxin",
        defaults={
            "name": "宁波高新区科学技术局",
            "name_en": "Ningbo Hi-Tech Zone Bureau",
            "kind": BureauKind.ZONE,
            "order": 2,
        },
    )
    if made:
        District.objects.create(
            slug="gaoxin",
            name="宁波高新区",
            name_en="Ningbo Hi-Tech Zone",
            kind=DistrictKind.ZONE,
            parent=district(parent).district,
            bureau=bureau,
            order=2,
        )
    return bureau


def _home(role: str) -> Bureau:
    return district() if role in DISTRICT_ROLES else city()


def person(role: Role | str, bureau: Bureau | None = None, **fields: Any) -> User:
    """Return a new person with one role; of the city, or of 北仑 for a district's roles."""
    number = next(_count)
    username = fields.pop("username", f"{str(role).replace('_', '-')}-{number}")
    values = {
        "full_name": f"甬科{number}",
        "email": f"{username}@example.org",
        "roles": [role],
        "bureau": bureau or _home(role),
        **fields,
    }
    return User.objects.create_user(username, **values)


def staff(role: Role | str, bureau: Bureau | None = None) -> User:
    """Return the first active person of a bureau with that role, made where there is none."""
    bureau = bureau or _home(role)
    found = User.objects.filter(bureau=bureau, roles__contains=[role], is_active=True)
    return found.order_by("pk").first() or person(role, bureau)


def reporting_year(year: int = YEAR) -> ReportingYear:
    """Return a year that is open for reporting."""
    return ReportingYear.objects.get_or_create(
        year=year,
        defaults={"opens_on": dt.date(2024, 1, 2), "due_on": dt.date(2099, 12, 31)},
    )[0]


def indicator(code: str = "rd-spending", **fields: Any) -> Indicator:
    """Return the indicator with that code, in 亿元 and asked of everyone where it is new."""
    defaults = {
        "name": f"指标{code}",
        "name_en": f"Indicator {code}",
        "units": ["亿元"],
        "value_type": ValueType.DECIMAL,
        "precision": 2,
        "measure": Measure.FLOW,
        "section": "研发投入",
        "section_en": "Research spending",
        "source": ValueSource.TYPED,
        "asked_of": AskedOf.BOTH,
        **fields,
    }
    return Indicator.objects.get_or_create(code=code, defaults=defaults)[0]


# Rows: what a form, an import or a pack hands to the domain


def award_values(number: int = 1, **values: Any) -> Values:
    """Return the values of the ``number``-th award of a list."""
    return {
        "programme": "宁波市科学技术奖",
        "award_class": "科学技术进步奖",
        "grade": "一等奖",
        "award_year": 2022,
        "title": f"高端装备关键技术及应用{number}",
        "organisations": [f"宁波大学{number}", "宁波材料所"],
        "people": ["张三", "李四"],
        **values,
    }


def laureate_values(number: int = 1, **values: Any) -> Values:
    """Return the values of the ``number``-th laureate of a list."""
    return {
        "programme": "宁波市青年科技创新奖",
        "award_year": 2022,
        "name": f"王{number}",
        "employer": f"宁波大学{number}",
        "nominator": "宁波市教育局",
        **values,
    }


def certification_values(number: int = 1, **values: Any) -> Values:
    """Return the values of the ``number``-th certification of a list."""
    return {
        "platform": f"海洋装备重点实验室{number}",
        "type": "重点实验室",
        "level": "省级",
        "year": 2023,
        "hosts": [f"宁波海洋研究院{number}"],
        "status": "认定",
        **values,
    }


def roster_entry_values(number: int = 1, **values: Any) -> Values:
    """Return the values of the ``number``-th entry of a roster."""
    return {
        "roster": "专精特新“小巨人”企业",
        "year": 2023,
        "rank": number,
        "organisation": f"宁波精密{number}有限公司",
        **values,
    }


def policy_values(number: int = 1, **values: Any) -> Values:
    """Return the values of the ``number``-th policy of a register."""
    return {"title": f"科技创新条例{number}", "category": "地方性法规", "year": 2023, **values}


def event_values(number: int = 1, **values: Any) -> Values:
    """Return the values of the ``number``-th event of a chronicle."""
    day = dt.date(2023, 1, 1) + dt.timedelta(days=number)
    return {"date_from": day, "date_to": day, "title": f"科技大会{number}", **values}


def figure_values(number: int = 1, bureau: Bureau | None = None, **values: Any) -> Values:
    """Return the values of the ``number``-th figure of a bureau: 北仑's where none is named."""
    return {
        "indicator": values.pop("indicator", None) or indicator(f"indicator-{number}"),
        "unit": "亿元",
        "reporting_unit": (bureau or district()).district,
        "period": "2023",
        "value": Decimal("12.50") + number,
        **values,
    }


def section_values(number: int = 1, **values: Any) -> Values:
    """Return the values of the ``number``-th section of a narrative."""
    return {"heading": f"第{number}节", "text": f"全年科技工作第{number}项稳步推进。", **values}


def statement_values(number: int = 1, **values: Any) -> Values:
    """Return the values of a statement that a row is missing from a list of the city."""
    listed = values.pop("list_revision", None) or published_case("roster-entries", year=YEAR)
    return {
        "list_revision": listed,
        "row_kind": "roster-entries",
        "title": f"宁波新材{number}有限公司",
        "says": "added",
        "claim": {"organisation": f"宁波新材{number}有限公司", "roster": "专精特新“小巨人”企业"},
        "reason": "认定文件附件第3页。",
        **values,
    }


ROW_VALUES: dict[str, Callable[..., Values]] = {
    "awards": award_values,
    "laureates": laureate_values,
    "certifications": certification_values,
    "roster-entries": roster_entry_values,
    "policies": policy_values,
    "events": event_values,
    "indicator-values": figure_values,
    "narrative-sections": section_values,
    "list-statements": statement_values,
}


# Cases


def bureau_of(kind_code: str, bureau: Bureau | None = None) -> Bureau:
    """Return ``bureau``, or the one that hands in cases of this kind in tests."""
    return bureau or (district() if kinds[kind_code].checked_in_bureau else city())


def filler_of(revision: Revision) -> User:
    """Return the person who fills the case of ``revision`` in."""
    return staff(revision.case.kind_spec.filled_by, revision.case.bureau)


def rows_of(kind_code: str, rows: Rows, bureau: Bureau | None = None) -> list[Values]:
    """Return ``rows`` as values of the kind's first record kind; a number makes so many."""
    if not isinstance(rows, int):
        return [dict(row) for row in rows]
    code = kinds[kind_code].records[0].code
    more = {"bureau": bureau_of(kind_code, bureau)} if code == "indicator-values" else {}
    return [ROW_VALUES[code](number, **more) for number in range(1, rows + 1)]


def open_list(
    kind_code: str = "awards",
    rows: Rows = 1,
    *,
    bureau: Bureau | None = None,
    subject: str | None = None,
    year: int = YEAR,
    filler: User | None = None,
) -> Revision:
    """Return the first revision of a new case in draft, with ``rows`` entered by its filler."""
    kind = kinds[kind_code]
    bureau = bureau_of(kind_code, bureau)
    filler = filler or staff(kind.filled_by, bureau)
    reporting_year(year)
    if subject is None:
        subject = f"名单{next(_count)}" if kind.has_subject else ""
    revision = open_case(filler, kind, bureau, year, subject)
    add_records(filler, revision.pk, kind.records[0], rows_of(kind_code, rows, bureau))
    return fresh(revision)


def open_award_list(rows: Rows = 1, **options: Any) -> Revision:
    """Return a new award list in draft."""
    return open_list("awards", rows, **options)


def open_return(bureau: Bureau | None = None, rows: Rows = 1, **options: Any) -> Revision:
    """Return a district's new return in draft: ``rows`` figures and one section of narrative."""
    revision = open_list("district-returns", rows, bureau=bureau or district(), **options)
    add_records(
        filler_of(revision), revision.pk, record_kinds["narrative-sections"], [section_values()]
    )
    return fresh(revision)


def open_new(kind_code: str = "awards", rows: Rows = 1, **options: Any) -> Revision:
    """Return a new case of any kind in draft."""
    if kind_code == "district-returns":
        return open_return(rows=rows, **options)
    return open_list(kind_code, rows, **options)


def fresh(revision: Revision) -> Revision:
    """Return the revision as the database holds it now."""
    return Revision.objects.select_related("case__bureau", "based_on").get(pk=revision.pk)


def doer(name: str, revision: Revision) -> User:
    """Return the person who takes the step ``name`` on ``revision`` in tests."""
    bureau = revision.case.bureau
    district_case = revision.case.kind_spec.checked_in_bureau
    signatory_or_editor = Role.DISTRICT_SIGNATORY if district_case else Role.CITY_EDITOR
    role = {
        "hand_over": Role.DISTRICT_FILLER,
        "send_back": Role.DISTRICT_SIGNATORY,
        "submit": signatory_or_editor,
        "recall": signatory_or_editor,
        "accept": Role.CITY_REVIEWER,
        "return": Role.CITY_REVIEWER,
        "approve": Role.CITY_REVIEWER,
        "withdraw": Role.CITY_REVIEWER,
    }.get(name, Role.CITY_PUBLISHER)
    return staff(role, bureau if role in DISTRICT_ROLES else city())


def take(name: str, revision: Revision, actor: User | None = None, **options: Any) -> Revision:
    """Take a step as the person whose work it is, with a reason, and return the revision."""
    options.setdefault("reason", REASON)
    if name == "restate":
        options.setdefault("details", {"reason_code": "correction"})
    if name == "hand_over":
        settle_lists(revision)
    perform(name, revision.pk, actor or doer(name, revision), **options)
    return fresh(revision)


def settle_lists(revision: Revision) -> None:
    """Confirm every row of the city's lists that a return has still to settle, as its filler."""
    waiting = read_lists(revision).waiting
    reads = [Read(line.key.uid, line.key.revision_id) for line in waiting if line.key is not None]
    if reads and revision.returned_at is None:
        lists.confirm(filler_of(revision), revision.pk, reads)


def raise_item(revision: Revision, message: str = "请核对并更正。", **options: Any) -> Finding:
    """Return an item raised by the reviewer of a case under review, due in a week."""
    options.setdefault("deadline", timezone.localdate() + dt.timedelta(days=7))
    return raise_finding(doer("return", revision), revision.pk, message, **options)


def returned(revision: Revision, **item: Any) -> Revision:
    """Return a case under review to its bureau, with one item: the whole case unless named."""
    raise_item(revision, **item)
    return take("return", revision)


def end_notice(revision: Revision) -> Revision:
    """Let the public notice be over since a minute ago."""
    Revision.objects.filter(pk=revision.pk).update(
        notice_until=timezone.now() - dt.timedelta(minutes=1)
    )
    return fresh(revision)


@contextmanager
def kind_with_notice(code: str = "awards", days: int | None = 5) -> Iterator[None]:
    """Let cases of a kind be put on public notice for ``days`` working days; None: not at all."""
    rule, _made = NoticeRule.objects.update_or_create(
        kind=code, from_year=2000, defaults={"working_days": days or 0}
    )
    yield
    rule.delete()


def successor_of(published: Revision, **details: str) -> Revision:
    """Open a correction of a published revision and return it, in draft."""
    take("restate", published, details={"reason_code": "correction", **details})
    return Revision.objects.select_related("case__bureau", "based_on").get(based_on=published)


def change_first_row(revision: Revision, **values: Any) -> Revision:
    """Change one value of the first row as its filler does, and return the revision."""
    kind = revision.case.kind_spec.records[0]
    row = kind.model.objects.filter(revision=revision).order_by("position").first()
    if not values:
        values = (
            {"value": row.value + 1}
            if kind.code == "indicator-values"
            else {kind.title_field: f"{getattr(row, kind.title_field)}（更正）"}
        )
    save_record(filler_of(revision), revision.pk, kind, values, uid=row.uid, version=row.version)
    return fresh(revision)


def save_figure(
    revision: Revision, code: str, value: str, actor: User | None = None
) -> IndicatorValue:
    """Store a district's own figure as its return page does: entered first, or changed."""
    found = IndicatorValue.objects.filter(revision=revision, indicator__code=code).first()
    return districts.save_figure(
        actor or filler_of(revision),
        revision.pk,
        Indicator.objects.get(code=code),
        {"value": Decimal(value)},
        uid=found.uid if found else None,
        version=found.version if found else None,
    )


def run_rules(revision: Revision) -> list[Finding]:
    """Run the rules of a draft at its filler's wish and return what they find."""
    return check_case(filler_of(revision), revision.pk)


def advance(revision: Revision, state: State | str) -> Revision:
    """Bring a revision to ``state`` by the workflow's own steps, each taken by its own person."""
    state = State(state)
    if state == State.RETURNED:
        return returned(advance(revision, State.REVIEWING))
    if state == State.SUPERSEDED:
        published = advance(revision, State.PUBLISHED)
        advance(change_first_row(successor_of(published)), State.PUBLISHED)
        return fresh(published)
    if state == State.WITHDRAWN:
        published = take("propose_withdrawal", advance(revision, State.PUBLISHED))
        return take("withdraw", published)
    kind = revision.case.kind_spec
    first = "hand_over" if kind.checked_in_bureau else "submit"
    last = "announce" if revision.case.notice_days is not None else "publish"
    following = {
        State.DRAFT: first,
        State.RETURNED: first,
        State.CHECKING: "submit",
        State.SUBMITTED: "accept",
        State.REVIEWING: "approve",
        State.APPROVED: last,
        State.ON_NOTICE: "publish",
    }
    while revision.state != state:
        name = following.get(State(revision.state))
        if name is None:
            raise ValueError(f"a case of kind {kind.code} does not become {state}")
        if revision.state == State.ON_NOTICE:
            revision = end_notice(revision)
        revision = take(name, revision)
    return revision


def case_in(
    state: State | str, kind_code: str = "awards", rows: Rows = 1, **options: Any
) -> Revision:
    """Return the revision of a new case that the workflow brought to ``state``.

    ``superseded`` returns the first revision; its successor is published. ``on_notice`` needs
    ``kind_with_notice``.
    """
    return advance(open_new(kind_code, rows, **options), state)


def submitted_case(kind_code: str = "awards", rows: Rows = 1, **options: Any) -> Revision:
    """Return a reported case."""
    return case_in(State.SUBMITTED, kind_code, rows, **options)


def reviewing_case(kind_code: str = "awards", rows: Rows = 1, **options: Any) -> Revision:
    """Return a case under review."""
    return case_in(State.REVIEWING, kind_code, rows, **options)


def approved_case(kind_code: str = "awards", rows: Rows = 1, **options: Any) -> Revision:
    """Return an approved case."""
    return case_in(State.APPROVED, kind_code, rows, **options)


def published_case(kind_code: str = "awards", rows: Rows = 1, **options: Any) -> Revision:
    """Return a published case, in a release of its own."""
    return case_in(State.PUBLISHED, kind_code, rows, **options)


def release_of(revision: Revision) -> Release:
    """Return the release that made ``revision`` public."""
    return Release.objects.get(items__revision=revision)


def records_of(revision: Revision, code: str | None = None) -> list[Any]:
    """Return the revision's rows of one record kind, its first by default, in printed order."""
    kind = record_kinds[code] if code else revision.case.kind_spec.records[0]
    return list(kind.model.objects.filter(revision=revision).order_by("position", "id"))


def case_of(revision: Revision) -> Case:
    """Return the case of ``revision``."""
    return Case.objects.get(pk=revision.case_id)


def people_of_every_role() -> dict[Role, User]:
    """Return one person per role: the district's of 北仑, the others of the city bureau."""
    return {role: staff(role) for role in Role}
