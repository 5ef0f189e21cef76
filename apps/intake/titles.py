"""What a table's title says once for all its rows: year, programme, roster, type, level."""

import re
import unicodedata

YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)\s*年?度?")
YEARS = re.compile(r"(?:19|20)\d{2}\s*年?\s*[-—–~～至]\s*(?:19|20)\d{2}")
LIST_WORDS = (
    r"(?:拟?(?:认定|获奖|授奖|入选|奖励|推荐|提名|公布|备案|入库|评审|新增))*(?:项目|成果|人员|人选|结果)*"
    r"(?:情况)?(?:公示|公告)?(?:的)?(?:名单|榜单|汇总表|一览表|一览|清单|目录|统计表|明细表|表)(?:公示|公告)?"
)
PROGRAMME = re.compile(
    r"[^\s，,、：:（()）]*?(?:科学技术|科技|技术|创新|人才|杰出|自然科学|贡献|进步)[^\s，,、：:（()）获]*?奖"
)
LEVEL = re.compile(r"国家级|省级|市级|区级|县级|国家|全国|全省|省|市")
TYPE = re.compile(
    r"(?:科技企业|专业化|综合|大学科技园|全国|技术企业)?孵化器|众创空间|新型研发机构|(?:[^省市级年度、\s]{0,4})重点实验室|"
    r"企业研究院|(?:省|市)?重点企业研究院|工程(?:技术)?研究中心|技术创新中心|产业创新中心|制造业创新中心|星创天地|"
    r"院士(?:专家)?工作站|博士后(?:科研)?工作站|企业技术中心|(?:高新技术企业)?研究?(?:开发|发)中心|国际科技合作基地|"
    r"科普(?:教育)?基地|加速器|产业技术研究院|临床医学研究中心|创新联合体|科技企业加速器|野外科学观测研究站|中试基地|"
    r"大学科技园|联合实验室|实验室|研究院|创新平台|平台|基地"
)
ANY_TYPE = ("平台", "创新平台", "基地")
"""Words that stand for bodies of any type."""
LEVEL_SAID = re.compile(r"(?:国家|省|市|区|县)\s*级")
STATUS_OF_TYPE = {"众创空间": "备案", "星创天地": "备案"}
"""What a body of a type is, where the page does not say: recorded, and not certified."""
STATUS = re.compile(
    r"撤销|摘牌|获批创建|获批筹建|创建中|认定|备案|获批|立项|入库|公示|通过评估|验收"
)


A_PLACE = re.compile(r"\S{1,8}(?:[区县市]|新区|园区|开发区)|市本级|市直|全市")
"""A district, as a cell, a header or a sheet is called by it."""


def plain(title: str) -> str:
    """A title with narrow digits and letters and without blanks; brackets stay as printed."""
    return re.sub(
        r"[０-９Ａ-Ｚａ-ｚ]",
        lambda found: unicodedata.normalize("NFKC", found[0]),
        re.sub(r"\s+", "", title),
    )


def year_of(*lines: str) -> tuple[str, bool]:
    """The one year that a title names, and whether the title itself does; else the next line's.

    A span of years is no year.
    """
    for number, line in enumerate(lines):
        text = plain(line)
        if YEARS.search(text):
            return "", False
        if found := YEAR.search(text):
            return found[1], number == 0
    return "", False


def programme_of(title: str) -> str:
    """The name of the prize: 宁波企事业单位牵头获2022年度浙江省科学技术奖项目汇总表 → 浙江省科学技术奖."""
    text = plain(title)
    before, text = ("", text) if not YEAR.search(text) else _around_year(text)
    text = re.sub(r"^.{0,14}?(?:牵头获得?|荣获|获得|获(?!奖))", "", text)
    text = re.sub(r"^(?:关于|拟授予|授予|公布|附件\d*[:：]?)+", "", text)
    found = PROGRAMME.match(text)
    if not found:
        return ""
    return before + found[0] if GENERAL_PRIZE.match(found[0]) else found[0]


