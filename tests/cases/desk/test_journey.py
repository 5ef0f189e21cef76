"""A newcomer's year: a figure from the district's desk to the public page."""

import pytest
from django.urls import reverse

from apps.accounts.models import Role
from apps.cases.models import Case, Notification, State
from tests import factories as f
from tests.cases.desk.pages import form_values, post_step, row_url, said, signed_in

pytestmark = pytest.mark.django_db


def test_figure_goes_from_the_filler_to_the_public() -> None:
    f.reporting_year(2024)
    indicator = f.indicator("rd-spending")
    filler, signatory = f.staff(Role.DISTRICT_FILLER), f.staff(Role.DISTRICT_SIGNATORY)
    desk = {
        role: signed_in(f.staff(role))
        for role in (
            Role.DISTRICT_FILLER,
            Role.DISTRICT_SIGNATORY,
            Role.CITY_REVIEWER,
            Role.CITY_PUBLISHER,
        )
    }

    # The filler begins the missing return, enters a figure, and corrects it.
    home = desk[Role.DISTRICT_FILLER].get("/desk/")
    assert [(item.kind.code, item.year) for item in home.context["missing"]] == [
        ("district-returns", 2024)
    ]
    begun = desk[Role.DISTRICT_FILLER].post(
        "/desk/cases/new/", {"kind": "district-returns", "year": 2024}
    )
    case = Case.objects.get(kind="district-returns", bureau=filler.bureau, year=2024)
    assert begun["Location"] == f"/desk/cases/{case.pk}/"
    new = f"/desk/cases/{case.pk}/rows/indicator-values/new/"
    blank = form_values(desk[Role.DISTRICT_FILLER].get(new))
    entered = desk[Role.DISTRICT_FILLER].post(
        new,
        {
            **blank,
            "indicator": indicator.pk,
            "unit": "亿元",
            "period": "2024",
            "value": "12.5",
            "reporting_unit": f.district().district.pk,
            "blank": "",
            "once": "a",
        },
    )
    assert entered.status_code == 302
    revision = case.revisions.get()
    [row] = f.records_of(revision)
    page = desk[Role.DISTRICT_FILLER].get(row_url(revision, row))
    changed = desk[Role.DISTRICT_FILLER].post(
        row_url(revision, row), {**form_values(page), "value": "13.5"}
    )
    assert changed.status_code == 302
    for finding in revision.findings.all():
        desk[Role.DISTRICT_FILLER].post(
            f"/desk/cases/{case.pk}/findings/{finding.pk}/",
            {"decision": "explain", "category": "as_is", "text": "经与统计部门核对，数据无误。"},
        )

    # It is handed over, signed and reported, accepted, approved, published.
    for role, name, state in (
        (Role.DISTRICT_FILLER, "hand_over", State.CHECKING),
        (Role.DISTRICT_SIGNATORY, "submit", State.SUBMITTED),
        (Role.CITY_REVIEWER, "accept", State.REVIEWING),
    ):
        done = post_step(desk[role], f.fresh(revision), name)
        assert done.status_code == 302, said(done)
        assert f.fresh(revision).state == state
    for finding in revision.findings.all():
        desk[Role.CITY_REVIEWER].post(
            f"/desk/cases/{case.pk}/findings/{finding.pk}/", {"decision": "accepted", "text": ""}
        )
    for role, name, state in (
        (Role.CITY_REVIEWER, "approve", State.APPROVED),
        (Role.CITY_PUBLISHER, "publish", State.PUBLISHED),
    ):
        done = post_step(desk[role], f.fresh(revision), name)
        assert done.status_code == 302, said(done)
        assert f.fresh(revision).state == state

    # Everybody's page says so; the signature is stored; the row is public with its trace.
    published = f.fresh(revision)
    page = desk[Role.DISTRICT_FILLER].get(f"/desk/cases/{case.pk}/")
    assert page.context["statement"].actor == signatory
    assert page.context["statement"].content_hash == published.approved_hash
    assert page.context["events"][0][1] == "Publish"
    history = desk[Role.DISTRICT_FILLER].get(row_url(revision, row, "history/"))
    [changed, *_] = history.context["entries"]
    assert [change.name for change in changed["changes"]] == ["value"]
    public = desk[Role.DISTRICT_FILLER].get(
        reverse("publications:record", args=["indicator-values", row.uid])
    )
    assert public.status_code == 200
    assert "13.5" in public.content.decode()
    # Each hand-over told the next person.
    told = Notification.objects.filter(event__revision=revision)
    assert {role for n in told for role in n.recipient.roles} == {
        Role.DISTRICT_FILLER,
        Role.DISTRICT_SIGNATORY,
        Role.CITY_REVIEWER,
        Role.CITY_PUBLISHER,
    }
