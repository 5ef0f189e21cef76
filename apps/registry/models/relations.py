"""What holds between indicators: sums, parts, ratios, stocks."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.registry.models.indicators import Indicator


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
