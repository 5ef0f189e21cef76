"""Names of organisations: which are one, and that each is made once."""

from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.registry.domain import names_for
from apps.registry.models import Organisation, OrganisationName
from apps.registry.names import organisation_key
from tests.cases.support import at_once, names_of


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("宁波大学", "宁波大学"),
        ("吉利汽车研究院（宁波）有限公司", "吉利汽车研究院(宁波)有限公司"),
        ("吉利汽车研究院(宁波)有限公司", "吉利汽车研究院(宁波)有限公司"),
        (" 宁波　大学\n", "宁波大学"),
        ("ＮＢ－１２３", "nb-123"),
        ("Ningbo University", "ningbouniversity"),
        ("STRASSE straße", "strassestrasse"),
        ("", ""),
    ],
)
def test_key_drops_width_blanks_and_case(printed, key):
    assert organisation_key(printed) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("宁波吉利汽车研究开发有限公司", "吉利汽车研究院（宁波）有限公司"),
        ("中国石化", "中国石化镇海分公司"),
        ("雅戈尔集团", "雅戈尔"),
        ("王伟", "王玮"),
    ],
)
def test_key_keeps_what_tells_names_apart(one, other):
    assert organisation_key(one) != organisation_key(other)


@given(st.text())
def test_key_of_a_key_is_the_key(text):
    key = organisation_key(text)

    assert organisation_key(key) == organisation_key(organisation_key(key))


@pytest.mark.django_db
def test_new_names_get_an_organisation_each():
    names = names_for(["宁波大学", "镇海炼化"])

    assert {printed: name.name for printed, name in names.items()} == {
        "宁波大学": "宁波大学",
        "镇海炼化": "镇海炼化",
    }
    assert set(Organisation.objects.values_list("name", "names__key")) == {
        ("宁波大学", "宁波大学"),
        ("镇海炼化", "镇海炼化"),
    }


@pytest.mark.django_db
def test_known_name_is_found_by_its_key_whatever_its_brackets():
    known = names_for(["甲（宁波）公司"])["甲（宁波）公司"]

    names = names_for(["甲(宁波)公司", "甲 （宁波） 公司"])

    assert set(names.values()) == {known}
    assert Organisation.objects.count() == 1


@pytest.mark.django_db
def test_two_printings_of_one_new_name_are_one():
    names = names_for(["甲(宁波)公司", "甲（宁波）公司"])

    assert len(set(names.values())) == 1
    # Which of the two printings stays is always the same.
    assert Organisation.objects.get().name == "甲(宁波)公司"


@pytest.mark.django_db
def test_no_names_are_no_names():
    assert names_for([]) == {}


@pytest.mark.django_db
def test_names_take_a_constant_number_of_queries():
    def queries(count):
        with CaptureQueriesContext(connection) as captured:
            names_for(f"单位{count}-{n}" for n in range(count))
        return len(captured)

    assert queries(1) == queries(200)


@pytest.mark.django_db
def test_name_moved_to_another_organisation_is_followed():
    old, new = names_for(["甲", "乙"]).values()
    old.organisation = new.organisation
    old.save()

    assert names_for(["甲"])["甲"].organisation == new.organisation


@pytest.mark.django_db
def test_name_keeps_its_key_and_says_itself():
    organisation = Organisation.objects.create(name="甲")
    name = OrganisationName.objects.create(organisation=organisation, name="甲 （宁波）")

    assert (str(organisation), str(name), name.key) == ("甲", "甲 （宁波）", "甲(宁波)")


@pytest.mark.django_db(transaction=True)
def test_same_new_name_from_two_at_once_is_one_organisation():
    for number in range(5):
        outcomes = at_once([partial(_named, [f"新单位{number}", "旧单位"])] * 4)

        assert names_of(outcomes) == {"": 4}
        assert len({tuple(found) for _error, found in outcomes}) == 1
    assert Organisation.objects.count() == OrganisationName.objects.count() == 6


def _named(printed):
    with transaction.atomic():
        return [name.pk for name in names_for(printed).values()]
