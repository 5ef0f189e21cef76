"""Truths of other cities, years and layouts: nothing of them is in the pack."""

import random

from tests.intake.documents.truth import Truth, numbered

SURNAMES, GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗",
    "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英",
)
CITIES = ("温州", "绍兴", "嘉兴", "台州", "金华")
TRADES = (
    "精密机械",
    "新材料",
    "生物医药",
    "智能装备",
    "光电科技",
    "环保工程",
    "汽车零部件",
    "海洋工程",
)
TOPICS = (
    "高强铝合金",
    "海水淡化膜",
    "柔性传感器",
    "水稻抗病基因",
    "脑卒中早期诊断",
    "盾构掘进",
    "燃料电池电堆",
    "轴承寿命预测",
)
CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def made_up_awards(seed: int, rows: int = 24) -> Truth:
    """Another city, another year, other headers: nothing of it is in the pack."""
    chance = random.Random(seed)
    city = chance.choice(CITIES)
    year = chance.choice(("2019", "2021", "2024"))
    header = chance.choice(
        (
            (
                ("序号", "number"),
                ("获奖等级", "grade_cell"),
                ("成果名称", "title"),
                ("完成单位", "organisations"),
                ("完成人", "people"),
            ),
            (
                ("序号", "number"),
                ("项目名称", "title"),
                ("主要完成人", "people"),
                ("主要完成单位", "organisations"),
                ("等级", "grade_cell"),
            ),
            (
                ("奖种", "award_class"),
                ("等级", "grade"),
                ("项目名称", "title"),
                ("完成人员", "people"),
                ("完成单位", "organisations"),
                ("推荐单位", "other"),
            ),
        )
    )
    found = []
    for number in range(rows):
        place = number * 3 // rows
        row = {
            "programme": f"{city}市科学技术奖",
            "award_year": year,
            "award_class": ("技术发明奖", "自然科学奖", "科学技术进步奖")[place],
            "grade": ("一等奖", "二等奖", "三等奖")[(number * 9 // rows) % 3],
            "title": f"{chance.choice(TOPICS)}{chance.choice(('关键技术', '制备工艺', '作用机制'))}研究及{chance.choice(('应用', '产业化', '示范'))}{number + 1}",
            "organisations": [
                f"{city}{chance.choice(TRADES)}{chance.choice('甲乙丙丁')}{chance.choice(('有限公司', '股份有限公司', '研究院'))}"
                for _ in range(chance.randint(1, 4))
            ],
            "people": [
                chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.randint(1, 2)))
                for _ in range(chance.randint(2, 9))
            ],
            "other": f"{city}市科技局",
        }
        row["organisations"] = list(dict.fromkeys(row["organisations"]))
        row["people"] = list(dict.fromkeys(row["people"]))
        row["grade_cell"] = row["award_class"] + row["grade"]
        found.append(row)
    grouped = "grade_cell" if any(name == "grade_cell" for _, name in header) else "award_class"
    return Truth(
        "awards",
        f"{year}年度{city}市科学技术奖获奖成果名单",
        header,
        tuple(numbered(found)),
        grouped=grouped,
    )


def made_up_firms(seed: int, rows: int = 30) -> Truth:
    """A roster with credit codes, certificate numbers and districts."""
    chance = random.Random(seed)
    city, year = chance.choice(CITIES), chance.choice(("2020", "2022", "2025"))
    found = [
        {
            "roster": f"{city}市{year}年高新技术企业",
            "year": year,
            "rank": str(number),
            "organisation": f"{city}{chance.choice(TRADES)}{number}号{chance.choice(('有限公司', '（集团）股份有限公司'))}",
            "district": f"{chance.choice('东西南北中')}{chance.choice('山海江')}{chance.choice('区县市')}",
            "certificate_number": f"GR{year}33{chance.randint(100000, 999999):06}",
            "credit_code": "91" + "".join(chance.choice(CODE_LETTERS) for _ in range(16)),
        }
        for number in range(1, rows + 1)
    ]
    columns = (
        ("序号", "rank"),
        ("单位名称", "organisation"),
        ("统一社会信用代码", "credit_code"),
        ("证书编号", "certificate_number"),
        ("所在区县", "district"),
    )
    return Truth("roster-entries", f"{city}市{year}年高新技术企业认定名单", columns, tuple(found))


def made_up_figures(seed: int) -> Truth:
    """Figures with units, qualifiers and blanks of four kinds."""
    chance = random.Random(seed)
    cells = (
        ("7014", "7014", "", ""),
        ("超630.96", "630.96", "超", ""),
        ("0", "0", "", ""),
        ("不适用", "", "", "not_applicable"),
        ("保密", "", "", "withheld"),
        ("1,234.5", "1234.5", "", ""),
        ("近200", "200", "近", ""),
        ("30余", "30", "余", ""),
    )
    found = [
        {
            "indicator": f"{chance.choice(TRADES)}指标{number}",
            "unit": chance.choice(("家", "亿元", "%", "项")),
            "period": "2024",
            "cell": cell,
            "value": value,
            "qualifier": qualifier,
            "blank": blank,
        }
        for number, (cell, value, qualifier, blank) in enumerate(cells)
    ]
    columns = (
        ("序号", "number"),
        ("指标名称", "indicator"),
        ("计量单位", "unit"),
        ("数值", "cell"),
    )
    return Truth(
        "indicator-values", "某市2024年科技统计主要指标情况表", columns, tuple(numbered(found))
    )


def made_up_events(seed: int) -> Truth:
    """A chronicle as a table."""
    chance = random.Random(seed)
    found = []
    for month in range(1, 13):
        day = chance.randint(1, 25)
        found.append(
            {
                "date": f"{month}月{day}日",
                "date_from": f"2024-{month:02}-{day:02}",
                "date_to": f"2024-{month:02}-{day:02}",
                "title": f"{chance.choice(CITIES)}市科技局召开第{month}次工作推进会",
            }
        )
    return Truth(
        "events", "2024年科技工作大事记", (("时间", "date"), ("事件", "title")), tuple(found)
    )


def made_up_policies(seed: int) -> Truth:
    """A register with document numbers and days of issue, some of them blank."""
    chance = random.Random(seed)
    city, year = chance.choice(CITIES), chance.choice(("2021", "2023", "2024"))
    found = []
    for number in range(1, 16):
        month, day = chance.randint(1, 12), chance.randint(1, 28)
        has_number = chance.random() < 0.8
        found.append(
            {
                "title": f"{city}市{chance.choice(TRADES)}产业{chance.choice(('扶持', '管理', '考核'))}办法{number}",
                "category": ("综合", "人才", "金融")[number // 6],
                "year": year,
                "note": "",
                "document_number": f"{city[0]}科〔{year}〕{number}号" if has_number else "",
                "issued_on": f"{year}-{month:02}-{day:02}",
            }
        )
    columns = (
        ("序号", "number"),
        ("政策名称", "title"),
        ("发文字号", "document_number"),
        ("发布日期", "issued_on"),
        ("分类", "category"),
    )
    return Truth(
        "policies",
        f"{year}年{city}市出台科技政策清单",
        columns,
        tuple(numbered(found)),
        grouped="category",
    )
