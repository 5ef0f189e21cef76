"""Generated returns: clean ones by the dictionary's own relations, and ones with planted faults."""

import datetime as dt
import math
import random
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from apps.accounts.models import Role
from apps.cases.models import Revision
from apps.districts.models import IndicatorValue, NarrativeSection
from apps.intake.loading import load_dictionaries, read_pack
from apps.registry.models import (
    AskedOf,
    District,
    Indicator,
    IndicatorRelation,
    Measure,
    ValueSource,
)
from tests import factories

PACK = Path(__file__).parents[3] / "data" / "ningbo-2023"
YEAR = 2023
# What is said in a narrative, holds numbers, and is no figure.
NO_FIGURES = (
    "2023年5月6日召开第十二届科技大会",
    "落实“315”工程和“8+4”政策",
    "印发甬科〔2023〕32号文件",
    "推进三项行动、四个方面",
    "一季度和三季度均居全市第1",
    "完成第3批认定",
    "建设5G应用场景",
    "衔接“十四五”规划和2021—2025年方案",
    "跻身30强",
    "4月至6月开展两轮走访",
)


def load_dictionary() -> None:
    """Load the pack's dictionary: its indicators with what relates them."""
    load_dictionaries(PACK, read_pack(PACK))


Row = dict[str, Any]
# Where a quoted figure stands.
QUOTED = {"quoted_from": "市统计局《统计公报》", "quoted_on": dt.date(2024, 3, 12)}


@dataclass
class Generated:
    """A return before it is stored: last year's rows and this year's, and the narrative."""

    before: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)

    def of(self, code: str) -> list[Row]:
        """Return this year's rows of one indicator."""
        return [row for row in self.rows if row["indicator"].code == code]

    def main(self, *measures: str) -> list[Row]:
        """Return this year's rows of the district itself, of some measures where they are named."""
        return [
            row
            for row in self.rows
            if not row["subject"]
            and row["period"] == str(YEAR)
            and (not measures or row["indicator"].measure in measures)
        ]


