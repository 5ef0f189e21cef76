"""More truths of other cities: figures in one unit, figures with their units, platforms, people."""

import random

from tests.intake.documents.made_up import CITIES, GIVEN, SURNAMES, TRADES
from tests.intake.documents.truth import Truth, numbered

AMOUNTS = ("规上工业增加值", "研发经费支出", "技术交易额", "高新技术产业产值", "新产品产值")


def made_up_amounts(seed: int) -> Truth:
    """Figures of one unit, which the header names below its word."""
    chance = random.Random(seed)
    city, year = chance.choice(CITIES), chance.choice(("2020", "2022", "2024"))
    unit = chance.choice(("亿元", "万元", "家", "%"))
    found = [
        {
            "indicator": f"{trade}{amount}",
            "unit": unit,
            "period": year,
            "cell": cell,
            "value": cell.replace(",", ""),
            "growth": f"{chance.randint(1, 300) / 10:.1f}",
        }
        for trade in chance.sample(TRADES, 3)
        for amount in AMOUNTS
        for cell in [f"{chance.randint(1, 900000) / 100:,.2f}"]
    ]
    columns = (
        ("序号", "number"),
        ("指标名称", "indicator"),
        (f"完成值\n（{unit}）", "cell"),
        ("比上年增长\n（%）", "growth"),
    )
    return Truth(
        "indicator-values",
        f"{year}年{city}市科技主要指标完成情况表",
        columns,
        tuple(numbered(found)),
    )


def made_up_glued(seed: int) -> Truth:
    """Figures that stand together with their units and qualifiers in one cell."""
    chance = random.Random(seed)
    year = chance.choice(("2021", "2023"))
    found = []
    for number in range(12):
        before, behind = chance.choice((("", ""), ("超", ""), ("近", ""), ("", "余"), ("约", "")))
        unit = chance.choice(("家", "亿元", "%", "项", "人", "万元"))
        value = chance.choice((str(chance.randint(1, 9999)), f"{chance.randint(1, 9999) / 100}"))
        found.append(
            {
                "indicator": f"{chance.choice(TRADES)}{chance.choice(AMOUNTS)}{number}",
                "unit": unit,
                "period": year,
                "cell": f"{before}{value}{behind}{' ' * chance.randint(0, 1)}{unit}",
                "value": value,
                "qualifier": before + behind,
            }
        )
    columns = (("指标", "indicator"), (f"{year}年完成情况", "cell"))
    return Truth(
        "indicator-values",
        f"{chance.choice(CITIES)}市{year}年科技创新主要指标情况表",
        columns,
        tuple(found),
    )


def made_up_platforms(seed: int) -> Truth:
    """Certified platforms with type, level, year and hosts, under one district after another."""
    chance = random.Random(seed)
    city = chance.choice(CITIES)
    found = []
    for number in range(21):
        trade = chance.choice(TRADES)
        kind = ("重点实验室", "企业研究院", "众创空间")[number // 7]
        hosts = [
            f"{city}{trade}{name}有限公司" for name in chance.sample("甲乙丙丁戊", 1 + number % 2)
        ]
        found.append(
            {
                "platform": f"{city}市{trade}{kind}{number + 1}",
                "type": kind,
                "level": chance.choice(("省级", "市级")),
                "year": chance.choice(("2021", "2022", "2023")),
                "hosts": hosts,
                "status": "认定",
            }
        )
    columns = (
        ("序号", "number"),
        ("平台类型", "type"),
        ("平台名称", "platform"),
        ("依托单位", "hosts"),
        ("级别", "level"),
        ("认定年份", "year"),
    )
    return Truth(
        "certifications",
        f"{city}市科技创新平台认定名单",
        columns,
        tuple(numbered(found)),
        grouped="type",
    )


def made_up_laureates(seed: int) -> Truth:
    """People with their employers, some with names of minorities or of other countries."""
    chance = random.Random(seed)
    city, year = chance.choice(CITIES), chance.choice(("2020", "2022", "2024"))
    odd = ("古丽娜尔·阿不都拉", "Anna Schmidt", "欧阳明", "Peter van der Berg", "扎西多吉")
    found = []
    for number in range(16):
        name = chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.randint(1, 2)))
        found.append(
            {
                "programme": f"{city}市青年科技英才奖",
                "award_year": year,
                "name": chance.choice(odd) if chance.random() < 0.2 else name,
                "employer": f"{city}{chance.choice(TRADES)}{number}号{chance.choice(('研究院', '有限公司'))}",
                "nominator": f"{chance.choice('东西南北')}{chance.choice('山海江')}区科技局",
            }
        )
    columns = (
        ("序号", "number"),
        ("姓名", "name"),
        ("所在单位", "employer"),
        ("推荐单位", "nominator"),
    )
    return Truth(
        "laureates",
        f"{year}年度{city}市青年科技英才奖获奖人员名单",
        columns,
        tuple(numbered(found)),
    )