def honour_of(title: str) -> str:
    """What a list of people honours them with, be it no prize: 2022年度某市杰出人才入选名单 → 某市杰出人才."""
    text = re.sub(r"^.*?关于(?:公布|公示|表彰)?", "", plain(title))
    text = re.sub(r"^[^\u4e00-\u9fff]*年?度?", "", YEAR.sub("", text))
    text = re.sub(r"[（(][^（()）]*[)）]$", "", text)
    text = re.sub(
        r"(?:拟?(?:入选|获奖|获得|表彰|授予))*(?:者|人)?(?:人员|人选|对象)*的?$",
        "",
        roster_of(text),
    )
    return text if re.search(r"奖|人才|人物|英才|工匠|专家|先锋|标兵|功臣", text) else ""


PLACE_BEFORE = re.compile(r"(?:.*[、，：:于布])?([^\s、，：:（()）]{2,8}?[省市区县])")
GENERAL_PRIZE = re.compile(r"科学技术|科技|技术发明|自然科学|青年|优秀|杰出")


def _around_year(text: str) -> tuple[str, str]:
    """The place that a title names before its year, and what stands behind it.

    玉环市2020年度科学技术奖 → 玉环市, 科学技术奖: the prize is the place's.
    """
    before, rest = "", text
    for found in re.finditer(r"(?:19|20)\d{2}\s*年?度?(?=\S)", text):
        before, rest = text[: found.start()], text[found.end() :]
    place = PLACE_BEFORE.fullmatch(before)
    return (place[1] if place else ""), rest


EVERYWHERE = re.compile(
    r"^(?:附件\d*[:：]?)?(?:[^各]{0,4}市)?(?:各|分)?(?:区|县|市|地)*(?:[（(][区县市、]+[)）])?(?:区|县|市|地)*"
)
GENERAL_FIGURES = re.compile(r"(?:主要|科技|创新|经济|统计|相关|有关|考核)*(?:指标|数据|情况)?")


def indicator_of(title: str) -> str:
    """The one indicator of a table: 2019—2022年各区（县、市）有效高新技术企业数 → 有效高新技术企业数.

    Blank where the title names none.
    """
    text = re.sub(r"^(?:统计)?指标(?:名称)?[:：]", "", plain(title))
    text = YEAR.sub("", YEARS.sub("", text))
    text = re.sub(r"^年?度?", "", text)
    text = re.sub(
        rf"(?:{LIST_WORDS}|(?:完成|统计|分布)?情况|统计|[（(][^（()）]*[)）])+$", "", text
    )
    text = re.sub(r"^年?度?", "", EVERYWHERE.sub("", text))
    return "" if GENERAL_FIGURES.fullmatch(text) else text


def roster_of(title: str) -> str:
    """The roster's name: its title without the words for a list."""
    text = plain(title)
    if notice := NOTICE.fullmatch(text):
        text = notice["what"]
    return re.sub(rf"{LIST_WORDS}(?=[（(]|$)", "", text) or text


NOTICE = re.compile(
    r".*关于(?:公布|公示|发布|下达|认定|确定|开展)?(?P<what>.+?)的?(?:通知|公告|公示|通报|决定|批复)"
)
"""The title of a notice: …关于公布2018年度长沙市科技领军企业名单的通知 is of what it makes known."""
OF_DISTRICT = re.compile(
    r"(?:市.*[（(](?P<any>[^（()）]{2,8}[区县市])|^[^市]*[（(](?P<part>[^（()）]{2,8}[区县]))[)）]$"
)
"""A city stands in brackets only behind another one: 安徽省…名单（合肥市） is of no district."""


def district_of(title: str) -> str:
    """The district in the brackets a title ends with: 2023年西安市瞪羚企业名单（雁塔区）."""
    found = OF_DISTRICT.search(plain(title))
    return (found["any"] or found["part"]) if found else ""


BEFORE_PLACE = re.compile(
    r"^(?:附件\d*[:：]?)?(?:关于)?(?:公布|公示|拟)?(?:(?:19|20)\d\d年?度?)?(?:第[一二三四五六七八九十]+批)?"
)


def level_of(text: str) -> str:
    """国家级, 省级, 市级 …, where a title or a cell says so."""
    text = BEFORE_PLACE.sub("", plain(text))
    if found := re.search(r"(国家|省|市|区|县)级", text):
        return found[0]
    if re.search(r"^国家|全国|国家(?!高新)", text):
        return "国家级"
    if re.search(r"全省|[浙江]省(?!级)", text):
        return "省级"
    if re.search(r"^[^省]{2,3}市(?!级)", text):
        return "市级"
    return ""


