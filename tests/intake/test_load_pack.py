"""The demo pack in the database: every row of every list, brought there by the workflow."""

import csv
import datetime as dt
import json
import shutil
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import BureauKind, Role, User
from apps.cases.canonical import revision_hash, sha256
from apps.cases.domain.records import add_records
from apps.cases.domain.transitions import perform
from apps.cases.kinds import kinds, record_kinds
from apps.cases.models import (
    Case,
    Event,
    Finding,
    Mention,
    Release,
    Revision,
    Severity,
    State,
)
from apps.districts.models import Scope
from apps.intake.loading import ACCEPTED, AS_PRINTED
from apps.registry.models import (
    CalendarDay,
    District,
    Indicator,
    NoticeRule,
    ReportingTerm,
    ReportingYear,
)
from tests import factories
from tests.cases import test_timeliness
from tests.cases.support import database_digest
from tests.districts import test_completeness

PACK = Path(__file__).parents[2] / "data" / "ningbo-2023"
DESCRIPTION = tomllib.loads((PACK / "pack.toml").read_text(encoding="utf-8"))
CASES = DESCRIPTION["case"]
PASSWORD = "Shan-Hai-2023!"


def _load(folder=PACK, *, demo=True):
    with override_settings(DEMO=demo):
        call_command("load_pack", str(folder))


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Load the pack once for this module, and leave nothing of it behind."""
    environment = pytest.MonkeyPatch()
    environment.setenv("YONGKE_DEMO_PASSWORD", PASSWORD)
    with django_db_blocker.unblock(), transaction.atomic():
        _load()
        yield
        transaction.set_rollback(True)
    environment.undo()


def _name(entry):
    return f"{entry['kind']} {entry.get('subject') or entry['bureau']}"


def _files(entry):
    return entry.get("files") or {kinds[entry["kind"]].records[0].code: entry["file"]}


def _revision(entry):
    return Revision.objects.select_related("case__bureau").get(
        case__kind=entry["kind"],
        case__bureau__slug=entry["bureau"],
        case__year=entry["year"],
        case__subject=entry.get("subject", ""),
    )


def _as_printed(record, column):
    """Return a stored value as the CSV of the pack writes it."""
    value = getattr(record, column)
    if value is None:
        return ""
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, District | Indicator):
        return value.name
    if column == "scope":
        return {"": "", Scope.WHOLE: "全域", Scope.OWN: "本级", Scope.ZONE: "功能区"}[value]
    return str(value)


def read_csv(path):
    """Return the rows of a file of the pack, every value a text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digest(rows):
    """Return a digest of all values in order of rows and columns; a moved row changes it."""
    return sha256("\n".join("\x1f".join(row.values()) for row in rows))


every_case = pytest.mark.parametrize("entry", CASES, ids=_name)


@every_case
def test_pack_is_stored_and_published_row_by_row_as_printed(loaded, entry):
    revision = _revision(entry)
    count = 0
    for code, name in _files(entry).items():
        kind = record_kinds[code]
        printed = [
            {column: text for column, text in row.items() if column != "position"}
            for row in read_csv(PACK / name)
        ]
        relations = kind.select_related
        stored = kind.model.objects.filter(revision=revision).select_related(*relations)
        public = kind.public_rows().filter(revision__case=revision.case)
        for rows in (stored.order_by("position"), public):
            held = [
                {column: _as_printed(record, column) for column in printed[0]} for record in rows
            ]
            assert held[:3] == printed[:3]
            assert len(held) == len(printed)
            assert digest(held) == digest(printed)
        count += len(printed)
    assert count == entry["rows"]
    assert revision_hash(revision) == (revision.approved_hash, entry["rows"])


@every_case
def test_constants_of_a_list_hold_for_every_row(loaded, entry):
    revision = _revision(entry)
    for record in factories.records_of(revision):
        assert {name: getattr(record, name) for name in entry.get("values", {})} == entry.get(
            "values", {}
        )


def test_rows_of_each_kind_are_as_many_as_the_pack_says(loaded):
    said = Counter()
    for entry in CASES:
        said[entry["kind"]] += entry["rows"]

    assert {
        kind: sum(
            record_kind.model.objects.filter(revision__case__kind=kind).count()
            for record_kind in kinds[kind].records
        )
        for kind in said
    } == dict(said)
    assert dict(said) == {
        "awards": 106,
        "laureates": 9,
        "certifications": 105,
        "roster-entries": 88,
        "policies": 23,
        "events": 50,
        "city-figures": 441,
        "district-returns": 360,
    }


