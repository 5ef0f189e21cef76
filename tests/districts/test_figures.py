"""Figures: what is stored for a line of the return, what the forms refuse, how one is printed."""

from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from apps.accounts.models import Role
from apps.cases.domain.records import save_record
from apps.cases.errors import Invalid, Locked, NotAllowed, StaleRecord
from apps.cases.kinds import record_kinds
from apps.cases.models import Revision
from apps.districts.domain import save_figure
from apps.districts.forms import FigureForm, IndicatorValueForm, read_figure
from apps.districts.models import Blank, IndicatorValue, NarrativeSection
from apps.districts.queries import indicators_of_return, own_figures
from apps.registry.models import AskedOf, District
from tests import factories
from tests.cases.support import at_once, database_digest, names_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def filler():
    return factories.staff(Role.DISTRICT_FILLER)


@pytest.fixture
def draft():
    return factories.open_return(rows=0)


def _park(parent):
    """Return a zone that has no bureau of its own."""
    return District.objects.create(
        slug="park", name="园区", name_en="Park", kind="zone", parent=parent, order=90
    )


def _all_of(revision):
    return [(f.indicator.code, f.value, f.blank) for f in factories.records_of(revision)]


def test_first_entry_is_the_bureaus_own_figure_of_the_year(draft, filler):
    spending = factories.indicator("spending")

    figure = save_figure(filler, draft.pk, spending, {"value": Decimal("3.50"), "qualifier": "超"})

    assert (
        figure.indicator,
        figure.unit,
        figure.reporting_unit,
        figure.subject,
        figure.period,
        figure.scope,
        figure.status,
        str(figure.value),
        figure.blank,
        figure.qualifier,
        figure.version,
        figure.updated_by,
    ) == (
        spending,
        "亿元",
        filler.bureau.district,
        "",
        "2023",
        "whole",
        "actual",
        "3.50",
        "",
        "超",
        1,
        filler,
    )


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        ({"value": None}, (None, Blank.MISSING)),
        ({"value": None, "blank": "withheld"}, (None, Blank.WITHHELD)),
        ({"value": Decimal(0)}, (Decimal(0), "")),
        ({"value": Decimal(3), "blank": "missing"}, (Decimal(3), "")),
    ],
)
def test_value_and_blank_agree(draft, filler, values, stored):
    figure = save_figure(filler, draft.pk, factories.indicator("spending"), values)

    assert (figure.value, figure.blank) == stored


def test_figure_is_changed_by_its_id_and_version(draft, filler):
    spending = factories.indicator("spending")
    figure = save_figure(filler, draft.pk, spending, {"value": Decimal(3)})

    changed = save_figure(
        filler, draft.pk, spending, {"value": Decimal(4)}, uid=figure.uid, version=1
    )

    assert (changed.pk, changed.value, changed.version) == (figure.pk, Decimal(4), 2)


def test_first_entry_of_a_figure_that_is_there_is_stale_unless_it_is_the_same(draft, filler):
    spending = factories.indicator("spending")
    figure = save_figure(filler, draft.pk, spending, {"value": Decimal(3)})

    assert save_figure(filler, draft.pk, spending, {"value": Decimal(3)}) == figure
    with pytest.raises(StaleRecord) as refusal:
        save_figure(filler, draft.pk, spending, {"value": Decimal(4)})
    assert refusal.value.current == figure
    assert _all_of(draft) == [("spending", Decimal(3), "")]


@pytest.mark.parametrize("value", [3, 4])
def test_stranger_is_told_nothing_of_a_figure(draft, filler, value):
    spending = factories.indicator("spending")
    save_figure(filler, draft.pk, spending, {"value": Decimal(3)})
    stranger = factories.person(Role.DISTRICT_FILLER, factories.district("cixi"))

    with pytest.raises(Revision.DoesNotExist):
        save_figure(stranger, draft.pk, spending, {"value": Decimal(value)})


def test_figure_is_entered_by_the_filler_into_an_open_return(draft, filler):
    spending = factories.indicator("spending")
    signatory = factories.staff(Role.DISTRICT_SIGNATORY)
    before = database_digest()

    with pytest.raises(NotAllowed):
        save_figure(signatory, draft.pk, spending, {"value": Decimal(3)})
    assert database_digest() == before

    reported = factories.submitted_case("district-returns", year=2030)
    with pytest.raises(Locked):
        save_figure(filler, reported.pk, spending, {"value": Decimal(3)})


@pytest.mark.django_db(transaction=True)
def test_first_entry_by_ten_at_once_is_one_figure():
    revision = factories.open_return(rows=0)
    filler, spending = factories.staff(Role.DISTRICT_FILLER), factories.indicator("spending")

    outcomes = at_once(
        [
            partial(save_figure, filler, revision.pk, spending, {"value": Decimal(n % 2)})
            for n in range(10)
        ]
    )

    assert names_of(outcomes) == {"": 5, "StaleRecord": 5}
    assert len(factories.records_of(revision)) == 1


def test_indicators_of_a_return_are_those_asked_of_districts():
    factories.indicator("a", asked_of=AskedOf.CITY, order=1)
    both = factories.indicator("b", asked_of=AskedOf.BOTH, order=3)
    own = factories.indicator("c", asked_of=AskedOf.DISTRICT, order=2)

    assert indicators_of_return(2024) == [own, both]


