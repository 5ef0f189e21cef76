"""Loading a data pack: dictionaries first, then its cases, through the workflow's own functions.

Nothing is written past the workflow: what the pack brings was opened, entered, signed, approved
and released by the demo accounts, so that its history, its trace and its releases are true.
"""

import csv
import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from apps.accounts.models import Bureau, BureauKind, Role, User
from apps.cases.domain.findings import check_case, decide, explain
from apps.cases.domain.opening import open_case
from apps.cases.domain.records import add_records
from apps.cases.domain.transitions import perform, perform_many
from apps.cases.errors import Invalid
from apps.cases.kinds import kinds, record_kinds
from apps.cases.models import Case, Finding, FindingStatus, Revision, Severity, State
from apps.districts.models import Derivation
from apps.intake.pack_rows import PackError, read_rows
from apps.registry.models import (
    Aggregation,
    AskedOf,
    CalendarDay,
    District,
    DistrictKind,
    FormVersion,
    Indicator,
    IndicatorRelation,
    Measure,
    NoticeRule,
    RelationKind,
    RelationRole,
    ReportingTerm,
    ReportingYear,
    ScopeRule,
    ValueSource,
    ValueType,
)

Say = Callable[[str], object]

# Said by the demo accounts where a rule asks about what the printed source holds.
AS_PRINTED = "与原印报告一致，照原文录入；疑处已标注。"
ACCEPTED = "已核对原印报告，同意说明。"


def read_pack(folder: Path) -> dict[str, Any]:
    """Return the pack's description. Raises ``PackError`` where there is none."""
    path = folder / "pack.toml"
    if not path.exists():
        raise PackError(f"{folder} holds no pack.toml; name the folder of a data pack")
    try:
        pack = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"pack.toml cannot be read: {error}") from error
    for number, entry in enumerate(pack.get("case", []), start=1):
        _check_entry(number, entry)
    return pack


def _check_entry(number: int, entry: dict[str, Any]) -> None:
    """Raise ``PackError`` where a case of the pack does not say what it is."""
    place = f"pack.toml, case {number}"
    missing = [name for name in ("kind", "bureau", "year", "rows") if name not in entry]
    if missing:
        raise PackError(f"{place}: {', '.join(missing)} missing")
    if entry["kind"] not in kinds:
        raise PackError(f"{place}: there is no kind “{entry['kind']}”, only {', '.join(kinds)}")
    codes = {record_kind.code for record_kind in kinds[entry["kind"]].records}
    if "file" not in entry and not entry.get("files"):
        raise PackError(f"{place}: name its file, or its files by kind of row")
    if unknown := set(entry.get("files", {})) - codes:
        raise PackError(f"{place}: a case of this kind holds no {', '.join(sorted(unknown))}")


@transaction.atomic
def load_dictionaries(folder: Path, pack: dict[str, Any]) -> None:
    """Store bureaus, districts, years, working days, indicators and what relates them.

    What exists stays as it is.
    """
    for order, row in enumerate(pack["bureaus"]):
        kind = BureauKind.DIVISION if row["kind"] == "district" else BureauKind(row["kind"])
        Bureau.objects.get_or_create(
            slug=row["slug"],
            defaults={"name": row["name"], "name_en": row["name_en"], "kind": kind, "order": order},
        )
    _load_districts(pack)
    for row in pack.get("years", []):
        ReportingYear.objects.get_or_create(
            year=row["year"], defaults={"opens_on": row["opens_on"], "due_on": row["due_on"]}
        )
    for row in pack.get("terms", []):
        ReportingTerm.objects.get_or_create(
            kind=row["kind"],
            year_id=row["year"],
            defaults={"opens_on": row["opens_on"], "due_on": row["due_on"]},
        )
    for row in pack.get("notice_rules", []):
        NoticeRule.objects.get_or_create(
            kind=row["kind"],
            from_year=row["from_year"],
            defaults={"working_days": row["working_days"]},
        )
    for row in pack.get("forms", []):
        FormVersion.objects.get_or_create(
            kind=row["kind"],
            from_year=row["from_year"],
            defaults={
                name: row[name]
                for name in ("number", "authority", "approval", "valid_until")
                if name in row
            },
        )
    CalendarDay.objects.bulk_create(
        _read(folder / "calendar.csv", _calendar_day), ignore_conflicts=True
    )
    Indicator.objects.bulk_create(
        _read(folder / "indicators.csv", _indicator), ignore_conflicts=True
    )
    known = {indicator.code: indicator for indicator in Indicator.objects.all()}
    IndicatorRelation.objects.bulk_create(
        _read(folder / "relations.csv", lambda _order, row: _relation(row, known)),
        ignore_conflicts=True,
    )
    for row in pack.get("derivations", []):
        Derivation.objects.get_or_create(
            indicator=known[row["indicator"]],
            from_year=row["from_year"],
            defaults={
                name: row[name]
                for name in ("record_kind", "year_field", "years_back", "years", "conditions")
                if name in row
            },
        )


