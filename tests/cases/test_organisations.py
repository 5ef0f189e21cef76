"""Deciding which organisations are one: joined, split, said, undone; what is published stays."""

from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from apps.accounts.models import Role
from apps.audit.models import Entry
from apps.cases.canonical import canonical_bytes, revision_hash
from apps.cases.domain import organisations as domain
from apps.cases.errors import NotAllowed, Refused, WrongState
from apps.cases.models import Mention, Release
from apps.registry.credit_code import completed
from apps.registry.domain import compare_new_names, names_for
from apps.registry.models import Act, Double, NameDecision, NameMove, Organisation, OrganisationName
from tests import factories
from tests.cases.support import at_once, names_of

pytestmark = pytest.mark.usefixtures("in_english")

CODES = [completed("9133020072491234"), completed("9133020072495678")]


@pytest.fixture
def keeper(db):
    return factories.staff(Role.CITY_EDITOR)


def made(*names):
    found = names_for(names)
    return [found[name].organisation for name in names]


def owner(name):
    return OrganisationName.objects.get(name=name).organisation_id


def test_join_moves_names_and_no_published_byte(keeper):
    revision = factories.published_case(
        "awards", rows=[factories.award_values(1, organisations=["宁波材料所", "宁波大学"])]
    )
    kept, other = made("中国科学院宁波材料技术与工程研究所", "宁波材料所")
    before = (
        b"".join(canonical_bytes(revision)),
        revision_hash(revision),
        list(Release.objects.values("number", "manifest")),
        list(Mention.objects.order_by("pk").values()),
    )

    decision = domain.join(keeper, kept.pk, other.pk, "同一家单位")

    after = (
        b"".join(canonical_bytes(revision)),
        revision_hash(revision),
        list(Release.objects.values("number", "manifest")),
        list(Mention.objects.order_by("pk").values()),
    )
    other.refresh_from_db()
    assert after == before
    assert owner("宁波材料所") == kept.pk
    assert other.joined_to_id == kept.pk
    assert (decision.act, decision.by, decision.reason) == (Act.JOIN, keeper, "同一家单位")
    assert [(m.name.name, m.before_id, m.after_id) for m in decision.moves.all()] == [
        ("宁波材料所", other.pk, kept.pk)
    ]
    assert Entry.objects.filter(table_name="registry_namedecision", operation="I").exists()


def test_undo_of_a_join_restores_everything(keeper):
    district = factories.district().district
    kept, other = made("宁波材料所", "中科院材料所")
    Organisation.objects.filter(pk=other.pk).update(credit_code=CODES[0], district=district)
    before = list(Organisation.objects.order_by("pk").values())
    decision = domain.join(keeper, kept.pk, other.pk, "同一家")
    kept.refresh_from_db()
    assert (kept.credit_code, kept.district_id) == (CODES[0], district.pk)

    domain.undo(keeper, decision.pk, "看错了")
    again = domain.undo(keeper, decision.pk, "看错了")

    assert list(Organisation.objects.order_by("pk").values()) == before
    assert owner("中科院材料所") == other.pk
    assert (again.undone_by, again.undo_reason) == (keeper, "看错了")


@pytest.mark.parametrize("role", [r for r in Role if r != Role.CITY_EDITOR])
def test_only_the_city_editor_decides(db, role):
    kept, other = made("甲", "乙")
    person = factories.person(role)
    decision = domain.join(
        factories.staff(Role.CITY_EDITOR), *[o.pk for o in made("丙", "丁")], "一"
    )
    name = other.names.get()
    acts = [
        partial(domain.join, person, kept.pk, other.pk, "理由"),
        partial(domain.split, person, kept.pk, [name.pk], "理由"),
        partial(domain.say_same, person, "戊", kept.pk),
        partial(domain.say_new, person, "戊", [kept.pk]),
        partial(domain.undo, person, decision.pk, "理由"),
        partial(domain.keep_apart, person, 1),
    ]

    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_join_refuses_itself_no_reason_and_two_codes(keeper):
    kept, other = made("甲", "乙")
    for one, code in zip((kept, other), CODES, strict=True):
        Organisation.objects.filter(pk=one.pk).update(credit_code=code)

    with pytest.raises(Refused, match="itself"):
        domain.join(keeper, kept.pk, kept.pk, "理由")
    with pytest.raises(Refused, match="Say why"):
        domain.join(keeper, kept.pk, other.pk, "  ")
    with pytest.raises(Refused, match="two credit codes"):
        domain.join(keeper, kept.pk, other.pk, "理由")
    with pytest.raises(Organisation.DoesNotExist):
        domain.join(keeper, kept.pk, 0, "理由")
    assert not NameDecision.objects.exists()


