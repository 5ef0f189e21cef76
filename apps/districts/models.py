"""Annual returns: indicator values and narrative sections (DOMAIN §1)."""

import copy
import datetime as dt
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.cases.fields import ExactDecimalField
from apps.cases.history import tracked
from apps.cases.models import Record, Revision
from apps.registry.models import District, Indicator, ValueSource
from apps.registry.sounds import SoundsField
from apps.registry.units import converted


class Scope(models.TextChoices):
    """口径: over which area a figure is counted. Figures of two scopes are two figures."""

    WHOLE = "whole", _("whole area")
    OWN = "own", _("own level, without zones")
    ZONE = "zone", _("functional zone")


# The field's own terms, as printed sources have them and the open data prints them.
SCOPE_TERMS = {"whole": "全域", "own": "本级", "zone": "功能区"}


class Blank(models.TextChoices):
    """Why a value is not a number. Nought is a number; these three are not one another."""

    MISSING = "missing", _("missing")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
    WITHHELD = "withheld", _("withheld")


class FigureStatus(models.TextChoices):
    """Whether a figure has come true."""

    ACTUAL = "actual", _("actual")
    FORECAST = "forecast", _("forecast")
    TARGET = "target", _("target")


def units_of_return(revision: Revision) -> frozenset[int] | None:
    """Return the units whose figures a return may hold; None where it may hold any, as the city's.

    Its bureau's own, and those in it that have no bureau. Asked once for a revision that many rows
    share.
    """
    known: frozenset[int] | None
    if "units_of_return" not in revision.__dict__:
        case = revision.case
        known = None
        if case.kind_spec.filled_by == Role.DISTRICT_FILLER:
            own = Q(bureau=case.bureau_id) | Q(bureau=None, parent__bureau=case.bureau_id)
            known = frozenset(District.objects.filter(own).values_list("pk", flat=True))
        revision.__dict__["units_of_return"] = known
    known = revision.__dict__["units_of_return"]
    return known


