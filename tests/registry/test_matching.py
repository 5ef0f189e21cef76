"""Which organisation a printed name means: what is certain, what is only proposed, what is neither."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.cases.tasks import find_doubles as find_doubles_task
from apps.cases.tasks import find_twins as find_twins_task
from apps.registry.credit_code import completed
from apps.registry.domain import find_doubles, names_for
from apps.registry.likeness import likeness
from apps.registry.matching import candidates_for, match
from apps.registry.models import Act, District, Double, NameDecision, NameMove, Organisation
from apps.registry.names import LEGAL_FORMS, form_of_name

CODE = completed("9133020072491234")

# Certain by its writing: one organisation, whatever the signs.
CERTAIN = [
    ("吉利汽车研究院（宁波）有限公司", "吉利汽车研究院(宁波)有限公司"),
    ("吉利汽车研究院（宁波）有限公司", "吉利汽车研究院〔宁波〕有限公司"),
    ("宁波博威合金材料有限公司", "宁波博威合金材料有限责任公司"),
    ("Ningbo Joyson Electronic Corp.", "NINGBO JOYSON ELECTRONIC CORPORATION"),
    ("Bosch Rexroth Co., Ltd.", "Bosch Rexroth Co.,Ltd"),
    ("Bosch Rexroth Company Limited", "Bosch Rexroth Co. Ltd."),
    ("“一带一路”研究院", "「一带一路」研究院"),
]
# Never certain, and a person is shown the one beside the other.
PROPOSED = [
    ("宁波博威合金材料股份有限公司", "宁波博威合金材料有限公司", "legal-form"),
    ("宁波博威合金材料有限公司", "宁波博威合金材料", "legal-form"),
    ("Bosch Rexroth Co., Ltd.", "Bosch Rexroth Ltd", "legal-form"),
    ("Bosch Rexroth Inc.", "Bosch Rexroth Ltd", "legal-form"),
    ("吉利汽车研究院（宁波）有限公司", "吉利汽车研究院宁波有限公司", "signs"),
    ("宁波博威合金材料有限公司", "宁波博微合金材料有限公司", "sound"),
    ("中科院宁波材料所", "中国科学院宁波材料技术与工程研究所", "short"),
    ("宁波市农业科学研究院", "宁波市农业科学院", "alike"),
    ("宁波天益医疗器械集团有限公司", "宁波天益医疗器械有限公司", "alike"),
    ("宁波市特种设备检验研究院", "宁波市特种设备检测研究院", "alike"),
    ("宁波市第2医院", "宁波市第二医院", "alike"),
]
# Never certain, and not even proposed: something tells them apart.
APART = [
    ("宁波大学", "宁波大学附属医院"),
    ("宁波大学", "宁波大学医学院附属医院"),
    ("浙江大学宁波研究院", "浙江大学宁波科创中心"),
    ("中国石化镇海炼化有限公司", "中国石化镇海炼化有限公司北仑分公司"),
    ("中国移动通信集团A分公司", "中国移动通信集团B分公司"),
    ("宁波市第一医院", "宁波市第二医院"),
    ("宁波市第十二中学", "宁波市第二十中学"),
    ("宁波市海曙区人民医院", "宁波市鄞州区人民医院"),
    ("宁波吉利汽车研究开发有限公司", "吉利汽车研究院（宁波）有限公司"),
    ("浙江工业大学", "浙江工商大学"),
    ("浙江大学", "浙江工业大学"),
    ("宁波泰甬汽车零部件有限公司", "宁波继峰汽车零部件股份有限公司"),
    ("国网浙江省电力有限公司宁波供电公司", "国网浙江省电力有限公司舟山供电公司"),
    ("合肥江丰电子材料有限公司", "宁波江丰电子材料股份有限公司"),
    ("万华化学（宁波）有限公司", "万华化学（宁波）容威聚氨酯有限公司"),
]


@pytest.fixture
def districts(db):
    for number, name in enumerate(("海曙区", "鄞州区"), start=1):
        District.objects.create(
            slug=f"d{number}", name=name, name_en=name, kind="division", code=f"33020{number}"
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("known", "printed"), CERTAIN, ids=[b for _a, b in CERTAIN])
def test_certain_by_its_writing_is_one_organisation(known, printed):
    first = names_for([known])[known]

    found = match([printed])[printed]

    assert found.organisation_id == first.organisation_id
    assert names_for([printed])[printed].organisation_id == first.organisation_id
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    ("known", "printed", "reason"), PROPOSED, ids=[f"{a}-{b}" for a, b, _r in PROPOSED]
)
def test_alike_is_proposed_and_never_certain(districts, known, printed, reason):
    first = names_for([known])[known]

    found = match([printed])[printed]

    assert found.organisation_id is None
    assert [(c.organisation_id, c.reason) for c in found.candidates] == [
        (first.organisation_id, reason)
    ]
    assert 70 <= found.candidates[0].percent < 100
    assert names_for([printed])[printed].organisation_id != first.organisation_id


@pytest.mark.parametrize(("known", "printed"), APART, ids=[f"{a}-{b}" for a, b in APART])
def test_what_is_told_apart_is_neither(districts, known, printed):
    names_for([known])

    found = match([printed])[printed]

    assert (found.organisation_id, found.candidates) == (None, [])
    names_for([printed])
    assert Organisation.objects.count() == 2


@pytest.mark.django_db
def test_exact_name_and_alias_are_told():
    name = names_for(["宁波大学"])["宁波大学"]
    alias = names_for(["宁大"])["宁大"]
    alias.organisation = name.organisation
    alias.save()

    found = match(["宁波 大学", "宁大"])

    assert [(one.organisation_id, one.how) for one in found.values()] == [
        (name.organisation_id, "exact"),
        (name.organisation_id, "alias"),
    ]


@pytest.mark.django_db
def test_writing_that_two_organisations_share_decides_nothing():
    first, second = names_for(["甲（宁波）有限公司", "乙"]).values()
    second.name, second.key = "甲[宁波]有限公司", "甲[宁波]有限公司"
    second.save()

    found = match(["甲〔宁波〕有限责任公司"])["甲〔宁波〕有限责任公司"]

    assert found.organisation_id is None
    assert {c.organisation_id for c in found.candidates} == {
        first.organisation_id,
        second.organisation_id,
    }


@pytest.mark.django_db
def test_code_decides_where_the_name_is_like_and_asks_where_it_is_not():
    known = names_for(["宁波博威合金材料股份有限公司", "宁波大学"])
    firm = known["宁波博威合金材料股份有限公司"].organisation
    Organisation.objects.filter(pk=firm.pk).update(credit_code=CODE)

    found = match(
        ["宁波博威合金材料有限公司", "海天塑机集团", "宁波大学", "宁波镇海炼化"],
        {
            "宁波博威合金材料有限公司": CODE,
            "海天塑机集团": CODE,
            "宁波大学": CODE,
            # No valid code is no code.
            "宁波镇海炼化": CODE[:-1] + "0",
        },
    )

    said = {
        name: (one.organisation_id, one.how, [c.reason for c in one.candidates])
        for name, one in found.items()
    }
    assert said == {
        "宁波博威合金材料有限公司": (firm.pk, "code", ["code"]),
        "海天塑机集团": (None, "", ["code"]),
        # A known name with the code of another: the name stands, the contradiction is said.
        "宁波大学": (known["宁波大学"].organisation_id, "exact", ["code-of-another"]),
        "宁波镇海炼化": (None, "", []),
    }


@pytest.mark.django_db
def test_rule_leaves_a_trace_that_names_nobody():
    first = names_for(["甲（宁波）有限公司"])["甲（宁波）有限公司"]

    second = names_for(["甲（宁波）有限责任公司"])["甲（宁波）有限责任公司"]

    (decision,) = NameDecision.objects.all()
    assert (decision.act, decision.by, decision.organisation_id) == (
        Act.RULE,
        None,
        first.organisation_id,
    )
    assert [(m.name, m.before, m.after_id) for m in NameMove.objects.all()] == [
        (second, None, first.organisation_id)
    ]


@pytest.mark.django_db
def test_new_names_of_one_writing_are_one_new_organisation():
    names_for(["甲（宁波）有限公司", "甲〔宁波〕有限责任公司", "甲（宁波）股份有限公司"])

    assert Organisation.objects.count() == 2


@pytest.mark.django_db
def test_matching_takes_a_constant_number_of_queries():
    names_for(f"宁波精密{n}号材料有限公司" for n in range(50))

    def queries(count):
        with CaptureQueriesContext(connection) as captured:
            match([f"宁波精密{n}号材料股份有限公司" for n in range(count)])
        return len(captured)

    assert queries(1) == queries(50) <= 7


@pytest.mark.django_db
def test_names_alike_are_found_among_many_of_one_pattern():
    # Every pair of characters is common here: only the numbers tell the names apart.
    names_for(f"宁波精密{n}号材料有限公司" for n in range(400))

    found = candidates_for(["宁波精密二七号材料股份有限公司", "宁波精秘333号材料有限公司"])

    assert {name: [c.name for c in each] for name, each in found.items()} == {
        "宁波精密二七号材料股份有限公司": ["宁波精密27号材料有限公司"],
        "宁波精秘333号材料有限公司": ["宁波精密333号材料有限公司"],
    }


@pytest.mark.django_db
def test_candidates_are_the_likest_first_and_few():
    names_for(["宁波市农业科学院", "宁波市农业科学研究所", "宁波市农业局", "温州市林业科学院"])

    found = candidates_for(["宁波市农业科学研究院"])["宁波市农业科学研究院"]

    assert [c.name for c in found][:2] == ["宁波市农业科学研究所", "宁波市农业科学院"]
    assert [c.percent for c in found] == sorted((c.percent for c in found), reverse=True)
    assert candidates_for([]) == {}


@pytest.mark.django_db
def test_doubles_are_found_once_and_what_is_apart_stays_so():
    names_for(["宁波博威合金材料股份有限公司", "宁波博威合金材料有限公司", "海天塑机集团"])

    found, last = find_doubles()
    Double.objects.update(apart_at="2026-01-01T00:00Z")
    names_for(["宁波博威合金材料"])

    assert found == 1
    assert find_doubles(last)[0] == 2
    assert find_doubles()[0] == 0
    assert Double.objects.filter(apart_at__isnull=True).count() == 2


names = st.text(
    alphabet=st.sampled_from(
        "宁波大学研究院第一二医甲乙（）()〔〕 　ABＡcoltdinc.,·-有限责任公司股份"
    ),
    max_size=30,
)


@given(names)
def test_form_of_a_name_knows_no_width_blanks_or_case(name):
    wide = name.replace("(", "（").replace(")", "）").replace("A", "Ａ").replace(" ", "　")

    assert form_of_name(wide).certain == form_of_name(name).certain
    assert form_of_name(name.upper()).core == form_of_name(name.lower()).core


@given(names, st.sampled_from(sorted(LEGAL_FORMS)))
def test_legal_form_is_taken_off_and_kept_beside(name, ending):
    form = form_of_name("海天" + name + ending)

    assert form.legal == LEGAL_FORMS[ending] or form.legal in LEGAL_FORMS.values()
    assert ending not in form.core or ending in name + ending[1:]
    assert form.core


@given(names, names)
def test_likeness_is_the_same_from_both_sides(one, other):
    assert likeness(one, other) == likeness(other, one)


@given(st.text(max_size=210))
def test_no_text_is_too_odd_to_be_taken_apart(text):
    form = form_of_name(text)

    assert len(form.core) <= 200
    assert bool(form.core) == bool(form_of_name(text).written)


@pytest.mark.django_db
def test_command_and_task_look_at_what_is_new_only(capsys):
    names_for(["宁波市农业科学院", "宁波市农业科学研究院"])

    call_command("find_doubles")
    call_command("find_doubles")
    call_command("find_doubles", "--all")

    assert capsys.readouterr().out.split("\n")[:3] == ["1 new pairs", "0 new pairs", "0 new pairs"]
    names_for(["宁波市农科院"])
    assert find_doubles_task() == 2
    assert find_twins_task() == 0


@pytest.mark.django_db
def test_many_names_are_matched_piece_by_piece_with_the_same_result(monkeypatch):
    names_for([f"宁波{sign}光精密机械有限公司" for sign in "永恒明新"])
    asked = [f"宁波{sign}光精密机械股份有限公司" for sign in "永恒明新"]
    whole = match(asked)

    monkeypatch.setattr("apps.registry.matching.PIECE", 3)

    assert all(found.candidates for found in whole.values())
    assert match(asked) == whole


@pytest.mark.django_db
def test_doubles_are_found_across_pieces(monkeypatch):
    monkeypatch.setattr("apps.registry.matching.PIECE", 1)
    names_for(["宁波永光精密机械有限公司", "余姚恒明电子厂", "宁波永光精密机械股份有限公司"])

    assert find_doubles()[0] == 1
