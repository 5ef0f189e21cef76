"""The shared vocabulary: districts, organisations and their names, years, the indicator dictionary."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Bureau
from apps.registry import triggers
from apps.registry.indicators import DEFINED as DEFINED
from apps.registry.indicators import Aggregation as Aggregation
from apps.registry.indicators import AskedOf as AskedOf
from apps.registry.indicators import Definition as Definition
from apps.registry.indicators import Indicator as Indicator
from apps.registry.indicators import IndicatorVersion as IndicatorVersion
from apps.registry.indicators import Measure as Measure
from apps.registry.indicators import ScopeRule as ScopeRule
from apps.registry.indicators import ValueSource as ValueSource
from apps.registry.indicators import ValueType as ValueType
from apps.registry.indicators import in_english
from apps.registry.names import CoreField, organisation_key
from apps.registry.sounds import SoundsField


class DistrictKind(models.TextChoices):
    """What a reporting unit is (DOMAIN §1)."""

    CITY = "city", _("city")
    DIVISION = "division", _("county-level division")
    ZONE = "zone", _("functional zone")


class District(models.Model):
    """A reporting unit: the city itself, a county-level division, or a functional zone inside one."""

    slug = models.SlugField(_("short code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=DistrictKind)
    # Division code of GB/T 2260; a functional zone has none.
    code = models.CharField(_("division code"), max_length=6, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("lies in"),
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    bureau = models.OneToOneField(
        Bureau,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="district",
        verbose_name=_("bureau"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    # Where its tile lies on the map of tiles, counted from 1; a unit without one is not on it.
    tile_row = models.PositiveSmallIntegerField(_("row on the map"), null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(_("column on the map"), null=True, blank=True)
    sounds = SoundsField(_("pinyin"), of=["name"])

    class Meta:
        ordering = ["order", "code", "slug"]
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="division_code_once"
            ),
            models.CheckConstraint(
                name="division_has_a_code_and_a_zone_has_none",
                condition=Q(kind="zone", code="") | (~Q(kind="zone") & ~Q(code="")),
            ),
            models.CheckConstraint(
                name="tile_has_row_and_column",
                condition=Q(tile_row__isnull=True, tile_column__isnull=True)
                | Q(tile_row__gte=1, tile_column__gte=1),
            ),
        ]
        # The code stands in content hashes.
        triggers = [pgtrigger.ReadOnly(name="district_identity", fields=["slug"])]

    def __str__(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if in_english() else self.name


class ReportingYear(models.Model):
    """A year that is reported: from when districts fill it, and until when."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))

    class Meta:
        ordering = ["-year"]
        verbose_name = _("reporting year")
        verbose_name_plural = _("reporting years")
        constraints = [
            models.CheckConstraint(
                name="due_after_opening", condition=Q(due_on__gte=models.F("opens_on"))
            )
        ]

    def __str__(self) -> str:
        """Return the year."""
        return str(self.year)


class ReportingTerm(models.Model):
    """The days of one kind of case in one year, where they are not the year's own."""

    kind = models.CharField(_("kind of case"), max_length=30)
    year = models.ForeignKey(
        ReportingYear, on_delete=models.PROTECT, related_name="terms", verbose_name=_("year")
    )
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("due on"))

    class Meta:
        ordering = ["-year", "kind"]
        verbose_name = _("reporting term")
        verbose_name_plural = _("reporting terms")
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="one_term_per_kind_and_year"),
            models.CheckConstraint(
                name="term_due_after_opening", condition=Q(due_on__gte=models.F("opens_on"))
            ),
        ]

    def __str__(self) -> str:
        """Return the kind and the year."""
        return f"{self.kind} {self.year_id}"


class NoticeRule(models.Model):
    """From which report year on cases of a kind are put on public notice 公示, and for how long.

    A bureau changes this by adding a rule; the one with the latest year up to the case's counts.
    Nought working days end a notice duty.
    """

    kind = models.CharField(_("kind of case"), max_length=30)
    from_year = models.PositiveSmallIntegerField(_("from report year"))
    working_days = models.PositiveSmallIntegerField(_("working days"))

    class Meta:
        ordering = ["kind", "-from_year"]
        verbose_name = _("public notice rule")
        verbose_name_plural = _("public notice rules")
        constraints = [
            models.UniqueConstraint(fields=["kind", "from_year"], name="one_notice_rule_a_year")
        ]

    def __str__(self) -> str:
        """Return the kind and the year."""
        return f"{self.kind} {self.from_year}"


