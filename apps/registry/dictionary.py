"""The dictionary's versions: what changes between them, and who may add one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CharField, Func
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User
from apps.registry.models import DEFINED, Definition, Indicator, IndicatorVersion

# What a reader compares by: a change of one of these breaks a series.
BREAKING = ("unit", "scope", "measure")


@dataclass(frozen=True)
class Difference:
    """One part of a definition that differs between two versions, in words."""

    label: str
    before: str
    after: str
    url: str = ""


class NameInYear(Func):
    """The name of an indicator in a report year, as ``Indicator.in_year`` has it, in the database.

    Takes its ``former``, the year and its name.
    """

    output_field = CharField()

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL."""
        parts = [compiler.compile(source) for source in self.source_expressions]
        former, year, name = (sql for sql, _params in parts)
        held = f"SELECT held ->> 'name' FROM jsonb_array_elements({former}) AS held"  # noqa: S608
        until = "(held -> 'until')::int"
        sql = f"coalesce(({held} WHERE {until} > {year} ORDER BY {until} LIMIT 1), {name})"
        return sql, tuple(param for _sql, params in parts for param in params)


def in_words(of: Definition, name: str) -> str:
    """Return one part of a definition as people read it."""
    if name == "units":
        return "、".join(of.units)
    display = getattr(of, f"get_{name}_display", None)
    return str(display() if display else getattr(of, name))


def differences(before: Definition, after: Definition) -> list[Difference]:
    """Return what differs between two definitions, in the order in which they are printed."""
    return [
        Difference(
            str(IndicatorVersion._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            in_words(before, name),
            in_words(after, name),
        )
        for name in DEFINED
        if getattr(before, name) != getattr(after, name)
    ]


def is_break(before: Definition, after: Definition) -> bool:
    """Say whether figures by two definitions cannot be compared, whatever their versions say."""
    return any(getattr(before, name) != getattr(after, name) for name in BREAKING)


@dataclass(frozen=True)
class Held:
    """A version with the report years that it holds for, and what it changed."""

    version: IndicatorVersion
    # The last report year; None where it holds still.
    until: int | None
    changes: Sequence[Difference]

    @property
    def years(self) -> str:
        """Return the report years in words."""
        first, last = self.version.from_year, self.until
        if not first:
            return _("until %(year)s") % {"year": last} if last else _("all years")
        if last is None:
            return _("from %(year)s") % {"year": first}
        return str(first) if first == last else f"{first}–{last}"


def held_versions(versions: Sequence[IndicatorVersion]) -> list[Held]:
    """Return the versions of one indicator, newest first, each with its years and its changes."""
    rows = sorted(versions, key=lambda version: version.from_year)
    found = [
        Held(
            row,
            rows[number + 1].from_year - 1 if number + 1 < len(rows) else None,
            differences(rows[number - 1], row) if number else [],
        )
        for number, row in enumerate(rows)
    ]
    return found[::-1]


@transaction.atomic
def define(
    actor: User,
    indicator: Indicator,
    from_year: int,
    values: Mapping[str, Any],
    reason: str,
    *,
    is_break: bool = False,
) -> IndicatorVersion:
    """Add a version of ``indicator`` from a report year on, and return it.

    Effects: the version with its reason and author; the indicator as it is defined now; a former
    name among the aliases, so that it is still found. ``values`` holds some or all of ``DEFINED``;
    what is left out stays. Raises ``PermissionDenied`` for anyone but an administrator, and
    ``ValidationError`` where nothing changes, a field does not fit, or the years were reported.
    """
    if not actor.has_role(Role.ADMINISTRATOR):
        raise PermissionDenied(_("The dictionary is kept by the administrator."))
    # One change of an indicator at a time.
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the definition changes.")})
    last = indicator.versions.order_by("-from_year").first()
    if last is None or from_year <= last.from_year:
        raise ValidationError(
            {
                "from_year": _("Choose a report year after %(year)s, the last change.")
                % {"year": last.from_year if last else 0}
            }
        )
    version = IndicatorVersion(
        indicator=indicator,
        from_year=from_year,
        is_break=is_break,
        reason=reason.strip(),
        created_by=actor,
        **{name: values.get(name, getattr(last, name)) for name in DEFINED},
    )
    version.full_clean(validate_constraints=False)
    if not differences(last, version):
        raise ValidationError(_("Nothing differs from the definition before."))
    if Indicator.objects.filter(name=version.name).exclude(pk=indicator.pk).exists():
        raise ValidationError({"name": _("Another indicator has this name.")})
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:
        raise ValidationError(
            {
                "from_year": _(
                    "Returns of %(year)s or later were reported with the definition before. Choose a year that nobody has reported yet."
                )
                % {"year": from_year}
            }
        ) from error
    version.refresh_from_db()
    former = indicator.name
    indicator.refresh_from_db()
    if former != indicator.name:
        # Found by its former name and by the sound of the new one; neither is the definition.
        indicator.aliases = list(dict.fromkeys([*indicator.aliases, former]))
        indicator.save(update_fields=["aliases", "sounds"])
    return version
