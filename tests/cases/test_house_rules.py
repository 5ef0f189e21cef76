"""What every kind of case has to bring along, whoever adds one."""

import importlib
from pathlib import Path

import django_filters
import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation

from apps.cases.filters import RecordFilterSet
from apps.cases.kinds import (
    Kind,
    kinds,
    listed_record_kinds,
    record_kind_of,
    record_kinds,
    register,
)
from apps.cases.models import Record
from apps.cases.tables import RecordTable
from apps.registry.models import Organisation

TESTS = Path(__file__).parent.parent
KINDS = sorted(record_kinds)
RECORD_MODELS = [model for model in apps.get_models() if issubclass(model, Record)]

# DESIGN §6: the names anything outside may rely on.
FIXED_NAMES = {
    "awards": {
        "programme",
        "award_class",
        "grade",
        "award_year",
        "title",
        "organisations",
        "people",
        "flags",
    },
    "laureates": {"programme", "award_year", "name", "employer", "nominator"},
    "certifications": {"platform", "type", "level", "year", "hosts", "district", "status"},
    "roster-entries": {
        "roster",
        "year",
        "rank",
        "title",
        "organisation",
        "district",
        "certificate_number",
        "credit_code",
    },
    "indicator-values": {
        "indicator",
        "unit",
        "reporting_unit",
        "subject",
        "period",
        "scope",
        "value",
        "qualifier",
        "comparison",
        "rank",
        "status",
        "source_line",
    },
    "policies": {"title", "category", "year"},
    "events": {"date_from", "date_to", "title"},
    "narrative-sections": {"heading", "text"},
    "list-statements": {"title", "says", "claim", "reason", "row_kind"},
}
EVERYWHERE = {"id", "url", "release", "revision"}
# What a row has beyond the fixed names. A name that goes is a breach; one that comes is said here.
MORE = {
    "awards": {"announced_on", "report_year"},
    "laureates": {"flags", "report_year"},
    "certifications": {
        "batch",
        "document_number",
        "valid_from",
        "valid_to",
        "flags",
        "report_year",
    },
    "roster-entries": {"flags", "report_year"},
    "indicator-values": {"blank", "flags", "quoted_from", "quoted_on", "report_year"},
    "policies": {"note", "document_number", "issued_on", "flags", "report_year"},
    "events": {"note", "flags", "report_year"},
    "narrative-sections": {"report_year"},
    "list-statements": {"report_year"},
}


@pytest.mark.parametrize("model", RECORD_MODELS)
def test_every_record_model_is_declared_and_tested(model):
    app = model._meta.app_label

    assert record_kind_of(model).model is model
    assert list((TESTS / app).glob("**/test_*.py")), f"tests/{app}/ has no test"


@pytest.mark.parametrize("kind", kinds.values(), ids=list(kinds))
def test_every_rule_of_every_kind_is_named_in_its_apps_tests(kind):
    app = kind.records[0].model._meta.app_label
    written = "".join(
        path.read_text(encoding="utf-8") for path in (TESTS / app).glob("**/test_*.py")
    )

    assert [rule.__name__ for rule in kind.checks if rule.__name__ not in written] == []


@pytest.mark.parametrize("code", KINDS)
def test_every_content_field_is_a_field_of_the_model_and_nothing_else_is(code):
    kind = record_kinds[code]
    own = {
        field.name
        for field in kind.model._meta.get_fields()
        if field.concrete and field.name not in {f.name for f in Record._meta.get_fields()}
    } - {"id"}

    assert set(kind.fields) == own
    assert len(kind.fields) == len(set(kind.fields))
    assert set(kind.natural_key) | {kind.title_field} | set(kind.mentions) <= own
    assert {path.split("__")[0] for path in kind.search_fields} <= own
    assert {path.split("__")[0] for path in kind.select_related} == {
        name for name in kind.fields if kind.model._meta.get_field(name).is_relation
    }


@pytest.mark.parametrize("code", KINDS)
def test_every_form_edits_every_content_field(code):
    kind = record_kinds[code]

    assert list(kind.form._meta.fields) == list(kind.fields)
    assert kind.form._meta.model is kind.model
    with pytest.raises(NotImplementedError):
        kind.form(instance=kind.model()).save()


@pytest.mark.parametrize("code", KINDS)
def test_every_serializer_gives_the_fixed_names(code):
    kind = record_kinds[code]

    names = list(kind.serializer().get_fields())

    assert set(names) == FIXED_NAMES[code] | EVERYWHERE | MORE[code]
    assert names[-4:] == ["id", "url", "release", "revision"]
    assert kind.serializer.Meta.model is kind.model


@pytest.mark.parametrize("code", KINDS)
def test_every_column_of_every_table_is_sortable_and_named(code):
    kind = record_kinds[code]
    table = kind.table([])

    assert issubclass(kind.table, RecordTable)
    assert [column.name for column in table.columns if not column.orderable] == []
    assert [column.name for column in table.columns if not str(column.header).strip()] == []
    for column in table.columns:
        # What a column sorts by is a path of the model, so the database can do it.
        for path in column.order_by:
            kind.model.objects.order_by(path.lstrip("-"))


