"""Certified platforms and bodies."""

from apps.intake.synonyms.words import DISTRICT, YEAR, KindWords, Words

CERTIFICATIONS = KindWords(
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
            ("级别", "等级", "平台级别", "认定级别", "层级"),
            pattern=r"(?:平台|载体|机构|认定|备案|建设|所属|获批)(?:级别|层级|等级|层次)",
            content="level",
            fills=True,
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
            ("状态", "认定状态", "认定结果", "评价结果", "结果", "处理意见", "处理结果"),
            content="text",
            fills=True,
        ),
    },
    needs=(("platform",),),
    titles=r"孵化器|众创空间|研发机构|实验室|工程(?:技术)?(?:研究)?中心|研究院|技术创新中心|平台|基地|"
    r"星创天地|工作站|加速器|创新中心|研究中心|企业技术中心|研发中心",
    not_titles=r"政策|办法",
    sectioned_by=("type", "level"),
)
