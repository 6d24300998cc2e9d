"""Invented places, units and documents, periods, and the phrases around the facts."""

from __future__ import annotations

import random
from typing import Final

_FIRST: Final = "青云沧岚松柳石金玉临江宁和永安东西南北清平丰华龙凤白黄碧桐梅竹杉柏秋锦澜溪"
_SECOND: Final = "州阳山川河溪源泉塘桥浦湾岭坪台城林田港湖陵原谷屏峰"
_RANKS: Final = ("县", "县", "区", "区", "市", "镇", "街道", "新区", "开发区")
_BODIES: Final = (
    "教育局",
    "卫生健康委员会",
    "农业农村局",
    "水利局",
    "交通运输局",
    "文化和旅游局",
    "民政局",
    "公安局",
    "人民法院",
    "人民检察院",
    "市场监督管理局",
    "生态环境局",
    "科学技术局",
    "财政局",
    "司法局",
    "审计局",
    "应急管理局",
    "城市管理局",
    "人力资源和社会保障局",
    "自然资源局",
    "统计局",
    "医疗保障局",
    "林业局",
    "信访局",
    "档案馆",
    "妇幼保健院",
    "综合行政执法队",
    "城市运行管理中心",
    "社区事务受理服务中心",
    "疾病预防控制中心",
    "退役军人事务局",
    "残疾人联合会",
    "总工会",
    "图书馆",
    "第一中学",
    "消防救援大队",
)
_PLACE_ENDS: Final = ("路", "大道", "社区", "村", "镇", "街道", "片区", "小区", "公园", "河")

MODIFIERS: Final = (
    "新增",
    "现有",
    "市级",
    "区级",
    "省级",
    "重点",
    "辖区内",
    "农村",
    "城区",
    "在建",
    "存量",
    "各类",
    "全年",
    "老旧",
    "特色",
    "规范化",
    "智慧",
    "标准化",
    "困难",
    "留守",
    "涉企",
    "中心城区",
    "年度",
    "首批",
    "示范",
)
SHORT_MODIFIERS: Final = ("各类", "重点", "辖区", "涉及", "相关", "违规", "新增")
UNDATED: Final = (
    "目前",
    "期间",
    "截至目前",
    "活动期间",
    "同时",
    "近年来",
    "全过程",
    "日常工作中",
    "与此同时",
    "此外",
    "另",
)
WORKS: Final = (
    "进一步提升治理效能",
    "取得明显成效",
    "切实维护群众合法权益",
    "确保各项任务落到实处",
    "推动工作再上新台阶",
    "有效防范化解风险",
    "得到群众一致好评",
    "不断完善工作机制",
    "形成齐抓共管工作格局",
    "加强业务培训",
    "强化监督检查",
    "规范资金使用",
    "严格执行财务制度",
    "提高资金使用效益",
    "做好信息公开",
    "夯实基层基础",
    "全面完成年度任务",
    "持续巩固整治成果",
    "提升队伍能力素质",
    "优化支出结构",
    "厉行节约反对浪费",
    "落实主体责任",
    "及时处置突发情况",
    "营造良好社会氛围",
    "补齐短板弱项",
)
TOPICS: Final = ("预算绩效", "绩效目标编制", "安全生产责任", "资产管理", "内部控制", "重大舆情", "廉政风险", "政府采购")
SLOGANS: Final = (
    "“四个意识”",
    "“两个维护”",
    "“三重一大”",
    "“六稳六保”",
    "“一网通办”",
    "“双随机、一公开”",
    "“三会一课”",
    "“五星创建”",
    "“放管服”改革",
    "“一刻钟便民生活圈”",
    "“十四五”规划",
    "“两不愁三保障”",
    "“12345”政务服务热线",
    "“八五”普法",
    "“百日攻坚”",
    "“三个100%”要求",
    "“1+3+N”网格体系",
    "“四不两直”",
    "“一岗双责”",
)
FREQUENCIES: Final = ("一日两巡", "每周一调度", "每月一通报", "24小时值班制度", "一季一考核", "“日巡查、周通报”机制")
TITLES: Final = (
    "阳光",
    "便民",
    "先锋",
    "暖心",
    "执法",
    "综合",
    "法规",
    "宣传",
    "规划",
    "督查",
    "惠企",
    "文明",
    "清风",
    "平安",
    "美丽家园",
    "小巷管家",
)
FINDINGS: Final = (
    "发现问题隐患",
    "发现问题",
    "发现隐患",
    "排查风险点",
    "整改问题",
    "梳理问题线索",
    "发现安全隐患",
    "上报隐患点位",
    "查找薄弱环节",
)
DEEDS: Final = (
    "道路大冲洗行动/次",
    "老旧小区改造/个",
    "电梯加装/台",
    "专项检查/次",
    "桥梁检测/座",
    "集中整治行动/次",
    "普法宣传活动/场",
    "隐患排查/轮",
    "管网改造工程/处",
    "河道清淤/条",
    "绿化补种/处",
    "业务培训/期",
    "应急演练/次",
    "楼道修缮/处",
    "政策宣讲/场次",
    "联合执法/次",
    "志愿服务活动/场",
    "入户走访/轮",
    "课题调研/项",
    "路灯维修/盏",
    "危房改造/户",
    "公厕提升改造/座",
    "项目验收/个",
    "视频巡查/次",
    "技能竞赛/场",
    "健康体检/人次",
    "病虫害防治/轮",
    "草坪修剪/遍",
    "座谈会/场",
    "充电设施建设/处",
    "违建拆除/处",
    "垃圾厢房改造/座",
    "执法检查/次",
    "安全责任书签订/份",
    "示范点创建/个",
    "标线施划/处",
    "招聘活动/场",
    "督查/轮",
)