@pytest.mark.django_db
@pytest.mark.parametrize("code", KINDS)
def test_every_column_sorts_in_the_database(code):
    kind = record_kinds[code]
    table = kind.table(kind.model.objects.all())
    names = [column.name for column in table.columns]

    for name in [*names, *(f"-{n}" for n in names)]:
        table.order_by = name
        assert list(table.rows) == []


@pytest.mark.django_db
@pytest.mark.parametrize("code", KINDS)
def test_every_filter_has_a_label(code):
    filterset = record_kinds[code].filterset({}, queryset=record_kinds[code].model.objects.all())

    assert issubclass(type(filterset), RecordFilterSet)
    assert [name for name, f in filterset.filters.items() if not str(f.label or "").strip()] == []
    assert set(filterset.facets) <= set(filterset.filters)
    assert {"q", "report_year"} <= set(filterset.filters)


@pytest.mark.django_db
@pytest.mark.parametrize("code", KINDS)
def test_every_filter_answers_any_value_without_an_error(code):
    kind = record_kinds[code]
    for name in kind.filterset.base_filters:
        for value in ("", "甲", "2023", "\x00", "x" * 500, "-1", "NULL", "2023-01-01"):
            filterset = kind.filterset({name: value}, queryset=kind.model.objects.all())
            if filterset.is_valid():
                assert list(filterset.qs) == []
            filterset.facet_counts()


@pytest.mark.parametrize("code", KINDS)
def test_every_filter_is_one_of_django_filters(code):
    for declared in record_kinds[code].filterset.base_filters.values():
        assert isinstance(declared, django_filters.Filter)


@pytest.mark.parametrize("app", ["awards", "platforms", "enterprises", "districts", "gazette"])
def test_every_model_field_has_a_name_in_words(app):
    for model in apps.get_app_config(app).get_models():
        if not issubclass(model, Record):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.BigAutoField):
                continue
            with translation.override(None):
                assert str(field.verbose_name) != field.name.replace("_", " ") or str(
                    field.verbose_name
                ) in {"revision", "position", "version", *_PLAIN}, field


# Names that are plain English words, the same as the field's.
_PLAIN = {
    "programme",
    "grade",
    "award year",
    "announced on",
    "name",
    "employer",
    "nominator",
    "platform",
    "type",
    "level",
    "year",
    "batch",
    "district",
    "status",
    "document number",
    "valid from",
    "valid to",
    "roster",
    "organisation",
    "certificate number",
    "title",
    "category",
    "note",
    "issued on",
    "indicator",
    "unit",
    "reporting unit",
    "subject",
    "period",
    "scope",
    "value",
    "qualifier",
    "comparison",
    "rank",
    "quoted from",
    "date of the source",
    "heading",
    "text",
}


def test_record_kinds_with_a_listing_have_a_path_of_their_own():
    listed = listed_record_kinds()

    assert [kind.code for kind in listed] == [
        code for code in record_kinds if code not in {"narrative-sections", "list-statements"}
    ]
    assert {kind.code: kind.path for kind in listed} == {
        "awards": "awards/",
        "laureates": "awards/laureates/",
        "certifications": "platforms/",
        "roster-entries": "enterprises/",
        "indicator-values": "indicators/",
        "policies": "policies/",
        "events": "events/",
    }


def test_kind_declared_twice_is_an_error():
    with pytest.raises(ValueError, match="case kind awards is declared twice"):
        register(kinds["awards"])


def test_record_kind_declared_twice_is_an_error():
    from dataclasses import replace

    other = Kind(
        code="other",
        label="x",
        records=(replace(record_kinds["awards"]),),
        filled_by=kinds["awards"].filled_by,
    )
    try:
        with pytest.raises(ValueError, match="record kind awards is declared twice"):
            register(other)
    finally:
        kinds.pop("other", None)


def test_model_without_a_kind_is_unknown():
    with pytest.raises(KeyError):
        record_kind_of(Organisation)


def test_every_kind_is_found_without_being_named_anywhere():
    for config in apps.get_app_configs():
        if config.name.startswith("apps.") and (Path(config.path) / "kind.py").exists():
            module = importlib.import_module(f"{config.name}.kind")
            assert module.__name__.endswith(".kind")
    assert sorted(kinds) == [
        "awards",
        "certifications",
        "city-figures",
        "district-returns",
        "events",
        "laureates",
        "policies",
        "roster-entries",
    ]


def test_name_list_is_edited_one_name_per_line():
    field = record_kinds["awards"].form.base_fields["organisations"]

    assert field.prepare_value(["甲", "乙"]) == "甲\n乙"
    assert field.prepare_value("甲\n乙") == "甲\n乙"
    assert field.clean(" 甲 \n\n乙\n") == ["甲", "乙"]
    assert field.clean(["乙", "甲"]) == ["乙", "甲"]
    assert field.has_changed(["甲"], "甲\n") is False
    assert field.has_changed(["甲", "乙"], "乙\n甲") is True
    assert field.has_changed(None, "甲") is True
    with pytest.raises(ValidationError):
        field.clean("")
