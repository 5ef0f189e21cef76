"""A small database in which the covered tables have rows, made by the application's own steps."""

import datetime as dt
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from apps.accounts import audit
from apps.accounts.models import EventKind, Role
from apps.audit.domain import request_verification
from apps.cases.domain import many
from apps.cases.domain.assignment import hand_to
from apps.cases.domain.bulk import add_rows
from apps.cases.domain.evidence import Place, attach
from apps.cases.domain.extensions import ask_extension
from apps.cases.domain.findings import explain
from apps.cases.domain.organisations import join, say_new
from apps.cases.domain.organisations import undo as undo_decision
from apps.cases.domain.records import remove_record
from apps.cases.domain.reminding import remind
from apps.cases.domain.requests import send_request
from apps.cases.domain.saved_views import keep_view
from apps.cases.domain.twins import answer_twin
from apps.cases.kinds import kinds
from apps.cases.models import State, Twin
from apps.districts.lists.answers import hand_on, refuse
from apps.districts.models import Derivation
from apps.intake.api.deliveries import deliver
from apps.intake.imports.layouts import remember
from apps.intake.imports.undoing import undo
from apps.intake.tokens import make_token
from apps.registry.domain import compare_new_names, names_for
from apps.registry.models import (
    CalendarDay,
    FormVersion,
    IndicatorRelation,
    NarrativeLimit,
    NoticeRule,
    ReportingTerm,
    TruthStatement,
)
from tests import factories
from tests.cases.evidence import documents
from tests.districts.lists import support as lists
from tests.intake.imports import support

# A kind of case for each kind of row.
KINDS = ("district-returns", "laureates", "certifications", "roster-entries", "policies", "events")


def build() -> None:
    """Make cases of every kind: in draft, returned and answered, corrected, withdrawn, on notice."""
    for role in Role:
        factories.staff(role)
    auditor = factories.staff(Role.AUDITOR)
    audit.record(EventKind.SIGNED_IN, actor=auditor)
    audit.record(EventKind.SIGNED_OUT, actor=auditor)
    auditor.set_password("另一个-Password-7")
    auditor.save()
    CalendarDay.objects.create(date="2024-10-01", is_working=False, name="国庆节")
    CalendarDay.objects.create(date="2024-10-12", is_working=True)
    for number in (1, 2):
        IndicatorRelation.objects.create(
            code=f"bounds-{number}", kind="range", indicator=factories.indicator(), low=0
        )
    _set_rules()
    for kind in KINDS:
        factories.open_new(kind, rows=2)
    factories.case_in(State.SUPERSEDED, rows=2)
    factories.case_in(State.WITHDRAWN)
    draft = factories.change_first_row(factories.open_award_list(rows=3))
    kind = draft.case.kind_spec.records[0]
    last = factories.records_of(draft)[-1]
    remove_record(factories.filler_of(draft), draft.pk, kind, last.uid)
    reviewing = factories.reviewing_case()
    item = factories.raise_item(reviewing)
    factories.take("return", reviewing)
    explain(factories.staff(Role.CITY_EDITOR), item.pk, "与原文一致，不作更改。")
    with factories.kind_with_notice():
        factories.case_in(State.ON_NOTICE)
    _attach_ask_and_remind()
    _speak_of_lists()
    _take_in()
    _decide_about_organisations()
    _change_many()
    _add_many()
    _request_and_verify()


def _set_rules() -> None:
    """Give every dictionary that has no rows two."""
    year = factories.reporting_year(2024)
    for number, kind in enumerate(("district-returns", "awards")):
        FormVersion.objects.create(
            kind=kind, from_year=2024, number=f"表{number}", authority="市局"
        )
        NarrativeLimit.objects.create(heading=f"第{number}节", most=800 + number)
        NoticeRule.objects.create(kind=kind, from_year=2030, working_days=5 + number)
        TruthStatement.objects.create(
            kind=kind, from_year=2024, text=f"本单位对所报数据负责（{kind}）。"
        )
        ReportingTerm.objects.create(
            kind=kind, year=year, opens_on="2024-01-01", due_on=f"2024-03-0{number + 1}"
        )
        Derivation.objects.create(
            indicator=factories.indicator(f"counted-{number}"),
            from_year=2024,
            record_kind="roster-entries",
        )


