"""Roles and bureaus that fit together, in the form and in the database."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import override

from apps.accounts.models import Bureau, Role, User

from .conftest import MakeUser

MISFITS = [
    (["district_filler"], "city", "bureau"),
    (["district_signatory"], None, "bureau"),
    (["city_editor"], "beilun", "bureau"),
    (["city_reviewer"], None, "bureau"),
    (["city_publisher", "district_filler"], "city", "bureau"),
    (["auditor", "city_editor"], "city", "roles"),
    (["administrator", "auditor"], "city", "roles"),
]


@pytest.mark.parametrize(("roles", "bureau", "field"), MISFITS)
def test_misfit_is_refused_by_the_form_and_by_the_database(
    city: Bureau, beilun: Bureau, roles: list[str], bureau: str | None, field: str
) -> None:
    home = Bureau.objects.filter(slug=bureau).first()
    user = User(username="x", password="x", roles=roles, bureau=home)

    with pytest.raises(ValidationError) as refusal:
        user.clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        user.save()

    assert list(refusal.value.message_dict) == [field]


@pytest.mark.parametrize("role", Role.values)
def test_role_in_its_bureau_is_taken(make_user: MakeUser, role: str) -> None:
    user = make_user(role)

    user.full_clean()

    assert user.has_role(role)
    assert user.is_staff is (role == "administrator")


def test_bulk_update_is_refused_too(filler: User, city: Bureau) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(bureau=city)


def test_staff_mark_follows_the_role(make_user: MakeUser) -> None:
    user = make_user(Role.ADMINISTRATOR, is_staff=False)
    assert user.is_staff
    user.roles = []
    user.save(update_fields=["roles"])
    user.refresh_from_db()

    assert not user.is_staff


def test_nobody_is_superuser(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_superuser("root")


@pytest.mark.parametrize("field", ["slug", "kind"])
def test_identity_of_a_bureau_stays(beilun: Bureau, field: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_bureau SET {field} = 'zone' WHERE slug = 'beilun'")

    Bureau.objects.filter(slug="beilun").update(name="北仑区科学技术局")


def test_words_of_a_person(make_user: MakeUser) -> None:
    user = make_user(full_name="张三", roles=["district_filler", "district_signatory"])

    with override("en"):
        assert user.role_names == ["district filler", "district signatory"]
        assert user.role_words == "district filler、district signatory"
        assert str(user.bureau) == "Beilun Bureau"
    assert (str(user), user.get_full_name(), user.name_in_pinyin) == ("张三", "张三", "zhangsan")
    assert str(User(username="nameless")) == "nameless"


def test_city_official_is_active_and_in_a_city_role(make_user: MakeUser) -> None:
    editor = make_user(Role.CITY_EDITOR)

    assert editor.is_city_official
    editor.is_active = False
    assert not editor.is_city_official