def _load_districts(pack: dict[str, Any]) -> None:
    """Store the city, its divisions, its zones and the divisions that are no more."""
    head = pack["pack"]
    city_bureau = Bureau.objects.get(kind=BureauKind.CITY)
    city, _made = District.objects.get_or_create(
        slug=head["city"],
        defaults={
            "name": head["city_name"],
            "name_en": head["city_name_en"],
            "kind": DistrictKind.CITY,
            "code": head["city_code"],
            "bureau": city_bureau,
        },
    )
    bureau_of = {row["district"]: row["slug"] for row in pack["bureaus"] if "district" in row}
    rows = [*pack["districts"], *pack.get("former_districts", [])]
    for order, row in enumerate(rows, start=1):
        tile_row, tile_column = row.get("tile", (None, None))
        District.objects.get_or_create(
            slug=row["slug"],
            defaults={
                "tile_row": tile_row,
                "tile_column": tile_column,
                "name": row["name"],
                "name_en": row["name_en"],
                "kind": DistrictKind(row["kind"]),
                "code": row.get("code", ""),
                "order": order,
                "parent": District.objects.get(slug=row["parent"]) if "parent" in row else city,
                "successor": District.objects.filter(slug=row.get("successor")).first(),
                "valid_from": row.get("valid_from"),
                "valid_to": row.get("valid_to"),
                "bureau": Bureau.objects.filter(slug=bureau_of.get(row["slug"])).first(),
            },
        )


def _read(path: Path, make: Callable[[int, dict[str, str]], Model]) -> list[Any]:
    """Return what ``make`` makes of each row; a pack may do without the file.

    ``make`` gets the row's place, counted from nought. Raises ``PackError`` with file and line.
    """
    if not path.exists():
        return []
    made = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for order, row in enumerate(rows):
            try:
                made.append(make(order, row))
            except (KeyError, ValueError, AttributeError, InvalidOperation) as error:
                raise PackError(f"{path.name} line {rows.line_num}: {error}") from error
    return made


def _calendar_day(order: int, row: dict[str, str]) -> CalendarDay:
    return CalendarDay(
        date=dt.date.fromisoformat(row["date"]),
        is_working=row["is_working"] == "true",
        name=row["name"],
    )


def _indicator(order: int, row: dict[str, str]) -> Indicator:
    return Indicator(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        units=row["unit"].split("|"),
        value_type=ValueType(row["value_type"]),
        precision=int(row["precision"]),
        measure=Measure(row["measure"]),
        aggregation=_aggregation(row),
        scope=ScopeRule(row.get("scope") or ScopeRule.ANY),
        section=row["section"],
        section_en=row["section_en"],
        source=ValueSource(row["source"]),
        asked_of=AskedOf(row["asked_of"]),
        aliases=[alias for alias in row["aliases"].split("|") if alias],
        definition=row["definition"],
        order=order,
    )


def _aggregation(row: dict[str, str]) -> Aggregation:
    """Return how the city's total is made; where a pack does not say, counts and amounts add up."""
    if given := row.get("aggregation"):
        return Aggregation(given)
    added = row["measure"] not in {Measure.RATIO, Measure.GROWTH, Measure.RANK}
    return Aggregation.SUM if added else Aggregation.NONE


def _relation(row: dict[str, str], known: Mapping[str, Indicator]) -> IndicatorRelation:
    return IndicatorRelation(
        code=row["code"],
        kind=RelationKind(row["kind"]),
        indicator=known[row["indicator"]],
        role=RelationRole(row["role"]) if row["role"] else "",
        term=known[row["term"]] if row["term"] else None,
        factor=Decimal(row["factor"] or 1),
        low=Decimal(row["low"]) if row["low"] else None,
        high=Decimal(row["high"]) if row["high"] else None,
        is_strict=row["is_strict"] == "true",
    )


# Fixed names (DESIGN §6): account, role, and the bureau's name with the role in words.
CITY_ACCOUNTS = (
    ("city-editor", Role.CITY_EDITOR, "录入员"),
    ("city-reviewer", Role.CITY_REVIEWER, "审核员"),
    ("city-publisher", Role.CITY_PUBLISHER, "发布员"),
    ("auditor", Role.AUDITOR, "审计员"),
    ("admin", Role.ADMINISTRATOR, "系统管理员"),
)
DISTRICT_ACCOUNTS = (
    ("filler", Role.DISTRICT_FILLER, "填报员"),
    ("signatory", Role.DISTRICT_SIGNATORY, "审核签发人"),
)