def test_own_figures_are_those_of_the_unit_in_printed_order():
    place = factories.district("beilun").district
    park = _park(place)
    revision = factories.open_return(
        rows=[
            factories.figure_values(2),
            factories.figure_values(1),
            factories.figure_values(3, reporting_unit=park),
        ]
    )

    assert [f.indicator.code for f in own_figures(revision, place)] == [
        "indicator-2",
        "indicator-1",
    ]


# Forms


def _whole(**values):
    values = {
        "indicator": factories.indicator("spending").pk,
        "unit": "亿元",
        "period": "2023",
        "reporting_unit": factories.district().district.pk,
        "status": "actual",
        "value": "3.50",
        **values,
    }
    return IndicatorValueForm(values)


def test_whole_figure_is_cleaned_with_its_digits():
    form = _whole()

    assert form.is_valid(), form.errors
    assert (str(form.values["value"]), form.values["blank"]) == ("3.50", "")
    assert "version" not in form.values


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"unit": "元"}, {"unit": ["Indicator spending is given in 亿元."]}),
        (
            {"blank": "missing"},
            {"blank": ["Give a value, or say why there is none, not both."]},
        ),
        (
            {"value": "三"},
            {
                "value": [
                    "This is not a number. Type digits only, such as 1234.5: the unit and words such "
                    "as “about” have fields of their own."
                ]
            },
        ),
        ({"indicator": ""}, {"indicator": ["This field is required."]}),
    ],
)
def test_whole_figure_that_does_not_fit_is_refused(values, errors):
    assert _whole(**values).errors == errors


def test_whole_figure_without_a_value_is_missing():
    form = _whole(value="")

    assert form.is_valid(), form.errors
    assert (form.values["value"], form.values["blank"]) == (None, Blank.MISSING)


def test_line_refuses_a_value_with_a_reason_for_none():
    assert FigureForm({"value": "3", "blank": "withheld"}).errors == {
        "blank": ["Give a value, or say why there is none, not both."]
    }


def test_line_of_a_stored_figure_starts_from_its_version(draft, filler):
    figure = save_figure(filler, draft.pk, factories.indicator("spending"), {"value": Decimal(3)})

    form = FigureForm({"value": "", "blank": ""}, instance=figure)

    assert form["version"].initial == 1
    assert form.is_valid(), form.errors
    assert form.values["blank"] == Blank.MISSING


@pytest.mark.parametrize(
    ("values", "read"),
    [
        ({"value": 0, "blank": "x"}, {"value": 0, "blank": ""}),
        ({"value": None}, {"value": None, "blank": "missing"}),
        ({"value": None, "blank": "withheld"}, {"value": None, "blank": "withheld"}),
    ],
)
def test_read_figure_makes_value_and_blank_agree(values, read):
    assert read_figure(values) == read


# Print


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        ({"value": Decimal("58.80")}, "58.80亿元"),
        ({"value": Decimal("58.80"), "qualifier": "超"}, "超58.80亿元"),
        ({"value": Decimal(300), "qualifier": "余"}, "300余亿元"),
        ({"value": Decimal(300), "qualifier": "以上"}, "300亿元以上"),
        ({"value": None, "blank": "not_applicable"}, "not applicable"),
        ({"value": Decimal("1E+3")}, "1000亿元"),
    ],
)
def test_figure_is_printed_with_qualifier_and_unit(values, printed):
    figure = IndicatorValue(**factories.figure_values(**values))

    assert figure.printed == printed
    assert str(figure) == f"Indicator indicator-1 {printed}"


def test_section_says_its_heading():
    assert str(NarrativeSection(heading="创新平台")) == "创新平台"


@pytest.mark.parametrize("qualifier", ["120", "１２", "约5"])
def test_number_typed_into_the_field_for_words_is_refused(qualifier: str):
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        IndicatorValue(qualifier=qualifier).clean()

    assert (
        "the number belongs in the field of the value" in refusal.value.message_dict["qualifier"][0]
    )


@pytest.mark.parametrize("qualifier", ["", "近…余", "超过", "不低于", "约"])
def test_words_before_a_number_are_taken(qualifier: str):
    IndicatorValue(qualifier=qualifier).clean()


@pytest.mark.parametrize(
    ("slug", "is_own"),
    [("beilun", True), ("park", True), ("yinzhou", False), ("ningbo", False), ("gaoxin", False)],
)
def test_a_return_holds_figures_of_its_own_units_only(slug, is_own):
    revision = factories.open_return(rows=0)
    factories.district("yinzhou")
    factories.zone()
    factories.city()
    _park(revision.case.bureau.district)
    values = factories.figure_values(reporting_unit=District.objects.get(slug=slug))
    kind, filler = record_kinds["indicator-values"], factories.filler_of(revision)

    if is_own:
        assert save_record(filler, revision.pk, kind, values).reporting_unit.slug == slug
        return
    with pytest.raises(Invalid) as refused:
        save_record(filler, revision.pk, kind, values)
    assert list(refused.value.errors) == ["reporting_unit"]
    assert not factories.records_of(revision)


def test_the_citys_own_figures_are_of_any_unit():
    factories.district("yinzhou")
    values = factories.figure_values(reporting_unit=District.objects.get(slug="yinzhou"))

    revision = factories.open_list("city-figures", [values])

    assert factories.records_of(revision)[0].reporting_unit.slug == "yinzhou"