def _attach_ask_and_remind() -> None:
    """Attach two files, hand a case to a colleague, ask for more time, keep views, remind."""
    draft = factories.open_return(factories.district("beilun"), year=2024)
    filler = factories.filler_of(draft)
    for number in (1, 2):
        file = SimpleUploadedFile(f"附件{number}.png", documents.picture(size=(40 + number, 30)))
        place = (
            Place()
            if number == 1
            else Place("indicator-values", factories.records_of(draft)[0].uid)
        )
        attach(filler, draft.pk, file, place, caption=f"第{number}份")
    reviewer = factories.person(Role.CITY_REVIEWER)
    reviewing = factories.reviewing_case()
    hand_to(factories.doer("approve", reviewing), reviewing.pk, reviewer.pk, "请代为审核。")
    hand_to(reviewer, reviewing.pk, factories.staff(Role.CITY_REVIEWER).pk, "已回岗。")
    for name in ("逾期", "未分派"):
        keep_view(reviewer, name, f"tab={name}", frozenset({"tab"}))
    signatory = factories.staff(Role.DISTRICT_SIGNATORY, factories.district("haishu"))
    ask_extension(
        signatory,
        kinds["district-returns"],
        2024,
        "数据尚待统计部门核定。",
        timezone.localdate() + dt.timedelta(days=30),
    )
    remind(dt.date(2024, 3, 1))


def _speak_of_lists() -> None:
    """Let a district confirm a row of a list and dispute another; hand that on, and refuse it."""
    lists.roster(1, 2)
    draft = factories.open_return(factories.district("cixi"), rows=0)
    lists.confirm_all(draft)
    said = lists.dispute(draft, {"rank": 9}, version=1)
    reviewing = factories.advance(draft, State.REVIEWING)
    reviewer = factories.staff(Role.CITY_REVIEWER)
    hand_on(reviewer, reviewing.case_id, said.uid)
    refuse(reviewer, reviewing.case_id, said.uid, "名单与认定文件一致。")


def _take_in() -> None:
    """Take a table into a draft and store its rows, twice; the second is undone."""
    for _number in range(2):
        intake = support.taken(support.draft())
        acceptance = support.accepted(intake)
    undo(acceptance.by, intake.pk)
    remember(acceptance.by, "a" * 64, "awards", {0: "title"})
    remember(acceptance.by, "b" * 64, "laureates", {0: "name"})


def _decide_about_organisations() -> None:
    """Join organisations, split one, propose doubles and a twin, and answer."""
    keeper = factories.staff(Role.CITY_EDITOR)
    found = names_for(["甲单位", "乙单位", "宁波市农业科学院", "宁波市农业科学研究院"])
    kept, other = found["甲单位"].organisation, found["乙单位"].organisation
    undo_decision(keeper, join(keeper, kept.pk, other.pk, "同一家单位").pk, "看错了")
    say_new(keeper, "丙单位", [kept.pk])
    compare_new_names()
    for number in (1, 2):
        twin = Twin.objects.create(
            record_kind="awards",
            one=uuid.UUID(int=number),
            other=uuid.UUID(int=9),
            percent=90,
            people=3,
        )
    answer_twin(keeper, twin.pk, "accepted")


def _change_many() -> None:
    """Set a field of many rows twice and take one back; hand two files in by a system's token."""
    revision = factories.open_list("roster-entries", rows=3)
    kind = revision.case.kind_spec.records[0]
    filler = factories.filler_of(revision)
    for value in ("甲案", "乙案"):
        rows = kind.model.objects.filter(revision=revision)
        seen = many.look(rows, "title", value)
        done = many.set_field(filler, revision.pk, kind, rows, "title", value, seen.digest)
    many.undo(filler, done.pk)
    with override_settings(REQUIRE_SECOND_FACTOR=False):
        for number in (1, 2):
            token, _key = make_token(filler, f"系统{number}", Role.CITY_EDITOR, 30)
            deliver(filler, token, f"{number}", support.draft(), "表.xlsx", support.sheet(), "")


def _add_many() -> None:
    """Add so many rows at once that they are one entry; change one of them, and remove one."""
    revision = factories.open_list("roster-entries", rows=0)
    kind = revision.case.kind_spec.records[0]
    filler = factories.filler_of(revision)
    add_rows(filler, revision.pk, kind, map(factories.roster_entry_values, range(60)))
    factories.change_first_row(revision)
    last = factories.records_of(revision)[-1]
    remove_record(filler, revision.pk, kind, last.uid)


def _request_and_verify() -> None:
    """Ask for a correction of a public row twice; ask for a verification twice."""
    published = factories.published_case("certifications")
    row = factories.records_of(published)[0]
    for number in (1, 2):
        send_request(row.record_kind, row.uid, f"第{number}处单位名称有误。")
        request_verification(factories.staff(Role.AUDITOR), defer=False)
