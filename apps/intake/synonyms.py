"""How offices head the columns of each kind of list, and how they title the list.

Data, not rules: a new word is added here, and the next document with it is understood. Headers
are compared without blanks, brackets and marks; a pattern must match the whole header.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

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
    """Fields that headings between rows may give, the likeliest first."""
    columns_ignored: tuple[str, ...] = field(default=NUMBER_HEADERS)


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

KINDS: dict[str, KindWords] = {
    "awards": KindWords(
        columns={
            "award_category": Words(
                (
                    "奖励类别",
                    "奖项类别",
                    "获奖类别",
                    "奖种",
                    "奖类",
                    "奖项",
                    "奖励等级",
                    "获奖等级",
                    "等级",
                    "奖励类别及等级",
                    "奖项等级",
                    "奖种等级",
                    "类别等级",
                    "获奖等次",
                    "等次",
                    "奖级",
                    "奖励级别",
                    "获奖级别",
                    "奖励种类",
                    "奖励名称",
                    "获奖名称",
                    "获奖情况",
                    "奖别",
                    "拟奖等级",
                    "授奖等级",
                    "建议等级",
                    "类别",
                    "奖励类型",
                    "获奖奖项",
                    "拟授奖等级",
                ),
                pattern=r"(?:拟?[授获建]?[奖议])?励?(?:类别|种类?|项|级别|等级|等次|类型)(?:及|和|/|与)?(?:类别|种类?|项|级别|等级|等次)?",
                content="category",
                fills=True,
            ),
            # Where class and grade have a column each.
            "award_class": Words(
                (
                    "奖种",
                    "奖类",
                    "奖励类别",
                    "奖励种类",
                    "类别",
                    "奖项",
                    "奖项类别",
                    "奖别",
                    "奖励类型",
                ),
                content="category",
                fills=True,
            ),
            "grade": Words(
                (
                    "等级",
                    "奖级",
                    "等次",
                    "获奖等级",
                    "奖励等级",
                    "获奖等次",
                    "授奖等级",
                    "拟奖等级",
                    "奖项等级",
                    "奖励级别",
                    "获奖级别",
                ),
                content="category",
                fills=True,
            ),
            "programme": Words(("奖励计划", "科技奖名称", "奖项名称"), content="text", fills=True),
            "award_year": Words(
                ("年度", "年份", "获奖年度", "获奖年份", "奖励年度", "授奖年度", "获奖时间"),
                content="year",
                fills=True,
            ),
            "title": Words(
                (
                    "项目名称",
                    "成果名称",
                    "项目成果名称",
                    "获奖项目",
                    "获奖项目名称",
                    "题目",
                    "课题名称",
                    "项目",
                    "成果",
                    "获奖成果",
                    "获奖成果名称",
                    "名称",
                    "项目题名",
                    "获奖项目成果名称",
                ),
                pattern=r"(?:获奖|授奖|拟奖|提名|推荐|科技)?(?:项目|成果|课题)(?:成果)?(?:名称|题目)?",
                content="text",
            ),
            "organisations": Words(
                (
                    "主要完成单位",
                    "完成单位",
                    "单位",
                    "获奖单位",
                    "主要单位",
                    "参与单位",
                    "主要完成单位及排序",
                    "项目完成单位",
                    "承担单位",
                    "申报单位",
                    "第一完成单位",
                    "所有完成单位",
                ),
                pattern=r"(?:主要|全部|项目|成果)?(?:完成|研制|承担|参加|获奖|合作)(?:单位|机构)(?:名称|及排序|排序)?",
                content="organisations",
            ),
            "people": Words(
                (
                    "主要完成人员",
                    "主要完成人",
                    "完成人",
                    "完成人员",
                    "获奖人员",
                    "获奖人",
                    "人员",
                    "完成者",
                    "主要人员",
                    "主要完成者",
                    "参与人员",
                    "项目组成员",
                    "主要研究人员",
                    "主要获奖人员",
                ),
                pattern=r"(?:主要|全部|项目|成果)?(?:完成|研究|参加|获奖|贡献)(?:人员?|者)(?:名单|姓名|及排序|排序)?",
                content="people",
            ),
        },
        needs=(("title",), ("organisations", "people", "award_category")),
        titles=r"科学技术奖|科技进步奖|科学技术进步奖|技术发明奖|自然科学奖|科技奖|科技成果奖|获奖(?:项目|成果)|"
        r"奖(?:励)?(?:项目|成果|获奖)|拟奖",
        not_titles=r"人员名单|获奖人名单|青年.*奖|人才奖",
        sectioned_by=("award_category", "award_class", "grade"),
    ),
    "laureates": KindWords(
        columns={
            "programme": Words(
                ("奖项名称", "奖项", "奖励名称", "获奖名称"), content="text", fills=True
            ),
            "award_year": Words(
                ("年度", "年份", "获奖年度", "获奖年份", "奖励年度"), content="year", fills=True
            ),
            "name": Words(
                (
                    "姓名",
                    "获奖人",
                    "获奖人员",
                    "获奖者",
                    "人选",
                    "人选姓名",
                    "获奖人姓名",
                    "入选人员",
                    "入选者",
                    "候选人",
                    "名字",
                    "获奖人员姓名",
                    "拟奖人选",
                    "提名人选",
                ),
                pattern=r"(?:获奖|入选|拟奖|候选|当选|提名)?(?:人员?|者|人选)?姓名",
                content="person",
            ),
            "employer": Words(
                (
                    "工作单位",
                    "所在单位",
                    "单位",
                    "单位名称",
                    "依托单位",
                    "现工作单位",
                    "工作单位名称",
                    "所属单位",
                    "任职单位",
                    "供职单位",
                    "用人单位",
                ),
                pattern=r"(?:现|所在|主要)?(?:工作|任职|所在|依托|申报)单位(?:及职务|名称)?",
                content="organisation",
            ),
            "nominator": Words(
                (
                    "提名单位",
                    "推荐单位",
                    "提名者",
                    "推荐部门",
                    "提名部门",
                    "提名单位专家",
                    "提名机构",
                    "推荐者",
                    "提名人",
                ),
                pattern=r"(?:提名|推荐)(?:单位|部门|机构|者|人)(?:名称)?",
                content="organisation",
                fills=True,
            ),
        },
        needs=(("name",), ("employer", "nominator")),
        titles=r"(?:人员|人选|人物|获奖人|获得者|个人)(?:公示)?名单|青年.{0,6}奖|杰出|人才奖|功臣|突出贡献奖",
    ),
    "certifications": KindWords(
        columns={
            "platform": Words(
                (
                    "机构名称",
                    "平台名称",
                    "名称",
                    "实验室名称",
                    "中心名称",
                    "基地名称",
                    "载体名称",
                    "研究院名称",
                    "平台",
                    "机构",
                    "创新平台名称",
                    "孵化器名称",
                    "众创空间名称",
                    "研发机构名称",
                ),
                pattern=r"(?P<type>.*(?:孵化器|众创空间|研发机构|实验室|中心|研究院|平台|基地|星创天地|工作站|"
                r"创新联合体|园区?|载体|加速器))名称",
                content="text",
            ),
            "type": Words(
                (
                    "类型",
                    "类别",
                    "平台类型",
                    "平台类别",
                    "机构类型",
                    "载体类型",
                    "认定类型",
                    "认定类别",
                ),
                content="text",
                fills=True,
            ),
            "level": Words(
                ("级别", "等级", "平台级别", "认定级别", "层级"), content="level", fills=True
            ),
            "year": YEAR,
            "batch": Words(("批次", "认定批次", "公布批次"), content="text", fills=True),
            "hosts": Words(
                (
                    "依托机构名称",
                    "依托单位",
                    "建设单位",
                    "运营单位",
                    "运营机构",
                    "依托机构",
                    "承建单位",
                    "申报单位",
                    "牵头单位",
                    "主体单位",
                    "运营主体",
                    "建设运营单位",
                    "依托建设单位",
                    "单位名称",
                    "承担单位",
                    "共建单位",
                    "建设主体",
                    "依托企业",
                    "运营单位名称",
                    "企业名称",
                    "所属单位",
                ),
                pattern=r"(?:主要)?(?:依托|建设|运营|承建|申报|牵头|主体|管理|共建|承担|主办)(?:建设|运营)?"
                r"(?:机构|单位|主体|企业)(?:名称)?",
                content="organisations",
            ),
            "district": DISTRICT,
            "status": Words(
                ("状态", "认定状态", "认定结果", "评价结果", "结果"), content="text", fills=True
            ),
        },
        needs=(("platform",),),
        titles=r"孵化器|众创空间|研发机构|实验室|工程(?:技术)?(?:研究)?中心|研究院|技术创新中心|平台|基地|"
        r"星创天地|工作站|加速器|创新中心|研究中心|企业技术中心|研发中心",
        not_titles=r"政策|办法",
        sectioned_by=("type", "level"),
    ),
    "roster-entries": KindWords(
        columns={
            "rank": Words(("排名", "名次", "位次", "排序", *NUMBER_HEADERS), content="number"),
            "title": Words(
                (
                    "成果案例名称",
                    "案例名称",
                    "案例",
                    "典型案例",
                    "典型案例名称",
                    "项目名称",
                    "成果名称",
                    "产品名称",
                    "场景名称",
                ),
                pattern=r".{0,8}(?:案例|场景|产品|成果|项目)名称",
                content="text",
            ),
            "organisation": Words(
                (
                    "企业名称",
                    "单位名称",
                    "企业",
                    "单位",
                    "承担单位",
                    "公司名称",
                    "集团名称",
                    "集团企业名称",
                    "申报单位",
                    "名称",
                    "机构名称",
                    "申报企业",
                    "企业单位名称",
                    "入选企业",
                    "上榜企业",
                    "申报单位名称",
                    "企业全称",
                    "实施单位",
                    "报送单位",
                ),
                pattern=r"(?:申报|入选|上榜|认定|获评|承担|实施|报送|培育|拟认定|集团)?(?:企业|公司|单位|集团)+(?:全称|名称)?",
                content="organisation",
            ),
            "district": DISTRICT,
            "certificate_number": Words(
                (
                    "证书编号",
                    "证书号",
                    "高企证书编号",
                    "证书号码",
                    "认定证书编号",
                    "高新技术企业证书编号",
                    "入库编号",
                    "入库登记编号",
                    "登记编号",
                ),
                pattern=r".*(?:证书|入库登记|登记|入库)(?:编)?号码?",
                content="code",
            ),
            "credit_code": Words(
                (
                    "统一社会信用代码",
                    "信用代码",
                    "社会信用代码",
                    "统一信用代码",
                    "组织机构代码",
                    "统一代码",
                ),
                pattern=r".*信用代码.*",
                content="code",
            ),
            "year": YEAR,
        },
        needs=(("organisation",),),
        titles=r"企业|公司|\d+\s*强|榜|案例|领军|小巨人|专精特新|瞪羚|独角兽|单项冠军",
        not_titles=r"科学技术奖|孵化器|众创空间|研发中心|技术中心",
    ),
    "indicator-values": KindWords(
        columns={
            "indicator": Words(
                (
                    "指标",
                    "指标名称",
                    "统计指标",
                    "项目",
                    "内容",
                    "主要指标",
                    "指标项",
                    "考核指标",
                    "名称",
                ),
                pattern=r"(?:主要|统计|考核|科技|核心)?指标(?:名称|项|内容)?",
                content="text",
            ),
            "unit": Words(("单位", "计量单位", "计算单位"), content="unit"),
            "reporting_unit": Words(
                (
                    "填报单位",
                    "报送单位",
                    "区县",
                    "地区",
                    "区县市",
                    "所属区",
                    "属地",
                    "县市区",
                    "各区县市",
                ),
                content="district",
                fills=True,
            ),
            "subject": Words(("对象", "主体", "所属主体"), content="text"),
            "period": Words(
                ("时期", "期间", "年度", "年份", "统计期", "报告期", "所属时期"),
                content="year",
                fills=True,
            ),
            "scope": Words(("口径", "统计口径"), content="text", fills=True),
            "value": Words(
                (
                    "数值",
                    "数据",
                    "完成值",
                    "实绩",
                    "完成数",
                    "完成情况",
                    "数量",
                    "本年",
                    "本期",
                    "全年",
                    "值",
                    "本年实际",
                    "实际完成",
                    "总量",
                    "绝对值",
                    "指标值",
                    "当年值",
                    "合计",
                ),
                pattern=r"(?:(?:19|20)\d\d年?度?)?(?:实际|累计|本年)?(?:完成|数)?(?:值|数|数值|实绩|完成情况|总量|数量|绝对数)?",
                content="number",
            ),
            "comparison": Words(
                (
                    "同比",
                    "增长",
                    "增速",
                    "同比增长",
                    "比上年增长",
                    "较上年增长",
                    "增幅",
                    "增长率",
                    "同比增速",
                    "比上年",
                ),
                pattern=r"(?:同比|比上年|较上年|比去年)?±?(?:增长|增速|增幅|增减)(?:率|速度)?",
                content="text",
            ),
            "rank": Words(
                ("排名", "位次", "全省排名", "全市排名", "名次", "全省位次", "全市位次"),
                content="text",
            ),
            "status": Words(("状态", "数据状态"), content="text"),
        },
        needs=(("indicator",), ("value",)),
        titles=r"指标|统计|情况表|数据表|完成情况|主要数据|一览",
        not_titles=r"奖|名单|政策",
        sectioned_by=("reporting_unit",),
    ),
    "policies": KindWords(
        columns={
            "title": Words(
                (
                    "政策名称",
                    "文件名称",
                    "名称",
                    "政策文件",
                    "政策文件名称",
                    "标题",
                    "文件标题",
                    "制度名称",
                    "文件",
                    "政策",
                    "规范性文件名称",
                ),
                pattern=r"(?:科技)?(?:政策|文件|制度|规范性文件|法规)(?:文件)?(?:名称|标题)?",
                content="text",
            ),
            "category": Words(
                ("分类", "类别", "政策分类", "政策类别", "类型", "领域", "政策类型"),
                content="text",
                fills=True,
            ),
            "year": Words(("年度", "年份", "出台年份", "发布年份"), content="year", fills=True),
            "note": Words(("备注", "说明"), content="text"),
            "document_number": Words(
                ("文号", "发文字号", "文件号", "发文文号", "文件编号"), content="text"
            ),
            "issued_on": Words(
                (
                    "发布日期",
                    "印发日期",
                    "发文日期",
                    "出台时间",
                    "发布时间",
                    "印发时间",
                    "成文日期",
                    "施行日期",
                ),
                content="date",
            ),
        },
        needs=(("title",),),
        titles=r"政策|制（?修）?订|规范性文件|文件目录|制度",
        sectioned_by=("category",),
    ),
    "events": KindWords(
        columns={
            "date": Words(
                (
                    "日期",
                    "时间",
                    "发生时间",
                    "活动时间",
                    "举办时间",
                    "发生日期",
                    "起止时间",
                    "起止日期",
                ),
                pattern=r"(?:发生|活动|举办|事件|会议)?(?:时间|日期)",
                content="date",
                fills=True,
            ),
            "date_from": Words(("开始日期", "开始时间", "起始日期"), content="date"),
            "date_to": Words(("结束日期", "结束时间", "截止日期"), content="date"),
            "title": Words(
                (
                    "事件",
                    "事项",
                    "大事",
                    "内容",
                    "活动名称",
                    "活动内容",
                    "大事记",
                    "事件内容",
                    "主要内容",
                    "活动",
                    "名称",
                    "会议名称",
                    "事件名称",
                    "大事内容",
                ),
                pattern=r"(?:主要|重大|重要)?(?:事件|事项|活动|大事|会议)(?:名称|内容)?",
                content="text",
            ),
            "note": Words(("备注", "说明", "地点"), content="text"),
        },
        needs=(("date", "date_from"), ("title",)),
        titles=r"大事记|大事|纪事|日程|活动安排|活动一览",
    ),
}

_MARKS = re.compile(r"[\s:：*＊·.．。\"“”'、]")
_BRACKETS = re.compile(r"[（(【\[][^（()）】\]]*[)）】\]]")


def plain_header(header: str) -> str:
    """A header as it is compared: narrow, without blanks, marks and remarks in brackets."""
    narrow = unicodedata.normalize("NFKC", header)
    bare = _MARKS.sub("", _BRACKETS.sub("", narrow))
    return bare or _MARKS.sub("", narrow)


def full_header(header: str) -> str:
    """A header with what its brackets hold, but without the brackets: 集团（企业）名称."""
    return re.sub(r"[()\[\]【】]", "", _MARKS.sub("", unicodedata.normalize("NFKC", header)))


def header_fits(header: str, words: Words) -> float:
    """How surely a header means a field: 1 for a known word, less for a pattern, 0 for none."""
    best = 0.0
    for form in (full_header(header), plain_header(header), full_header(header.split("/")[-1])):
        if not form:
            continue
        if form in words.headers:
            return 1.0
        if words.pattern and re.fullmatch(words.pattern, form):
            best = max(best, 0.85)
    return best


OTHER_HEADERS = (
    "备注",
    "说明",
    "联系人",
    "联系电话",
    "电话",
    "专业",
    "领域",
    "技术领域",
    "性别",
    "职称",
    "金额",
    "学科",
    "所属行业",
    "行业",
    "产业领域",
    "所属领域",
    "获奖编号",
    "项目编号",
    "证书号",
)
"""Headers of columns that no kind has a field for: they tell a header, and are set aside."""

_KNOWN = frozenset((*NUMBER_HEADERS, *OTHER_HEADERS, "id")).union(
    *(words.headers for kind in KINDS.values() for words in kind.columns.values()),
    # The names of the fields themselves, as our own exports have them.
    *(kind.columns for kind in KINDS.values()),
)
_KNOWN_PATTERN = re.compile(
    "|".join(
        f"(?:{words.pattern})"
        for kind in KINDS.values()
        for words in kind.columns.values()
        if words.pattern
    )
)


@lru_cache(maxsize=4096)
def is_known_header(text: str) -> bool:
    """Whether a cell is a word that some kind of list has above a column."""
    if not text or len(text) > 30 or text.isdecimal():
        return False
    return any(
        form in _KNOWN or (form != "" and _KNOWN_PATTERN.fullmatch(form) is not None)
        for form in dict.fromkeys((full_header(text), plain_header(text)))
    )