class Maker:
    """Makes returns over some indicators of the dictionary. The same seed makes the same ones.

    Last year's values are made once; each return is another year after them.
    """

    def __init__(self, indicators: int, subjects: int, seed: int = 1) -> None:
        """Take the related indicators and as many others as are wanted, for each subject."""
        self.random = random.Random(seed)
        self.district = District.objects.get(slug="beilun")
        self.by_pk = {each.pk: each for each in Indicator.objects.all()}
        self.terms: dict[tuple[str, str], list[tuple[str, str, Decimal]]] = {}
        for term in IndicatorRelation.objects.filter(term__isnull=False).order_by("id"):
            key = (self.by_pk[term.indicator_id].code, term.kind)
            code = self.by_pk[term.term_id or 0].code
            if self.by_pk[term.term_id or 0].unit != self.by_pk[term.indicator_id].unit != "%":
                continue
            self.terms.setdefault(key, []).append((term.role, code, term.factor))
        related = {code for code, _kind in self.terms} | {
            code for terms in self.terms.values() for _role, code, _factor in terms
        }
        self.codes = {each.code: each for each in self.by_pk.values()}
        ranged = set(
            IndicatorRelation.objects.filter(kind="range")
            .exclude(indicator__value_type="percent")
            .values_list("indicator__code", flat=True)
        )
        others = [
            each.code
            for each in self.by_pk.values()
            if each.code not in related | ranged
            and each.asked_of != AskedOf.CITY
            and each.measure != Measure.RANK
        ]
        self.related = sorted(related)
        self.wanted = [*self.related, *others][:indicators]
        self.subjects = [f"机构{number}" for number in range(1, subjects + 1)]
        self.of_bodies = [
            code
            for code in self.related
            if code.startswith(("incubators-", "high-tech-applications", "rd-institutes-district"))
            or code in {"postgraduate-staff", "postgraduate-staff-share", "institution-staff"}
        ]
        self.former: dict[tuple[str, str], Decimal] = {}
        self.now: dict[tuple[str, str], Decimal] = {}

    def _rounded(self, code: str, value: float | Decimal) -> Decimal:
        places = 0 if self.codes[code].value_type == "integer" else self.codes[code].precision
        return Decimal(value).quantize(Decimal(1).scaleb(-places))

    def _grown(self, code: str, before: Decimal) -> Decimal:
        """Return next year's value of an amount: small counts by chance, others by some growth."""
        if self.codes[code].value_type == "integer" and before < 60:
            drawn = self.random.gauss(float(before), math.sqrt(float(before)))
            return self._rounded(code, max(0.0, drawn))
        # One figure in fifty leaps.
        spread = 0.4 if self.random.random() < 0.02 else 0.15
        return self._rounded(code, float(before) * math.exp(self.random.gauss(0.06, spread)))

    def _plain(self, code: str) -> Decimal:
        """Return a first value of an indicator that no relation makes."""
        indicator, draw = self.codes[code], self.random
        if indicator.measure == Measure.GROWTH:
            return self._rounded(code, draw.gauss(12, 6))
        if indicator.value_type == "percent":
            return self._rounded(code, draw.uniform(20, 70))
        if indicator.value_type == "integer":
            return self._rounded(code, math.exp(draw.uniform(1.0, 7.0)))
        return self._rounded(code, draw.uniform(2, 400))

    def _value(self, code: str, subject: str, values: dict[tuple[str, str], Decimal]) -> Decimal:
        """Return the value of an indicator in one of the two years, true to its relations."""
        key = (code, subject)
        if key not in values:
            values[key] = self._made(code, subject, values)
        return values[key]

    def _made(self, code: str, subject: str, values: dict[tuple[str, str], Decimal]) -> Decimal:
        is_first = values is self.former
        ask = {
            kind: [
                (role, self._value(other, subject, values), factor)
                for role, other, factor in self.terms[code, kind]
            ]
            for kind in ("stock", "sum", "part", "ratio")
            if (code, kind) in self.terms
        }
        inflow = sum(
            (value for role, value, _f in ask.get("stock", []) if role == "new"), Decimal(0)
        )
        if "ratio" in ask:
            (_r, above, factor), (_s, below, _f) = ask["ratio"]
            return self._rounded(code, above / below * factor if below else 0)
        if "sum" in ask:
            return sum((value for _role, value, _f in ask["sum"]), Decimal(0))
        if (code, "growth") in self.terms:
            base = (self.terms[code, "growth"][0][1], subject)
            if is_first:
                return self._plain(code)
            now, then = self._value(*base, values), self._value(*base, self.former)
            return self._rounded(code, (now / then - 1) * 100)
        if "stock" in ask:
            if is_first:
                size = inflow * self.random.randint(4, 9) + 5
                parts = sum((value for _role, value, _f in ask.get("part", [])), Decimal(0))
                return self._rounded(code, max(size, parts + 5))
            lost = Decimal(0)
            if self.codes[code].measure == Measure.STOCK:
                lost = self._rounded(code, float(inflow) * self.random.uniform(0, 0.3))
            return self._value(code, subject, self.former) + inflow - lost
        if "part" in ask:
            rest = (f"{code} beyond its parts", subject)
            if is_first:
                values[rest] = self._plain(code)
            else:
                values[rest] = self._grown(code, self.former[rest])
            return values[rest] + sum((value for _role, value, _f in ask["part"]), Decimal(0))
        if is_first:
            return self._plain(code)
        before = self._value(code, subject, self.former)
        if self.codes[code].measure in {Measure.GROWTH, Measure.RATIO}:
            return self._rounded(code, float(before) + self.random.gauss(0, 3))
        return self._grown(code, before)

    def _row(self, code: str, subject: str, value: Decimal, year: int) -> Row:
        return {
            "indicator": self.codes[code],
            "unit": self.codes[code].unit,
            "subject": subject,
            "period": str(year),
            "value": value,
            "comparison": "",
            "qualifier": "",
            "status": "actual",
            "scope": "whole",
            **(QUOTED if self.codes[code].source == ValueSource.QUOTED else {}),
        }

    def _places(self) -> list[tuple[str, str]]:
        return [
            *((code, "") for code in self.wanted),
            *((code, subject) for subject in self.subjects for code in self.of_bodies),
        ]

    def make(self) -> Generated:
        """Return a clean return of the year."""
        self.now = {}
        made = Generated()
        for code, subject in self._places():
            before = self._value(code, subject, self.former)
            made.before.append(self._row(code, subject, before, YEAR - 1))
            made.rows.append(self._row(code, subject, self._value(code, subject, self.now), YEAR))
        self._compare(made)
        made.sections = [self._section(made) for _number in range(12)]
        return made

    def _compare(self, made: Generated) -> None:
        """Let some figures tell their growth, and some last year's value again."""
        former = {(row["indicator"].code, row["subject"]): row["value"] for row in made.before}
        for row in self.random.sample(made.rows, min(30, len(made.rows))):
            before = former[row["indicator"].code, row["subject"]]
            measure = row["indicator"].measure
            if before > 0 and measure not in {Measure.GROWTH, Measure.RATIO}:
                rate = ((row["value"] / before - 1) * 100).quantize(Decimal("0.1"))
                row["comparison"] = f"同比{rate:+f}%"
        for row in self.random.sample(made.before, min(10, len(made.before))):
            made.rows.append(dict(row))

    def sentence(self, row: Row) -> str:
        """Return a sentence that tells a figure truly, in one of the ways offices tell one."""
        name, value, unit = row["indicator"].name, row["value"], row["unit"]
        ways = [f"{name}{value}{unit}", f"{name}达{value}{unit}", f"实现{name}{value}{unit}"]
        if unit == "亿元":
            ways.append(f"{name}{value * 10000:f}万元")
            ways.append(f"{name}{value.quantize(Decimal('0.1'))}亿元")
        if unit == "家" and value > 100:
            ways.append(f"{name}超{value // 10 * 10}家")
        said = self.random.choice(ways)
        if row["comparison"].startswith("同比+"):
            said += f"，同比增长{row['comparison'][3:]}"
        return said

    def _section(self, made: Generated) -> str:
        told = [self.sentence(row) for row in self.random.sample(made.main(), 4)]
        return "；".join([*told, *self.random.sample(NO_FIGURES, 2)]) + "。"


def store(revision: Revision, made: Generated, rows: list[Row] | None = None) -> None:
    """Put the rows and sections of ``made`` into a draft, in place of what is there."""
    person = factories.staff(Role.DISTRICT_FILLER)
    district = District.objects.get(slug="beilun")
    IndicatorValue.objects.filter(revision=revision).delete()
    NarrativeSection.objects.filter(revision=revision).delete()
    IndicatorValue.objects.bulk_create(
        IndicatorValue(
            revision=revision, position=place, reporting_unit=district, updated_by=person, **row
        )
        for place, row in enumerate(made.rows if rows is None else rows)
    )
    NarrativeSection.objects.bulk_create(
        NarrativeSection(
            revision=revision,
            position=place,
            heading=f"第{place}节",
            text=text,
            updated_by=person,
        )
        for place, text in enumerate(made.sections)
    )
