"""What is known about the columns and titles of one kind of list."""

from dataclasses import dataclass, field

NUMBER_HEADERS = ("序号", "编号", "序", "No", "NO", "No.", "项次", "行次", "#", "次序")


@dataclass(frozen=True)
class Words:
    """How one field's column is headed. ``content`` names what its cells look like.

    ``fills`` says that cells of the column are merged downwards as a rule, so that a blank one
    means the value above.
    """

    headers: tuple[str, ...]
    pattern: str = ""
    content: str = ""
    fills: bool = False


@dataclass(frozen=True)
class KindWords:
    """One kind of list: its columns, what it cannot do without, and the words of its titles.

    ``needs`` are alternatives: at least one field of each group has a column.
    """

    columns: dict[str, Words]
    needs: tuple[tuple[str, ...], ...]
    titles: str
    not_titles: str = "(?!)"
    sectioned_by: tuple[str, ...] = ()
    """Fields that headings between rows may give, the likeliest first; their columns are merged."""
    headed_by: tuple[str, ...] = ()
    """Fields that headings may give as well, though a blank cell of their column is only blank."""
    columns_ignored: tuple[str, ...] = field(default=NUMBER_HEADERS)


ID = Words(("id", "永久编号", "永久标识", "条目编号"), content="uuid")
"""The column of permanent ids: a row that names one means the row that has it."""
DISTRICT = Words(
    (
        "区县",
        "区",
        "县",
        "所属区",
        "所属地区",
        "所在地",
        "所在地区",
        "所属区域",
        "所在区域",
        "设区市",
        "所属设区市",
        "所在设区市",
        "注册地区",
        "注册区域",
        "属地",
        "地区",
        "区域",
        "所属区县",
        "所在区县",
        "县市区",
        "区县市",
        "所属县市区",
        "注册地",
        "推荐单位",
        "所在区县市",
        "所属区县市",
        "所在区",
        "辖区",
        "行政区",
        "行政区划",
        "归口管理单位",
        "地市",
        "所在市",
        "市县",
    ),
    pattern=r"(?:所[属在])?(?:区|县|市|地区|辖区|属地)[、/]?(?:区|县|市)?[、/]?(?:区|县|市)?",
    content="district",
    fills=True,
)
YEAR = Words(
    (
        "年度",
        "年份",
        "认定年度",
        "认定时间",
        "认定年份",
        "获批时间",
        "获批年份",
        "批准时间",
        "立项年度",
        "备案时间",
        "备案年度",
        "批准年度",
        "公布年份",
        "公布时间",
        "认定日期",
        "批准年份",
        "授牌时间",
    ),
    pattern=r"(?:认定|获批|批准|备案|立项|公布|入选|命名|建设|设立|评定)(?:年[份度]?|时间|日期)",
    content="year",
    fills=True,
)
