"""Names of organisations in an import: shown with candidates, answered once for all rows, undone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from apps.accounts.models import Role
from apps.cases.domain import organisations as domain
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.models import Mention
from apps.intake.imports import review
from apps.intake.imports.organisations import (
    answer,
    apply_codes,
    look,
    open_names,
    undecided,
)
from apps.intake.models import ImportName
from apps.registry.credit_code import completed
from apps.registry.domain import names_for
from apps.registry.models import Double, NameDecision, Organisation, OrganisationName
from tests import factories
from tests.cases.desk.pages import said, signed_in
from tests.intake.imports.support import ROWS, accepted, draft, lines, sheet, taken

pytestmark = pytest.mark.django_db

KNOWN = "宁波市农业科学院"
PRINTED = "宁波市农业科学研究院"
TWICE = (
    *ROWS[:2],
    ("3", "科学技术进步奖三等奖", "杨梅保鲜与加工技术", f"{PRINTED}、宁波大学", "钱七"),
    ("4", "科学技术进步奖三等奖", "茶叶机械化采收技术", PRINTED, "孙八"),
)


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def read(known=(KNOWN,), rows=TWICE):
    names_for(known)
    intake = taken(draft(), sheet(rows))
    return intake, factories.filler_of(intake.revision)


def owner(name):
    return OrganisationName.objects.get(name=name).organisation_id


def test_unsure_name_is_shown_with_its_candidates_and_the_lines_that_name_it():
    intake, _actor = read()

    (name,) = open_names(intake)

    assert (name.printed, name.rows) == (PRINTED, 2)
    assert name.candidates == [
        {"organisation": owner(KNOWN), "name": KNOWN, "percent": 89, "reason": "alike"}
    ]


def test_certain_and_unlike_names_ask_nobody():
    intake, _actor = read(known=("宁波大学", "宁波材料所", "温州市农科所"), rows=ROWS)

    assert not intake.names.exists()


def test_same_holds_for_all_rows_and_for_the_next_file():
    intake, actor = read()
    (name,) = open_names(intake)

    answer(actor, intake.pk, name.pk, str(owner(KNOWN)))
    accepted(intake)

    assert owner(PRINTED) == owner(KNOWN)
    linked = Mention.objects.filter(name__organisation=owner(KNOWN))
    assert linked.count() == 2
    # What the rows print stays as the file has it.
    assert [row.organisations for row in factories.records_of(intake.revision)][2:] == [
        [PRINTED, "宁波大学"],
        [PRINTED],
    ]
    decision = NameDecision.objects.get(act="same")
    assert (decision.by, decision.origin) == (actor, "名单.xlsx")
    assert decision.origin_url == f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/"
    second = taken(factories.open_list("awards", 0, subject="另一份名单"), sheet(TWICE))
    assert not second.names.exists()


def test_answer_is_undone_and_the_name_is_open_again():
    intake, actor = read()
    (name,) = open_names(intake)
    answer(actor, intake.pk, name.pk, str(owner(KNOWN)))
    with translation.override("en"), pytest.raises(WrongState, match="decided already"):
        answer(actor, intake.pk, name.pk, "new")

    domain.undo(actor, NameDecision.objects.get().pk, "看错了")

    assert [one.printed for one in open_names(intake)] == [PRINTED]
    assert owner(PRINTED) != owner(KNOWN)
    answer(actor, intake.pk, name.pk, str(owner(KNOWN)))
    assert owner(PRINTED) == owner(KNOWN)


def test_new_one_is_kept_apart_and_later_is_undecided():
    intake, actor = read()
    (name,) = open_names(intake)

    answer(actor, intake.pk, name.pk, "later")
    assert (open_names(intake).count(), undecided(intake)) == (0, 1)
    answer(actor, intake.pk, name.pk, "new")

    assert undecided(intake) == 0
    assert Double.objects.get().apart_by == actor
    assert owner(PRINTED) != owner(KNOWN)


def test_only_what_was_offered_is_taken_and_only_from_a_keeper():
    intake, actor = read()
    (name,) = open_names(intake)
    stranger = names_for(["宁波大学"])["宁波大学"].organisation_id

    for wrong in (str(stranger), "", "x"):
        with pytest.raises(Refused):
            answer(actor, intake.pk, name.pk, wrong)
    with pytest.raises(ImportName.DoesNotExist):
        answer(actor, intake.pk, 0, "new")
    with pytest.raises(Exception, match="matching query"):
        answer(factories.person(Role.CITY_REVIEWER), intake.pk, name.pk, "new")
    with pytest.raises(NotAllowed):
        domain.say_new(factories.person(Role.CITY_REVIEWER), PRINTED, [])


def test_typed_name_is_compared_too():
    intake, actor = read(rows=(*ROWS[:2], ("3", *TWICE[2][1:3], "宁波大学", "钱七")))
    line = lines(intake)[2]
    assert not open_names(intake).exists()

    review.edit(actor, intake.pk, line.pk, {"organisations": PRINTED})
    assert [one.printed for one in open_names(intake)] == [PRINTED]
    review.undo(actor, intake.pk)
    assert not open_names(intake).exists()
    review.edit(actor, intake.pk, line.pk, {"organisations": PRINTED})
    review.set_aside(actor, intake.pk, line.pk)
    assert not open_names(intake).exists()
    review.put_back(actor, intake.pk, line.pk)
    assert open_names(intake).count() in (0, 1)


def test_code_beside_the_name_makes_a_like_name_certain():
    code = completed("9133020072491234")
    firm = names_for(["宁波博威合金材料股份有限公司"])["宁波博威合金材料股份有限公司"]
    Organisation.objects.filter(pk=firm.organisation_id).update(credit_code=code)
    revision = factories.open_list("roster-entries", 0)
    intake = taken(
        revision,
        sheet(
            [
                ("1", "宁波博威合金材料有限公司", "北仑区", code),
                ("2", "海天塑机集团", "北仑区", ""),
            ],
            ("序号", "企业名称", "所在地", "统一社会信用代码"),
            "2023年宁波市制造业单项冠军企业名单",
        ),
    )

    (name,) = intake.names.all()
    assert (name.answer, name.candidates[0]["organisation"]) == ("code", firm.organisation_id)
    page = signed_in(factories.filler_of(revision)).get(
        f"/desk/cases/{revision.case_id}/intake/{intake.pk}/"
    )
    assert "certain by its credit code" in said(page)
    apply_codes(factories.person(Role.CITY_REVIEWER), intake)
    assert not NameDecision.objects.exists()
    apply_codes(factories.filler_of(revision), intake)
    apply_codes(factories.filler_of(revision), intake)
    assert owner("宁波博威合金材料有限公司") == firm.organisation_id
    assert NameDecision.objects.count() == 1


def test_page_answers_and_undoes_without_script():
    intake, actor = read()
    client = signed_in(actor)
    base = f"/desk/cases/{intake.revision.case_id}/intake/{intake.pk}/"
    (name,) = open_names(intake)

    shown = said(client.get(base))
    compared = said(client.get(f"{base}compare/"))
    wrong = client.post(f"{base}organisations/{name.pk}/", {"answer": "7777"}, follow=True)
    done = client.post(f"{base}organisations/{name.pk}/", {"answer": str(owner(KNOWN))})
    again = client.post(
        f"{base}organisations/{name.pk}/", {"answer": "new"}, headers={"hx-request": "true"}
    )

    assert f"{PRINTED} named in 2 rows" in shown
    assert "89 % · written much alike" in shown
    assert "1 organisation is undecided" in compared
    assert "Choose one of the organisations shown" in said(wrong)
    assert done.headers["Location"] == f"{base}?names=open#organisations"
    assert "decided already" in again.content.decode()
    settled = client.get(f"{base}organisations/").content.decode()
    decision = NameDecision.objects.get()
    assert f'/desk/organisations/decisions/{decision.pk}/undo/?next={base}"' in settled
    undo = client.post(
        f"/desk/organisations/decisions/{decision.pk}/undo/", {"reason": "看错了", "next": base}
    )
    assert undo.headers["Location"] == base
    assert client.post(f"{base}organisations/0/", {"answer": "new"}).status_code == 404
    accepted(intake)
    assert client.get(f"{base}organisations/").status_code == 302


def test_looking_takes_a_constant_number_of_queries():
    def queries(count):
        rows = [
            (str(n), "科学技术进步奖三等奖", f"项目{n}", f"宁波市农业科学{n}院", "钱七")
            for n in range(1, count)
        ]
        names_for([KNOWN])
        intake = taken(factories.open_list("awards", 0, subject=f"名单{count}"), sheet(rows))
        with CaptureQueriesContext(connection) as captured:
            look(intake)
        return len(captured)

    assert queries(4) == queries(40)
