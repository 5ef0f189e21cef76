"""The indicator dictionary: what each measure is, and what it was in earlier report years.

Its models belong to ``apps.registry.models``, which names them; they stand here to be read by
themselves.
"""

import copy

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.registry import triggers
from apps.registry.sounds import SoundsField
from apps.registry.units import base_unit


def in_english() -> bool:
    """Say whether the reader's language is English."""
    return (get_language() or "").startswith("en")


class Measure(models.TextChoices):
    """What kind of quantity an indicator is. 新增, 累计 and 存量 are never added to one another."""

    NEW = "new", _("new in the period")
    CUMULATIVE = "cumulative", _("cumulative")
    STOCK = "stock", _("stock at the end of the period")
    FLOW = "flow", _("amount in the period")
    RATIO = "ratio", _("ratio")
    GROWTH = "growth", _("growth")
    RANK = "rank", _("rank")


class ValueType(models.TextChoices):
    """The form of an indicator's value."""

    INTEGER = "integer", _("whole number")
    DECIMAL = "decimal", _("decimal number")
    PERCENT = "percent", _("percentage")


class ValueSource(models.TextChoices):
    """Where an indicator's value comes from."""

    TYPED = "typed", _("typed by the district")
    QUOTED = "quoted", _("quoted from another office")
    DERIVED = "derived", _("counted from the city's lists")


class AskedOf(models.TextChoices):
    """Who is asked for an indicator."""

    CITY = "city", _("the city")
    DISTRICT = "district", _("each district")
    BOTH = "both", _("the city and each district")


class Aggregation(models.TextChoices):
    """How the districts' figures become the city's."""

    SUM = "sum", _("the districts are added up")
    NONE = "none", _("never added up")


class ScopeRule(models.TextChoices):
    """Which area an indicator is asked for (口径, DOMAIN §1)."""

    ANY = "", _("as the source states it")
    WHOLE = "whole", _("whole area")
    OWN = "own", _("own level, without zones")
    ZONE = "zone", _("functional zone")


class Definition(models.Model):
    """What an indicator means: held by the indicator as it is asked now, and by each version."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=200)
    # More than one only where published sources really use several, first is the form's.
    units = ArrayField(models.CharField(max_length=20), verbose_name=_("units"))
    value_type = models.CharField(_("value type"), max_length=10, choices=ValueType)
    precision = models.PositiveSmallIntegerField(_("decimal places"), default=0)
    measure = models.CharField(_("measure"), max_length=12, choices=Measure)
    aggregation = models.CharField(
        _("city total"), max_length=4, choices=Aggregation, default=Aggregation.SUM
    )
    scope = models.CharField(
        _("scope"), max_length=5, choices=ScopeRule, blank=True, default=ScopeRule.ANY
    )
    source = models.CharField(_("source"), max_length=10, choices=ValueSource)
    definition = models.TextField(_("definition"), blank=True)

    class Meta:
        abstract = True

    @property
    def unit(self) -> str:
        """Return the unit that the form asks for."""
        return str(self.units[0])


# The columns of a definition, in the order in which it is printed.
DEFINED = triggers.DEFINED


class Indicator(Definition):
    """One measure of the indicator dictionary, as its newest version defines it.

    A figure is read with the definition of its report year: ``in_year``. The database keeps
    ``former`` and ``breaks`` from the versions, so that this takes no query.
    """

    code = models.SlugField(_("code"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120, unique=True)
    section = models.CharField(_("section"), max_length=60)
    section_en = models.CharField(_("section in English"), max_length=100)
    asked_of = models.CharField(_("asked of"), max_length=10, choices=AskedOf)
    aliases = ArrayField(
        models.CharField(max_length=120), verbose_name=_("aliases"), default=list, blank=True
    )
    sounds = SoundsField(_("pinyin"), of=["name"])
    order = models.PositiveIntegerField(_("order"), default=0)
    # Superseded definitions, newest first, each with the report year "until" which it held
    # (exclusive); and the report years from which figures are not comparable with earlier ones.
    former = models.JSONField(default=list, editable=False)
    breaks = ArrayField(models.PositiveSmallIntegerField(), default=list, editable=False)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        triggers = [
            # The code stands in content hashes.
            pgtrigger.ReadOnly(name="indicator_identity", fields=["code"]),
            triggers.indicator_begins_with_a_version(),
            triggers.definition_is_the_newest_version(),
        ]

    def __str__(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if in_english() else self.name

    @property
    def section_name(self) -> str:
        """Return the section's name in the reader's language."""
        return self.section_en if in_english() else self.section

    def in_year(self, year: int) -> "Indicator":
        """Return the indicator as it was defined in a report year: itself, or a copy. No query."""
        held = [former for former in self.former if year < former["until"]]
        if not held:
            return self
        then = copy.copy(self)
        for name in DEFINED:
            setattr(then, name, held[-1][name])
        return then

    def is_broken(self, before: int, after: int) -> bool:
        """Say whether figures of two report years are not comparable by its definitions.

        Where nothing but the unit changed, by a power of ten (亿元, 万元), they are compared as
        amounts.
        """
        return any(
            before < year <= after and not self._changed_unit_alone(year) for year in self.breaks
        )

    def _changed_unit_alone(self, year: int) -> bool:
        """Say whether the version from ``year`` on only moves the point of its figures."""
        then, now = self.in_year(year - 1), self.in_year(year)
        if then.unit == now.unit or base_unit(then.unit)[1] != base_unit(now.unit)[1]:
            return False
        # Of an amount in 万元 other places stand behind the point than of one in 亿元.
        free = {"units", "precision", "value_type"}
        return all(getattr(then, name) == getattr(now, name) for name in {*DEFINED} - free)


class IndicatorVersion(Definition):
    """What an indicator means from a report year on, until the next version.

    Its first version holds from nought, the beginning. One that a reported return was made with
    is locked by the database; a change is a new version from a later report year.
    """

    indicator = models.ForeignKey(
        Indicator, on_delete=models.CASCADE, related_name="versions", verbose_name=_("indicator")
    )
    from_year = models.PositiveSmallIntegerField(_("from report year"), default=0)
    is_break = models.BooleanField(
        _("not comparable with earlier years"),
        default=False,
        help_text=_("Always so where unit, scope or kind of quantity change."),
    )
    reason = models.TextField(_("reason"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["indicator__order", "indicator__code", "-from_year"]
        verbose_name = _("indicator version")
        verbose_name_plural = _("indicator versions")
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "from_year"], name="one_indicator_version_a_year"
            ),
            models.CheckConstraint(
                name="later_version_says_why", condition=Q(from_year=0) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="first_version_breaks_nothing",
                condition=Q(is_break=False) | Q(from_year__gt=0),
            ),
        ]
        triggers = [
            triggers.indicator_version_locks_in_use(),
            triggers.newest_version_defines(),
        ]

    def __str__(self) -> str:
        """Return the name in the reader's language."""
        return self.name_en if in_english() else self.name