class FormVersion(models.Model):
    """The head of a form 表头: what 统计法 art. 16 wants on every form that asks for figures.

    One kind of case has one form; a changed head is a new version from a later report year. The
    database locks a version once a case of its kind and years is there. One that was wrong is
    corrected by a further edition of the same year, with its reason; what was made with the former
    edition keeps it.
    """

    kind = models.CharField(_("kind of case"), max_length=30)
    from_year = models.PositiveSmallIntegerField(_("from report year"))
    number = models.CharField(_("form number"), max_length=40)
    authority = models.CharField(_("issued by"), max_length=100)
    # Blank until the statistics office has approved or recorded the form.
    approval = models.CharField(_("approval or record number"), max_length=80, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    edition = models.PositiveSmallIntegerField(_("edition"), default=1, editable=False)
    reason = models.CharField(
        _("reason of the correction"),
        max_length=200,
        blank=True,
        help_text=_("Only where the head of a year is corrected that is there already."),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["kind", "-from_year", "-edition"]
        verbose_name = _("form head")
        verbose_name_plural = _("form heads")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "from_year", "edition"], name="one_form_head_a_year"
            ),
            models.CheckConstraint(
                name="corrected_form_head_says_why", condition=Q(edition=1) | ~Q(reason="")
            ),
        ]
        triggers = [triggers.form_version_locks_in_use()]

    def __str__(self) -> str:
        """Return the form's number and the year from which it holds."""
        return f"{self.number} {self.from_year}"

    @property
    def lines(self) -> list[dict[str, str]]:
        """Return the head as label and value, in the order in which forms print it.

        A part that is not entered is left out: the administrator is told (``missing``).
        """
        valid = f"{self.valid_until:%Y-%m}" if self.valid_until else ""
        named = {
            "number": self.number,
            "authority": self.authority,
            "approval": self.approval,
            "valid_until": valid,
        }
        return [
            {"label": self._label(name), "value": value} for name, value in named.items() if value
        ]

    @property
    def missing(self) -> list[str]:
        """Return what the law wants of the head and is not entered yet, in words."""
        return [
            self._label(name)
            for name in ("number", "authority", "approval", "valid_until")
            if not getattr(self, name)
        ]

    def _label(self, name: str) -> str:
        return str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


class TruthStatement(models.Model):
    """The sentence a signatory signs (统计法 arts 17 and 24). Never rewritten: a new wording is a new row.

    Of the statements for a kind of case, else for every kind, the one with the latest year up to
    the case's counts, and of those the newest row. Its number is its version.
    """

    kind = models.CharField(
        _("kind of case"), max_length=30, blank=True, help_text=_("Blank: every kind of case.")
    )
    from_year = models.PositiveSmallIntegerField(_("from report year"))
    text = models.TextField(_("statement"), max_length=1000)

    class Meta:
        ordering = ["kind", "-from_year", "-id"]
        verbose_name = _("statement to be signed")
        verbose_name_plural = _("statements to be signed")
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        """Return the sentence."""
        return self.text


class NarrativeLimit(models.Model):
    """How long a section of a return's narrative is to be, in characters as offices count them.

    The row for its heading counts, else the one without a heading, else there is no limit.
    """

    heading = models.CharField(
        _("heading"),
        max_length=60,
        unique=True,
        blank=True,
        help_text=_("Blank: every section without a row of its own."),
    )
    least = models.PositiveIntegerField(_("at least"), default=0)
    most = models.PositiveIntegerField(_("at most"))
    is_strict = models.BooleanField(
        _("blocks the report"),
        default=False,
        help_text=_("Without it, a return that breaks the limit may explain why."),
    )

    class Meta:
        ordering = ["heading"]
        verbose_name = _("narrative limit")
        verbose_name_plural = _("narrative limits")
        constraints = [
            models.CheckConstraint(
                name="narrative_limit_is_a_span", condition=Q(most__gte=models.F("least"))
            )
        ]

    def __str__(self) -> str:
        """Return the heading and the limit."""
        return f"{self.heading or '*'} {self.least}–{self.most}"