AUXILIARIES: Final = (
    "共",
    "累计",
    "已",
    "完成",
    "累计完成",
    "共计",
    "先后",
    "新",
    "有效",
    "成功",
    "已完成",
    "共完成",
    "合计",
    "及时",
    "全力",
    "街道共",
    "全年共",
    "已累计",
    "依法",
    "实现",
    "我局共",
    "涉及",
    "其中",
    "协助",
)
DEED_VERBS: Final = (
    "开展",
    "组织",
    "完成",
    "累计开展",
    "组织开展",
    "共开展",
    "落实",
    "实现",
    "已完成",
    "累计完成",
    "先后组织",
    "共组织",
    "顺利完成",
    "扎实开展",
    "定期开展",
    "牵头开展",
    "配合完成",
    "共完成",
    "开展各类",
)
SCENES: Final = (
    "辖区",
    "校园",
    "农村",
    "主干道",
    "工地",
    "河道",
    "景区",
    "园区",
    "村级",
    "社区",
    "节假日",
    "夜间",
    "市场",
    "重点行业",
    "春季",
    "“清风”",
    "“护航”",
    "线上",
    "一线",
)
_LISTED: Final = (
    "乱停乱放",
    "占道堆物",
    "油烟扰民",
    "噪声扰民",
    "消防通道",
    "无证经营",
    "虚假宣传",
    "超限超载",
    "非法捕捞",
    "安全生产",
    "食品卫生",
    "校园周边",
    "特种设备",
    "危险路段",
)


def enumeration(chance: random.Random) -> str:
    """A list that belongs to the name of the thing: `占道堆物、“群租”等各类`."""
    return "、".join(chance.sample(_LISTED, chance.choice((2, 2, 3)))) + chance.choice(("等", "等各类", "等"))


def place(chance: random.Random) -> str:
    """An invented place."""
    return chance.choice(_FIRST) + chance.choice(_SECOND) + chance.choice(_PLACE_ENDS)


def unit(chance: random.Random) -> str:
    """An invented public body."""
    area = chance.choice(_FIRST) + chance.choice(_SECOND) + chance.choice(_RANKS)
    if area.endswith(("镇", "街道")) and chance.random() < 0.4:
        return area + chance.choice(("人民政府", "")) if area.endswith("镇") else area + chance.choice(("办事处", ""))
    return area + chance.choice(_BODIES)


def period(year: int, chance: random.Random, space: str) -> str:
    """An expression that dates a value."""
    month = chance.randint(1, 12)
    options = (
        f"{year}{space}年",
        f"{year}{space}年",
        f"{year}{space}年度",
        f"{year}{space}年末",
        f"{year}{space}年{space}{month}{space}月",
        f"{year}{space}年{space}12{space}月{space}31{space}日",
        f"{year}{space}年底",
        f"{month}{space}月底",
        f"{month}{space}月",
        f"{month}{space}月{space}{chance.randint(1, 28)}{space}日",
        f"1-{chance.randint(6, 12)}{space}月",
        f"{year}{space}年{space}1{space}月至{space}{chance.randint(6, 12)}{space}月",
        f"{year}{space}年{space}1—{chance.randint(6, 12)}{space}月",
        "今年",
        "本年度",
        "年内",
        "全年",
        "当年",
        "年末",
        "上半年",
        "下半年",
        chance.choice(("一季度", "二季度", "三季度", "四季度", "前三季度")),
        f"{year}{space}年上半年",
        f"{year}-{year + 1}学年",
    )
    return chance.choice(options)


def document(year: int, chance: random.Random) -> str:
    """A document, with or without its number."""
    topic = chance.choice(TOPICS) + chance.choice(("管理办法", "工作方案", "实施细则", "三年行动计划"))
    mark = f"{chance.choice(_FIRST)}{chance.choice(('政办', '财绩', '财预', '府发', '政发'))}"
    bracket = chance.choice(("〔{}〕", "[{}]", "【{}】")).format(year - chance.randint(0, 6))
    number = f"（{mark}{bracket}{chance.randint(1, 300)}号）" if chance.random() < 0.7 else ""
    return (
        f"《关于印发{topic}的通知》{number}" if chance.random() < 0.5 else f"《{place(chance)}{topic}（试行）》{number}"
    )


def numbered(chance: random.Random) -> str:
    """A number that names something."""
    options = (
        f"{place(chance)}{chance.randint(1, 900)}弄",
        f"G{chance.randint(1, 400)}国道改线段",
        f"{chance.randint(1, 999)}路公交车",
        f"轨道交通{chance.randint(1, 18)}号线",
        f"{chance.randint(1, 20)}-{chance.randint(1, 20)}地块",
        "12345热线平台",
        "110指挥中心",
        "X206县道",
        f"{chance.randint(1, 30)}号楼",
        f"第{chance.randint(2, 30)}届博览会",
        f"第{chance.choice('一二三四')}批次试点",
    )
    return chance.choice(options)