def test_joined_organisation_is_joined_no_further(keeper):
    first, second, third = made("甲", "乙", "丙")
    domain.join(keeper, first.pk, second.pk, "理由")

    with pytest.raises(WrongState, match="joined to another"):
        domain.join(keeper, third.pk, second.pk, "理由")
    with pytest.raises(WrongState):
        domain.join(keeper, second.pk, third.pk, "理由")
    # Whoever says the name is that of the joined one means the one that stands for it.
    domain.say_same(keeper, "丁", second.pk)
    assert owner("丁") == first.pk


def test_chain_is_undone_from_its_end(keeper):
    first, second, third = made("甲", "乙", "丙")
    inner = domain.join(keeper, second.pk, third.pk, "理由")
    outer = domain.join(keeper, first.pk, second.pk, "理由")
    third.refresh_from_db()
    assert domain.standing_for(third) == first

    with pytest.raises(Refused, match="later decision"):
        domain.undo(keeper, inner.pk, "理由")
    domain.undo(keeper, outer.pk, "理由")
    domain.undo(keeper, inner.pk, "理由")

    assert [owner(name) for name in "甲乙丙"] == [first.pk, second.pk, third.pk]
    assert not Organisation.objects.filter(joined_to__isnull=False).exists()


def test_split_makes_an_organisation_or_restores_the_former(keeper):
    first, second = made("甲", "乙")
    domain.join(keeper, first.pk, second.pk, "理由")
    domain.say_same(keeper, "丙", first.pk)
    names = {name.name: name.pk for name in OrganisationName.objects.all()}

    back = domain.split(keeper, first.pk, [names["乙"]], "其实是两家")
    fresh = domain.split(keeper, first.pk, [names["丙"]], "又一家")

    second.refresh_from_db()
    assert (back.organisation_id, second.joined_to_id) == (second.pk, None)
    assert fresh.organisation.name == "丙"
    with pytest.raises(Refused, match="one name has to stay"):
        domain.split(keeper, first.pk, [names["甲"]], "理由")
    with pytest.raises(Refused):
        domain.split(keeper, first.pk, [], "理由")
    domain.undo(keeper, fresh.pk, "理由")
    assert owner("丙") == first.pk
    assert Organisation.objects.get(pk=fresh.organisation_id).joined_to_id == first.pk


def test_what_was_split_is_kept_apart_until_the_split_is_undone(keeper):
    first, second = made("甲", "乙")
    domain.join(keeper, first.pk, second.pk, "理由")
    one, other = sorted((first, second), key=lambda each: each.pk)
    double = Double.objects.create(one=one, other=other, percent=80, reason="alike")

    decision = domain.split(
        keeper, first.pk, [OrganisationName.objects.get(name="乙").pk], "是两家"
    )

    double.refresh_from_db()
    assert (decision.organisation, double.apart_by) == (second, keeper)
    domain.undo(keeper, decision.pk, "理由")
    double.refresh_from_db()
    assert double.apart_at is None


def test_organisation_whose_name_is_split_off_is_called_by_another(keeper):
    first, _second = made("甲", "乙")
    domain.say_same(keeper, "丙", first.pk)

    decision = domain.split(keeper, first.pk, [OrganisationName.objects.get(name="甲").pk], "理由")

    first.refresh_from_db()
    assert first.name == "丙"
    domain.undo(keeper, decision.pk, "理由")
    first.refresh_from_db()
    assert (first.name, owner("甲")) == ("甲", first.pk)