@tracked
class IndicatorValue(Record):
    """One figure 指标值.

    Its identity is indicator + unit + reporting unit + subject + period + scope + status. The
    qualifier (超, 近, 约 …) belongs to the figure and stays with it.
    """

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicator")
    )
    unit = models.CharField(_("unit"), max_length=20)
    reporting_unit = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="+", verbose_name=_("reporting unit")
    )
    # The body it is about, where that is not the unit itself: a laboratory, a fund, a park.
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    # A year, or a span such as 2020/2023 or 2023-01/2023-11.
    period = models.CharField(_("period"), max_length=20)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope, blank=True)
    value = ExactDecimalField(_("value"), max_digits=24, decimal_places=6, null=True, blank=True)
    blank = models.CharField(_("no value because"), max_length=14, choices=Blank, blank=True)
    qualifier = models.CharField(_("qualifier"), max_length=20, blank=True)
    comparison = models.CharField(_("comparison"), max_length=120, blank=True)
    rank = models.CharField(_("rank"), max_length=80, blank=True)
    status = models.CharField(
        _("status"), max_length=8, choices=FigureStatus, default=FigureStatus.ACTUAL
    )
    # Of a figure that another office makes: the document or table that it stands in, and its day.
    quoted_from = models.CharField(_("quoted from"), max_length=120, blank=True)
    quoted_on = models.DateField(_("date of the source"), null=True, blank=True)
    sounds = SoundsField(_("pinyin"), of=["subject"])

    class Meta(Record.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="figure_has_a_value_or_says_why_not",
                condition=Q(value__isnull=False, blank="") | (Q(value__isnull=True) & ~Q(blank="")),
            ),
        ]
        indexes = [
            *Record.Meta.indexes,
            # One indicator over districts and years: its page, last year's value beside a field.
            models.Index(fields=["indicator", "reporting_unit", "period"], name="figure_series"),
        ]

    def clean(self) -> None:
        """Refuse a number among the words, a foreign unit, and a counted figure unlike the lists."""
        from apps.districts.derived import expected  # it counts with the models

        if any(letter.isdigit() for letter in self.qualifier):
            raise ValidationError(
                {
                    "qualifier": _(
                        "A number stands here. This field is for words such as “about” only; the number belongs in the field of the value."
                    )
                }
            )
        if None in (self.indicator_id, self.reporting_unit_id, self.revision_id):
            # A form that knows a part of the figure; the domain asks again when it is whole.
            return
        if not self._is_of_its_bureau():
            raise ValidationError(
                {
                    "reporting_unit": _(
                        "A return holds the figures of its own bureau's units. %(unit)s reports its own."
                    )
                    % {"unit": self.reporting_unit}
                }
            )
        count = expected(self)
        if count is not None and (self.value != count or self.qualifier):
            raise ValidationError(
                {
                    "value": _(
                        "This figure is counted from the city's published lists (%(count)s) and cannot be typed. Where a row is missing there, attach its evidence to the figure."
                    )
                    % {"count": count}
                }
            )

    @classmethod
    def from_db(cls, *loaded: Any, **options: Any) -> Self:
        """Remember the unit that the row stands with: only another one is looked at."""
        figure = super().from_db(*loaded, **options)
        figure.__dict__["stood_with"] = figure.__dict__.get("reporting_unit_id")
        return figure

    def _is_of_its_bureau(self) -> bool:
        """Say whether the bureau may report of the unit. What stands with it was looked at before."""
        if self.__dict__.get("stood_with") == self.reporting_unit_id:
            return True
        units = units_of_return(self.revision)
        return units is None or self.reporting_unit_id in units

    def __str__(self) -> str:
        """Return the indicator with its value as printed."""
        return f"{self.defined} {self.printed}"

    @property
    def year_of_report(self) -> int | None:
        """Return the year of the report that the figure belongs to; None where it has none yet.

        No query for a stored figure.
        """
        if self.list_place:
            # The trigger of ``list_place`` puts the newest report year first.
            return 9999 - int(self.list_place) // 10**12
        return self.revision.case.year if self.revision_id else None

    @property
    def defined(self) -> Indicator:
        """Return the indicator as it was defined in the report's year."""
        year = self.year_of_report
        return self.indicator if year is None else self.indicator.in_year(year)

    def get_comparison_display(self) -> str:
        """Return the comparison as print has it: its phrases are stored with a bar between them."""
        return "；".join(part.strip() for part in self.comparison.split("|") if part.strip())

    @property
    def printed(self) -> str:
        """Return the value with qualifier and unit as print has it, or why there is none."""
        return self._printed(self.unit)

    @property
    def printed_number(self) -> str:
        """Return the value with its qualifier where the unit stands in a column of its own."""
        return self._printed("")

    def _printed(self, unit: str) -> str:
        if self.value is None:
            return str(self.get_blank_display())
        number = f"{self.value:f}"
        # 500余家, 1900家以上, 超500家: each qualifier has its place.
        if self.qualifier in {"余", "多"}:
            return f"{number}{self.qualifier}{unit}"
        if self.qualifier in {"以上", "左右"}:
            return f"{number}{unit}{self.qualifier}"
        return f"{self.qualifier}{number}{unit}"

    def in_unit(self, unit: str) -> "IndicatorValue | None":
        """Return the figure as it is in another unit, not stored; None where it cannot be.

        A power of ten moves the point (超1.20亿元 is 超12000万元). A figure without a value has none
        in any unit, and is the same.
        """
        if self.unit == unit or self.value is None:
            return self
        value = converted(self.value, self.unit, unit)
        if value is None:
            return None
        there = copy.copy(self)
        there.value, there.unit = value, unit
        return there

    @property
    def source_words(self) -> str:
        """Return where the figure is quoted from, with the day; nothing where it is not."""
        if self.quoted_on is None:
            return self.quoted_from
        return _source(self.quoted_from, self.quoted_on)

    @property
    def identity(self) -> tuple[int, str, int, str, str, str, str]:
        """Return what makes two figures the same figure."""
        return (
            self.indicator_id,
            self.unit,
            self.reporting_unit_id,
            self.subject,
            self.period,
            self.scope,
            self.status,
        )


def _source(words: str, day: dt.date) -> str:
    if not words:
        return day.isoformat()
    return _("%(source)s, %(day)s") % {"source": words, "day": day.isoformat()}


