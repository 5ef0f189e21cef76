"""Policies and events."""

from apps.intake.synonyms.words import KindWords, Words

POLICIES = KindWords(
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
                "公布时间",
                "公布日期",
            ),
            content="date",
        ),
    },
    needs=(("title",),),
    titles=r"政策|制（?修）?订|规范性文件|文件目录|制度",
    sectioned_by=("category",),
)

EVENTS = KindWords(
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
)
