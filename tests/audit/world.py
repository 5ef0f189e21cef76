"""A small database in which the covered tables have rows, made by the application's own steps."""

from apps.accounts import audit
from apps.accounts.models import EventKind, Role
from apps.cases.domain.findings import explain
from apps.cases.domain.records import remove_record
from apps.cases.models import State
from apps.registry.models import CalendarDay, IndicatorRelation
from tests import factories

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