@every_case
def test_case_came_by_the_whole_road_and_the_right_accounts(loaded, entry):
    revision = _revision(entry)
    district_case = entry["kind"] == "district-returns"
    filler = f"{entry['bureau']}-filler" if district_case else "city-editor"
    signatory = f"{entry['bureau']}-signatory" if district_case else "city-editor"

    chain = [
        (event.transition, event.actor.username, event.from_version)
        for event in revision.events.select_related("actor")
    ]

    road = [
        ("open", filler),
        *([("hand_over", filler)] if district_case else []),
        ("submit", signatory),
        ("accept", "city-reviewer"),
        ("approve", "city-reviewer"),
        ("publish", "city-publisher"),
    ]
    assert chain == [(*step, number) for number, step in enumerate(road)]
    assert (revision.number, revision.state, revision.version) == (1, State.PUBLISHED, len(road))
    assert {event.content_hash for event in revision.events.exclude(content_hash="")} == {
        revision.approved_hash
    }


def test_findings_of_the_pack_are_explained_and_accepted(loaded):
    open_ones = Finding.objects.exclude(severity=Severity.HINT).exclude(status="accepted")
    asked = Finding.objects.filter(severity=Severity.EXPLAIN)

    assert list(open_ones) == []
    assert asked.count() > 0
    for finding in asked:
        assert list(finding.remarks.values_list("status", "text")) == [
            ("explained", AS_PRINTED),
            ("accepted", ACCEPTED),
        ]


def test_releases_are_one_per_kind_in_the_packs_order_and_chained(loaded):
    releases = list(Release.objects.order_by("id"))

    assert [
        (r.published_by.username, r.reason, {i.revision.case.kind for i in r.items.all()})
        for r in releases
    ] == [
        ("city-publisher", DESCRIPTION["pack"]["name"], {kind})
        for kind in dict.fromkeys(entry["kind"] for entry in CASES)
    ]
    assert [json.loads(r.manifest)["previous"] for r in releases] == [
        None,
        *(r.manifest_hash for r in releases[:-1]),
    ]
    assert [r.manifest_hash for r in releases] == [sha256(r.manifest) for r in releases]
    assert sum(item.rows for r in releases for item in r.items.all()) == sum(
        entry["rows"] for entry in CASES
    )


def test_order_of_organisations_and_people_is_the_printed_one(loaded):
    award = record_kinds["awards"].model.objects.get(source_line=1076)

    assert award.organisations[:2] == ["宁波大学", "宁波市轨道交通集团有限公司"]
    assert award.people[:3] == ["朱瑶宏", "黄毅", "王杜娟"]
    assert award.flags == ["people:namesake"]
    assert (
        list(
            Mention.objects.filter(record_uid=award.uid)
            .order_by("position")
            .values_list("name__name", flat=True)
        )
        == award.organisations
    )


def test_dictionaries_of_the_pack_are_stored(loaded):
    districts = [*DESCRIPTION["districts"], *DESCRIPTION["former_districts"]]
    assert Indicator.objects.count() == len(read_csv(PACK / "indicators.csv"))
    assert list(Indicator.objects.order_by("order").values_list("code", flat=True)) == [
        row["code"] for row in read_csv(PACK / "indicators.csv")
    ]
    assert CalendarDay.objects.count() == len(read_csv(PACK / "calendar.csv"))
    assert set(District.objects.exclude(kind="city").values_list("slug", flat=True)) == {
        row["slug"] for row in districts
    }
    assert District.objects.get(slug="jiangdong").successor.slug == "yinzhou"
    assert District.objects.get(slug="gaoxin").parent.slug == "yinzhou"
    assert set(ReportingYear.objects.values_list("year", flat=True)) == {
        row["year"] for row in DESCRIPTION["years"]
    }
    assert NoticeRule.objects.count() == len(DESCRIPTION["notice_rules"])
    assert ReportingTerm.objects.count() == len(DESCRIPTION["terms"]) > 0


def test_demo_accounts_have_the_fixed_names_one_role_each_and_the_password(loaded):
    bureaus = {row["slug"]: row for row in DESCRIPTION["bureaus"]}
    wanted = {
        "city-editor": (Role.CITY_EDITOR, "ningbo"),
        "city-reviewer": (Role.CITY_REVIEWER, "ningbo"),
        "city-publisher": (Role.CITY_PUBLISHER, "ningbo"),
        "auditor": (Role.AUDITOR, "ningbo"),
        "admin": (Role.ADMINISTRATOR, "ningbo"),
    }
    for slug, row in bureaus.items():
        if row["kind"] != BureauKind.CITY:
            wanted[f"{slug}-filler"] = (Role.DISTRICT_FILLER, slug)
            wanted[f"{slug}-signatory"] = (Role.DISTRICT_SIGNATORY, slug)

    assert {
        user.username: (*user.roles, user.bureau.slug)
        for user in User.objects.select_related("bureau")
    } == wanted
    assert all(user.check_password(PASSWORD) for user in User.objects.all())


