"""Figures that are printed across: a column for each year, or for each indicator of a district."""

import random

from tests.intake.documents.made_up import CITIES, TRADES
from tests.intake.documents.made_up_more import AMOUNTS
from tests.intake.documents.truth import Truth, numbered

UNITS = ("亿元", "万元", "家", "项", "%")


def made_up_by_year(seed: int) -> Truth:
    """Indicators with their figures of several years beside each other."""
    chance = random.Random(seed)
    city, last = chance.choice(CITIES), chance.randint(2020, 2024)
    years = [str(last - back) for back in range(chance.randint(2, 4))]
    years.sort(reverse=chance.random() < 0.3)
    printed, found = [], []
    for number in range(chance.randint(6, 14)):
        name, unit = (
            f"{chance.choice(TRADES)}{chance.choice(AMOUNTS)}{number}",
            chance.choice(UNITS),
        )
        row = {"indicator": name, "unit": unit}
        for year in years:
            row[year] = _figure(chance)
            found.append({**_record(name, unit, row[year]), "period": year})
        printed.append(row)
    head = chance.choice(("{}年", "{}", "{}年度", "{}年实绩"))
    columns = (
        ("序号", "number"),
        (chance.choice(("指标名称", "指标", "主要指标")), "indicator"),
        (chance.choice(("单位", "计量单位")), "unit"),
        *((head.format(year), year) for year in years),
    )
    title = f"{city}市主要科技指标情况表"
    return Truth("indicator-values", title, columns, tuple(found), printed=tuple(numbered(printed)))


def made_up_by_district(seed: int) -> Truth:
    """Districts with a column for each indicator, its unit in the header."""
    chance = random.Random(seed)
    city, year = chance.choice(CITIES), str(chance.randint(2020, 2024))
    names = chance.sample(AMOUNTS, chance.randint(2, 4))
    units = [chance.choice(UNITS) for _name in names]
    printed, found = [], []
    for number in range(chance.randint(5, 12)):
        district = f"{'东西南北中'[number % 5]}{'山海江'[number // 5]}{chance.choice('区县市')}"
        row = {"district": district}
        for name, unit in zip(names, units, strict=True):
            row[name] = _figure(chance)
            record = _record(name, unit, row[name])
            found.append({**record, "period": year, "reporting_unit": district})
        printed.append(row)
    columns = (
        ("序号", "number"),
        (chance.choice(("地区", "区县", "县市区")), "district"),
        *((f"{name}（{unit}）", name) for name, unit in zip(names, units, strict=True)),
    )
    title = f"{year}年{city}市各区县科技指标完成情况表"
    return Truth("indicator-values", title, columns, tuple(found), printed=tuple(numbered(printed)))


def _figure(chance: random.Random) -> str:
    return chance.choice(
        (f"{chance.randint(1, 900000) / 100:,.2f}", str(chance.randint(0, 9999)), "—")
    )


def _record(name: str, unit: str, cell: str) -> dict:
    if cell == "—":
        return {"indicator": name, "unit": unit, "value": "", "blank": "missing"}
    return {"indicator": name, "unit": unit, "value": cell.replace(",", "")}