def type_of(text: str) -> str:
    """The type of body a title or a header names: 2023年新增省级众创空间 → 众创空间."""
    found = TYPE.search(re.sub(r"名称$", "", plain(text)))
    return BEFORE_TYPE.sub("", found[0]) if found else ""


def type_in_full(name: str, title: str, bodies: list[str]) -> str:
    """The type with the words before it that the title and every body's name have, too.

    技术创新中心, in a title of 企业技术创新中心 over names that all end so → 企业技术创新中心.
    """
    text = plain(title)
    endings = [plain(body) for body in bodies if body]
    while name and len(endings) >= FEWEST_BODIES:
        before = text[: text.find(name)][-1:] if name in text else ""
        if not OF_TYPE.fullmatch(before) or not all(
            body.endswith(before + name) for body in endings
        ):
            return name
        name = before + name
    return name


def type_of_all(bodies: list[str]) -> str:
    """The type that the names of all bodies end with; "" where they are of several."""
    found = {ends[-1] if (ends := TYPE.findall(plain(body))) else "" for body in bodies if body}
    one = found.pop() if len(found) == 1 else ""
    return "" if one in ANY_TYPE else BEFORE_TYPE.sub("", one)


FEWEST_BODIES = 2
OF_TYPE = re.compile(r"[^省市区县级年度批、，：:（()）\W\d]")
"""A character that may belong to a type, and is not the end of a place, a level or a year."""
BEFORE_TYPE = re.compile(r"^(?:拟|新|首批|获批|入选|认定|备案|增|建|公布|通过|的)+(?!型)")
"""Words of a list before a type that are no part of it: 新认定重点实验室."""


def status_of(*texts: str) -> str:
    """认定, 备案 … where a title or a header says so."""
    for text in texts:
        if found := STATUS.search(plain(text)):
            return found[0]
    return ""


UNIT_LINE = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=计量)|(?<=金额)|(?<=数据)|(?<=计算))单位\s*[:：]\s*([^\s）)]+)"
)
"""A unit of measure; 填报单位 is who fills in."""


def unit_of(lines: tuple[str, ...]) -> str:
    """The unit of a line such as （单位：万元）, or the several it names."""
    for line in lines:
        if found := UNIT_LINE.search(line):
            return found[1].strip("，,；;、。")
    return ""


PART_OF_YEAR = re.compile(
    r"[上下]半年|[一二三四][一二三四]?季度|\d{1,2}月?[-—–~～至]\d{1,2}月|(?<!\d)\d{1,2}月"
)


def is_of_part_of_year(title: str) -> bool:
    """Whether a title names less than a year: 2023年前三季度, 2023年1—9月."""
    return PART_OF_YEAR.search(plain(title)) is not None


RATE = re.compile(r"增速|增长|增幅|比重|占比|比例|强度|率$")


def unit_among(units: str, indicator: str) -> str:
    """The one of several units (单位：家、%) that an indicator is counted in; "" where it may be two.

    One unit is itself.
    """
    several = [unit for unit in re.split(r"[、，,；;和及]", units) if unit]
    if len(several) > 1 and "%" in several:
        if RATE.search(indicator):
            return "%"
        several.remove("%")
    return several[0] if len(several) == 1 else ""


YEAR_HEAD = re.compile(
    r"((?:19|20)\d\d)年?(?:度|底|末)?(?:实绩|实际|数值|数据|完成值|完成情况|值)?"
)


def year_in_header(header: str) -> str:
    """The year that a column is of: 2022年, 2022年度; "" where its header says more, or none."""
    bare = re.sub(r"[（(][^（()）]*[)）]$", "", plain(header.rpartition("/")[2]))
    found = YEAR_HEAD.fullmatch(bare)
    return found[1] if found else ""


def unit_in_header(header: str) -> str:
    """The unit in the brackets of a header: 研发投入（万元） → 万元."""
    found = re.search(r"[（(]\s*([^（()）]{1,10})\s*[)）]\s*$", header)
    return (
        found[1]
        if found
        and re.fullmatch(
            r"%|‰|[万亿千百]?[元个家项件人次名篇位年月分户台]|人年|亿美元|万美元|平方米|万?吨|万?平方米",
            found[1],
        )
        else ""
    )