def test_loading_twice_changes_nothing(loaded):
    # That the dictionaries were written, though with what they held, makes public pages anew.
    pages = ("publications_edition",)
    before = database_digest(leave_out=pages)

    with transaction.atomic():
        _load()
        assert database_digest(leave_out=pages) == before
        transaction.set_rollback(True)


def test_case_of_a_person_is_not_published_with_the_pack(loaded):
    with transaction.atomic():
        approved = factories.approved_case("policies", subject="另一份")
        releases = Release.objects.count()

        _load()

        assert factories.fresh(approved).state == State.APPROVED
        assert Release.objects.count() == releases
        transaction.set_rollback(True)


def test_case_added_to_a_pack_is_loaded_beside_those_that_are_there(mini):
    _load(mini)
    editor = User.objects.get(username="city-editor")
    revision = Revision.objects.get()
    assert revision.state == State.PUBLISHED

    text = (mini / "pack.toml").read_text(encoding="utf-8")
    (mini / "pack.toml").write_text(
        text + text[text.index("[[case]]") :].replace("政策", "再一份"), encoding="utf-8"
    )
    _load(mini)

    assert list(Revision.objects.order_by("id").values_list("state", flat=True)) == [
        "published",
        "published",
    ]
    assert Release.objects.count() == 2
    assert editor.pk == Revision.objects.last().created_by_id


# A small pack, whole and broken

MINI = """
[pack]
name = "小数据包"
city = "ningbo"
city_name = "宁波市"
city_name_en = "Ningbo"
city_code = "330200"
[[districts]]
slug = "beilun"
code = "330206"
name = "北仑区"
name_en = "Beilun District"
kind = "division"
[[bureaus]]
slug = "ningbo"
name = "宁波市科学技术局"
name_en = "Ningbo Bureau"
kind = "city"
[[bureaus]]
slug = "beilun"
name = "北仑区科学技术局"
name_en = "Beilun Bureau"
kind = "district"
district = "beilun"
[[years]]
year = 2023
opens_on = 2024-01-02
due_on = 2024-03-29
[[case]]
kind = "certifications"
bureau = "ningbo"
year = 2023
subject = "政策"
file = "list.csv"
rows = 2
"""
LIST = """source_line,platform,type,level,year,hosts,district,status,flags
1,甲中心,研发机构,省级,2023,宁波大学|镇海炼化,北仑区,认定,
2,乙中心,研发机构,省级,2023,,,认定,hosts:not-stated
"""


@pytest.fixture
def mini(tmp_path, monkeypatch, db):
    monkeypatch.setenv("YONGKE_DEMO_PASSWORD", PASSWORD)
    (tmp_path / "pack.toml").write_text(MINI, encoding="utf-8")
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def test_small_pack_loads(mini, capsys):
    _load(mini)

    revision = Revision.objects.get()
    assert revision.state == State.PUBLISHED
    assert [
        (r.platform, r.hosts, r.district and r.district.slug, r.flags)
        for r in factories.records_of(revision)
    ] == [
        ("甲中心", ["宁波大学", "镇海炼化"], "beilun", []),
        ("乙中心", [], None, ["hosts:not-stated"]),
    ]
    assert capsys.readouterr().out.splitlines() == [
        "  certifications 政策: 2",
        "  published: certifications (1)",
        "Pack loaded: 7 accounts and 1 cases new.",
    ]


def test_pack_outside_a_demo_brings_dictionaries_only(mini, capsys):
    _load(mini, demo=False)

    assert (User.objects.count(), Case.objects.count()) == (0, 0)
    assert (District.objects.count(), ReportingYear.objects.count()) == (2, 1)
    assert capsys.readouterr().out == (
        "Dictionaries loaded. Accounts and cases of a pack come with YONGKE_DEMO=1 only.\n"
    )


def test_pack_without_a_password_for_its_accounts_is_refused(mini, monkeypatch):
    monkeypatch.delenv("YONGKE_DEMO_PASSWORD")

    with pytest.raises(CommandError, match="Set YONGKE_DEMO_PASSWORD"):
        _load(mini)

    assert not User.objects.exists()


def test_pack_keeps_what_exists(mini):
    _load(mini)
    District.objects.filter(slug="beilun").update(name_en="Beilun")
    person = User.objects.get(username="auditor")
    person.full_name = "另一人"
    person.save()

    _load(mini)

    assert District.objects.get(slug="beilun").name_en == "Beilun"
    assert User.objects.get(username="auditor").full_name == "另一人"


def _with(old, new):
    return lambda folder: _edit(folder / "pack.toml", old, new)


def _list_with(old, new):
    return lambda folder: _edit(folder / "list.csv", old, new)


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