@transaction.atomic
def make_demo_accounts(password: str) -> list[User]:
    """Make the demo accounts that do not exist yet; return those made. They bear no person's name."""
    wanted = []
    for bureau in Bureau.objects.all():
        if bureau.is_city:
            wanted += [(name, role, word, bureau) for name, role, word in CITY_ACCOUNTS]
        else:
            wanted += [
                (f"{bureau.slug}-{name}", role, word, bureau)
                for name, role, word in DISTRICT_ACCOUNTS
            ]
    made = []
    for username, role, word, bureau in wanted:
        if User.objects.filter(username=username).exists():
            continue
        made.append(
            User.objects.create_user(
                username,
                f"{username}@demo.invalid",
                password,
                full_name=f"{bureau.name}{word}",
                title=word,
                bureau=bureau,
                roles=[role],
            )
        )
    return made


def load_cases(folder: Path, pack: dict[str, Any], say: Say) -> int:
    """Bring every case of the pack to publication that is not there yet; return how many.

    Each case is one transaction up to its approval; all approved ones are then one release per
    kind. A run that was cut off goes on where it stopped.
    """
    loaded = 0
    for entry in pack.get("case", []):
        bureau = Bureau.objects.filter(slug=entry["bureau"]).first()
        if bureau is None:
            raise PackError(f"pack.toml, {entry['kind']}: no bureau “{entry['bureau']}”")
        if not _cases_of(entry).exists():
            say(f"  {entry['kind']} {entry.get('subject') or bureau.name}: {entry['rows']}")
            with transaction.atomic():
                _bring_to_approval(folder, entry, bureau)
            loaded += 1
    _publish_approved(pack, say)
    return loaded


def _bring_to_approval(folder: Path, entry: dict[str, Any], bureau: Bureau) -> None:
    """Open, enter, explain, sign, report, review and approve one case. Raises ``PackError``."""
    kind = kinds[entry["kind"]]
    prefix = f"{bureau.slug}-" if kind.checked_in_bureau else "city-"
    filler = User.objects.get(username=prefix + ("filler" if kind.checked_in_bureau else "editor"))
    reviewer = User.objects.get(username="city-reviewer")
    revision = open_case(filler, kind, bureau, entry["year"], entry.get("subject", ""))
    files = entry.get("files") or {kind.records[0].code: entry["file"]}
    count = 0
    for code, name in files.items():
        rows = read_rows(folder / name, record_kinds[code], entry.get("values", {}))
        try:
            count += len(add_records(filler, revision.pk, record_kinds[code], rows))
        except Invalid as error:
            raise PackError(f"{name}: {error}") from error
    if count != entry["rows"]:
        raise PackError(
            f"{entry['kind']} {bureau.slug}: {count} rows, pack.toml says {entry['rows']}"
        )
    for finding in check_case(filler, revision.pk):
        if finding.severity == Severity.EXPLAIN:
            explain(filler, finding.pk, AS_PRINTED)
    if kind.checked_in_bureau:
        perform("hand_over", revision.pk, filler)
        perform("submit", revision.pk, User.objects.get(username=f"{prefix}signatory"))
    else:
        perform("submit", revision.pk, filler)
    perform("accept", revision.pk, reviewer)
    explained = Finding.objects.filter(revision=revision, status=FindingStatus.EXPLAINED)
    for finding in explained:
        decide(reviewer, finding.pk, FindingStatus.ACCEPTED, ACCEPTED)
    perform("approve", revision.pk, reviewer)


def _cases_of(entry: dict[str, Any]) -> QuerySet[Case]:
    """Return the case that ``entry`` of a pack describes, if it is there."""
    return Case.objects.filter(
        kind=entry["kind"],
        bureau__slug=entry["bureau"],
        year=entry["year"],
        subject=entry.get("subject", ""),
    )


def _publish_approved(pack: dict[str, Any], say: Say) -> None:
    """Publish what of the pack stands approved, one release per kind in the pack's order.

    Cases that people opened beside the pack's are theirs to publish.
    """
    publisher = User.objects.get(username="city-publisher")
    for kind in dict.fromkeys(entry["kind"] for entry in pack.get("case", [])):
        cases = [
            pk
            for entry in pack.get("case", [])
            if entry["kind"] == kind
            for pk in _cases_of(entry).values_list("pk", flat=True)
        ]
        approved = Revision.objects.filter(case__in=cases, state=State.APPROVED, number=1)
        versions: dict[int, int | None] = dict(approved.values_list("pk", "version"))
        if versions:
            perform_many("publish", versions, publisher, reason=pack["pack"]["name"])
            say(f"  published: {kind} ({len(versions)})")