def test_same_is_remembered_as_an_alias_and_undone(keeper):
    (known,) = made("宁波大学")
    origin = domain.Origin("名单.xlsx", "/desk/cases/1/intake/2/")

    decision = domain.say_same(keeper, "宁大", known.pk, origin)

    assert names_for(["宁大"])["宁大"].organisation_id == known.pk
    assert (decision.origin, decision.origin_url) == (origin.text, origin.url)
    assert domain.say_same(keeper, "宁大", known.pk) is None
    domain.undo(keeper, decision.pk, "不是")
    assert owner("宁大") != known.pk


def test_same_said_of_a_known_organisation_joins_it(keeper):
    known, other = made("宁波大学", "宁大")
    Organisation.objects.filter(pk=other.pk).update(credit_code=CODES[0])

    decision = domain.say_same(keeper, "宁大", known.pk)

    known.refresh_from_db()
    other.refresh_from_db()
    assert (known.credit_code, other.joined_to_id) == (CODES[0], known.pk)
    domain.undo(keeper, decision.pk, "不是")
    other.refresh_from_db()
    assert (other.credit_code, other.joined_to_id, owner("宁大")) == (CODES[0], None, other.pk)


def test_new_is_remembered_and_not_proposed_again(keeper):
    (known,) = made("宁波市农业科学院")

    decision = domain.say_new(keeper, "宁波市农业科学研究院", [known.pk])
    compare_new_names()

    (double,) = Double.objects.all()
    assert (double.apart_by, decision.act) == (keeper, Act.NEW)
    assert decision.organisation_id == owner("宁波市农业科学研究院")
    domain.undo(keeper, decision.pk, "原来是一家")
    double.refresh_from_db()
    assert double.apart_at is None


def test_pair_is_kept_apart_and_looked_at_again(keeper):
    made("宁波市农业科学院", "宁波市农业科学研究院")
    compare_new_names()
    (double,) = Double.objects.all()

    assert domain.keep_apart(keeper, double.pk).apart_by == keeper
    assert domain.keep_apart(keeper, double.pk, False).apart_at is None
    assert compare_new_names() == 0


def test_decisions_and_moves_are_never_rewritten(keeper):
    decision = domain.join(keeper, *[o.pk for o in made("甲", "乙")], "理由")

    for sql in (
        "UPDATE registry_namedecision SET reason = 'x'",
        "DELETE FROM registry_namedecision",
        "UPDATE registry_namemove SET before_id = NULL",
        "DELETE FROM registry_namemove",
    ):
        with (
            pytest.raises(DatabaseError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    decision.refresh_from_db()
    assert decision.reason == "理由"


@pytest.mark.django_db(transaction=True)
def test_twenty_joins_of_one_pair_at_once_are_one():
    keeper = factories.staff(Role.CITY_EDITOR)
    kept, other = made("甲", "乙")

    outcomes = at_once([partial(_join, keeper, kept.pk, other.pk)] * 20)

    assert names_of(outcomes) == {"": 20}
    assert len({pk for _error, pk in outcomes}) == 1
    assert NameDecision.objects.count() == NameMove.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_joins_of_one_pair_in_both_directions_are_one():
    keeper = factories.staff(Role.CITY_EDITOR)
    first, second = made("甲", "乙")

    outcomes = at_once(
        [
            partial(_join, keeper, *pair)
            for pair in [(first.pk, second.pk), (second.pk, first.pk)] * 5
        ]
    )

    assert set(names_of(outcomes)) == {"", "WrongState"}
    assert NameDecision.objects.count() == 1
    assert Organisation.objects.filter(joined_to__isnull=True).count() == 1


def _join(keeper, kept, other):
    return domain.join(keeper, kept, other, "同一家").pk