BROKEN = {
    "no pack.toml": (lambda f: (f / "pack.toml").unlink(), "holds no pack.toml"),
    "pack.toml is no TOML": (_with("[pack]", "[pack"), "pack.toml cannot be read"),
    "missing file": (lambda f: (f / "list.csv").unlink(), "list.csv is missing"),
    "unknown column": (
        _list_with("level", "niveau"),
        r"list.csv: columns \['niveau'\] are not fields of certifications",
    ),
    "unknown district": (_list_with("北仑区", "北仑镇"), "list.csv line 2, district: “北仑镇”"),
    "wrong count": (_with("rows = 2", "rows = 3"), "2 rows, pack.toml says 3"),
    "bad number": (_list_with("2,乙", "二,乙"), "list.csv line 3, source_line: “二”"),
    "too few cells": (_list_with(",认定,hosts:not-stated", ""), "list.csv line 3: not as many"),
    "too many cells": (_list_with("hosts:not-stated", "a,b"), "list.csv line 3: not as many"),
    "value too long": (_list_with("乙中心", "乙" * 201), "list.csv: .*2.*200"),
    "missing value": (_list_with("乙中心", ""), "list.csv: .*2"),
    "unknown kind": (_with('"certifications"', '"medals"'), "case 1: there is no kind “medals”"),
    "unknown bureau": (
        _with('bureau = "ningbo"', 'bureau = "xiangxi"'),
        "certifications: no bureau “xiangxi”",
    ),
    "no rows said": (_with("rows = 2", ""), "pack.toml, case 1: rows missing"),
    "no file said": (_with('file = "list.csv"', ""), "case 1: name its file"),
    "file of another kind": (
        _with('file = "list.csv"', 'files = { awards = "list.csv" }'),
        "case 1: a case of this kind holds no awards",
    ),
    "year not open": (_with("year = 2023\nopens", "year = 2022\nopens"), "2023"),
    "bad day in the calendar": (
        lambda f: (f / "calendar.csv").write_text("date,is_working,name\n2024-13-01,true,x\n"),
        "calendar.csv line 2",
    ),
    "short line in the calendar": (
        lambda f: (f / "calendar.csv").write_text("date,name\n2024-12-01,x\n"),
        "calendar.csv line 2",
    ),
    "bad word in the dictionary": (
        lambda f: (f / "indicators.csv").write_text(
            "code,name,name_en,unit,value_type,precision,measure,section,section_en,source,"
            "asked_of,aliases,definition\nx,x,x,x,whole,0,new,x,x,typed,both,,\n"
        ),
        "indicators.csv line 2",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_pack_is_refused_with_its_place_and_nothing_half_written(mini, fault):
    break_it, sentence = BROKEN[fault]
    break_it(mini)

    with pytest.raises(CommandError, match=sentence) as refusal:
        _load(mini)

    assert str(refusal.value).startswith("The pack was not loaded: ")
    assert (Case.objects.count(), Event.objects.count(), Mention.objects.count()) == (0, 0, 0)
    assert record_kinds["certifications"].model.objects.count() == 0


def test_fault_in_a_later_case_leaves_the_earlier_ones_for_the_next_run(mini):
    text = MINI[MINI.index("[[case]]") :]
    second = text.replace("政策", "第二份").replace("list.csv", "other.csv")
    (mini / "pack.toml").write_text(MINI + second, encoding="utf-8")
    with pytest.raises(CommandError, match=r"other\.csv is missing"):
        _load(mini)
    assert [r.state for r in Revision.objects.all()] == [State.APPROVED]

    shutil.copy(mini / "list.csv", mini / "other.csv")
    _load(mini)

    assert [r.state for r in Revision.objects.all()] == [State.PUBLISHED] * 2
    assert Release.objects.get().items.count() == 2


def test_row_added_by_hand_to_a_draft_is_not_taken_for_the_packs(mini):
    _load(mini)
    editor = User.objects.get(username="city-editor")
    own = factories.open_list("policies", rows=1, filler=editor)
    add_records(editor, own.pk, record_kinds["policies"], [factories.policy_values(2)])
    perform("submit", own.pk, editor)

    _load(mini)

    assert factories.fresh(own).state == State.SUBMITTED


def test_timeliness_and_completeness_of_the_pack_equal_the_recounts(loaded):
    today = timezone.localdate()
    figures = test_timeliness.counted(2023, today)

    assert figures == test_timeliness.recount(2023, today)
    assert test_completeness.counted() == test_completeness.recount()
    # Ten districts and two zones owe a return; the zones' is in no printed report.
    returns = [
        numbers for (kind, _bureau), numbers in figures.items() if kind == "district-returns"
    ]
    assert [sum(column) for column in zip(*returns, strict=True)][:2] == [12, 0]
    assert sum(on_time + late for _n, on_time, late, *_rest in returns) == 10