class CalendarDay(models.Model):
    """A day that departs from the week: a holiday, or a make-up working day (State Council notice)."""

    date = models.DateField(_("date"), primary_key=True)
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        ordering = ["date"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        """Return the date and what it is."""
        return f"{self.date} {self.name}"


class Organisation(models.Model):
    """An organisation: one record, whatever names it is printed under."""

    name = models.CharField(_("name"), max_length=200)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("district"),
    )
    # All its names are this one's now: its page leads there. Written by a NameDecision alone.
    joined_to = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="joined",
        verbose_name=_("joined to"),
    )

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                name="joined_to_another", condition=~Q(joined_to=models.F("id"))
            ),
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="credit_code_once"
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class OrganisationName(models.Model):
    """A name under which an organisation is printed. ``key`` is the name without variants of width.

    Rows of published lists point here and not to the organisation, so that joining two
    organisations moves names and never touches a frozen row.
    """

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="names",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=200)
    key = models.CharField(_("comparison key"), max_length=200, editable=False)
    core = CoreField(_("core of the name"))
    sounds = SoundsField(_("pinyin"), of=["name"])

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("organisation name")
        verbose_name_plural = _("organisation names")
        constraints = [
            # Not unique=True, which adds a second index for LIKE: nobody asks that of a key.
            models.UniqueConstraint(fields=["key"], name="organisation_key_once")
        ]
        indexes = [
            # Names alike but for legal form and signs, asked with every table that is taken in.
            models.Index(fields=["core"], name="organisation_name_core"),
        ]

    def __str__(self) -> str:
        """Return the name as printed."""
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the comparison key beside the name."""
        self.key = organisation_key(self.name)
        super().save(*args, **kwargs)


class RelationKind(models.TextChoices):
    """What a relation says of its indicator."""

    SUM = "sum", _("is the sum of its parts")
    PART = "part", _("contains its parts")
    RATIO = "ratio", _("is one figure divided by another")
    STOCK = "stock", _("grows by what is new and shrinks by what is removed")
    GROWTH = "growth", _("is the growth of another figure")
    RANGE = "range", _("lies within bounds")
    REQUIRED = "required", _("is always asked for")
    VALIDITY = "validity", _("is what was new in its years of validity")


class RelationRole(models.TextChoices):
    """What the other indicator is in a relation."""

    PART = "part", _("part")
    NUMERATOR = "numerator", _("numerator")
    DENOMINATOR = "denominator", _("denominator")
    NEW = "new", _("new in the period")
    REMOVED = "removed", _("removed in the period")
    BASE = "base", _("what grows")
    MOVED_IN = "moved_in", _("moved in from elsewhere")
    MOVED_OUT = "moved_out", _("moved elsewhere")


_ROLES_OF_A_KIND = {
    RelationKind.SUM: [RelationRole.PART],
    RelationKind.PART: [RelationRole.PART],
    RelationKind.RATIO: [RelationRole.NUMERATOR, RelationRole.DENOMINATOR],
    RelationKind.STOCK: [RelationRole.NEW, RelationRole.REMOVED],
    RelationKind.GROWTH: [RelationRole.BASE],
    RelationKind.VALIDITY: [
        RelationRole.NEW,
        RelationRole.REMOVED,
        RelationRole.MOVED_IN,
        RelationRole.MOVED_OUT,
    ],
}


def _role_fits_kind() -> Q:
    """Return the condition that each kind has its own roles, and the others no second indicator."""
    fits = Q(kind__in=[RelationKind.RANGE, RelationKind.REQUIRED], role="", term__isnull=True)
    for kind, roles in _ROLES_OF_A_KIND.items():
        fits |= Q(kind=kind, role__in=roles, term__isnull=False)
    return fits


class IndicatorRelation(models.Model):
    """One term of a relation 指标间关系: what holds between indicators, or of one by itself.

    The terms of one relation share ``code``, ``kind`` and ``indicator``: 56 valid incubators are
    15 national, 7 provincial and 34 municipal ones, in three rows. A bureau adds a relation or
    changes it; the rules of a return read them and hold no indicator of their own.
    """

    code = models.SlugField(_("code"), max_length=80)
    kind = models.CharField(_("kind of relation"), max_length=8, choices=RelationKind)
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="relations", verbose_name=_("indicator")
    )
    role = models.CharField(
        _("role of the other indicator"), max_length=11, choices=RelationRole, blank=True
    )
    term = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("other indicator"),
    )
    # 100 for a share in per cent, 1000 for a number per thousand; the years that a certificate
    # is valid for what was new.
    factor = models.DecimalField(_("factor"), max_digits=12, decimal_places=4, default=1)
    low = models.DecimalField(_("lowest"), max_digits=24, decimal_places=6, null=True, blank=True)
    high = models.DecimalField(_("highest"), max_digits=24, decimal_places=6, null=True, blank=True)
    is_strict = models.BooleanField(
        _("blocks the report"),
        default=False,
        help_text=_("Without it, a return that breaks the relation may explain why."),
    )

    class Meta:
        ordering = ["code", "id"]
        verbose_name = _("indicator relation")
        verbose_name_plural = _("indicator relations")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "role", "term"], nulls_distinct=False, name="relation_term_once"
            ),
            models.CheckConstraint(name="relation_role_fits_kind", condition=_role_fits_kind()),
            models.CheckConstraint(
                name="relation_bounds_belong_to_a_range",
                condition=(
                    Q(kind="range") & (Q(low__isnull=False) | Q(high__isnull=False))
                    | ~Q(kind="range") & Q(low__isnull=True, high__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        """Return what is said of which indicator."""
        term = f" {self.term}" if self.term else ""
        return f"{self.indicator} {self.get_kind_display()}{term}"


# A file of their own: what is decided about organisations belongs to this app's models.
from apps.registry.decisions import Act as Act  # noqa: E402
from apps.registry.decisions import Compared as Compared  # noqa: E402
from apps.registry.decisions import Double as Double  # noqa: E402
from apps.registry.decisions import NameDecision as NameDecision  # noqa: E402
from apps.registry.decisions import NameMove as NameMove  # noqa: E402