@tracked
class NarrativeSection(Record):
    """One section of a return's narrative."""

    heading = models.CharField(_("heading"), max_length=60)
    # As typed: with references to figures, which ``told`` turns into what they say.
    text = models.TextField(_("text"), max_length=8000)
    sounds = SoundsField(_("pinyin"), of=["heading"])

    class Meta(Record.Meta):
        verbose_name = _("narrative section")
        verbose_name_plural = _("narrative sections")

    def __str__(self) -> str:
        """Return the heading."""
        return self.heading

    @cached_property
    def told(self) -> str:
        """Return the text as it is read. One query where it refers to figures, else none."""
        from apps.districts.narrative.references import References, holds_reference

        if not holds_reference(self.text):
            return self.text
        return References.of_revision(self.revision).told(self.text)


class Derivation(models.Model):
    """How an indicator is counted from the city's published lists, from a report year on.

    Only indicators whose source is the city's lists are counted. Earlier years keep what was
    typed or printed.
    """

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicator")
    )
    from_year = models.PositiveSmallIntegerField(_("from report year"))
    # The code of a kind of row, such as "roster-entries".
    record_kind = models.CharField(_("kind of row"), max_length=30)
    year_field = models.CharField(_("field of the year"), max_length=40, default="year")
    # 1 for awards: the report of a year prints the awards of the year before.
    years_back = models.PositiveSmallIntegerField(_("years back"), default=0)
    # A stock is counted over as many years as a recognition is valid: 3 for a certificate of a
    # high-tech enterprise (国科发火〔2016〕32号); 1 is what is new.
    years = models.PositiveSmallIntegerField(
        _("years counted"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("1 for what is new; for a stock, how many years a recognition is valid."),
    )
    conditions = models.JSONField(
        _("conditions"),
        default=dict,
        blank=True,
        help_text=_(
            "Fields of the row and the text that each must hold, such as {“level”: “省级”}; {year} stands for the year counted."
        ),
    )

    class Meta:
        ordering = ["indicator__order", "from_year"]
        verbose_name = _("counted figure")
        verbose_name_plural = _("counted figures")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "from_year"], name="one_derivation_a_year")
        ]

    def __str__(self) -> str:
        """Return the indicator and what it is counted from."""
        return f"{self.indicator} ← {self.record_kind}"

    def clean(self) -> None:
        """Refuse a kind of row or a field that is not there, and an indicator that is typed."""
        from apps.cases.kinds import record_kinds  # kinds are declared when all models are loaded

        errors: dict[str, Any] = {}
        if self.indicator_id and self.indicator.source != ValueSource.DERIVED:
            errors["indicator"] = _("This indicator is not one that is counted from lists.")
        kind = record_kinds.get(self.record_kind)
        if kind is None or not kind.mentions:
            errors["record_kind"] = _("Choose one of: %(kinds)s.") % {
                "kinds": ", ".join(code for code, kind in record_kinds.items() if kind.mentions)
            }
        else:
            if self.year_field not in kind.fields:
                errors["year_field"] = _("Such a row has no such field.")
            conditions = self.conditions
            if not isinstance(conditions, dict) or not all(
                name in kind.fields and isinstance(text, str) for name, text in conditions.items()
            ):
                errors["conditions"] = _(
                    "Name fields of the row, each with a text. The fields are: %(fields)s."
                ) % {"fields": ", ".join(kind.fields)}
        if errors:
            raise ValidationError(errors)


class UploadedWorkbook(models.Model):
    """A filled workbook that its uploader has not accepted or discarded yet.

    At most one per person and return; kept for a day (``workbook.storing``). No part of the return.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    uploaded_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("uploaded workbook")
        verbose_name_plural = _("uploaded workbooks")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "uploaded_by"], name="one_upload_per_person_and_return"
            )
        ]

    def __str__(self) -> str:
        """Return the file's name."""
        return self.name


class Presence(models.Model):
    """Where a person of the bureau is in a return, and until when he counts as being there.

    One row per person and return. Each page says how soon it asks again; silent for longer, its
    person is no longer there (``queries.people_here``). No part of the return.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    # The section's number on the form, nought for the list of sections; the field's indicator.
    section = models.PositiveSmallIntegerField(_("section"), default=0)
    field = models.CharField(_("field"), max_length=80, blank=True)
    here_until = models.DateTimeField(_("here until"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "person"], name="one_place_per_person_and_return"
            )
        ]

    def __str__(self) -> str:
        """Return who is where."""
        return f"{self.person}: {self.section} {self.field}"


# The rest of the app's models stand with what is done with them.
from apps.districts.lists.models import ClaimAnswer, ListStatement  # noqa: E402, F401
