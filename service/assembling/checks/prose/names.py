"""N4: another unit's name where the report's own should stand (copied text), and a period outside the report's year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from service.assembling.checks.context import Context, Passage, finding
from service.assembling.checks.prose.sentences import any_of
from service.assembling.quantities import is_blank
from service.assembling.vocabulary import compact
from service.reading.document import Origin
from service.schema import Check

_KINDS = (
    r"局|委员会|办公室|中心|厅|学院|大学|学校|中学|小学|街道办事处|人民政府|法院|检察院|联合会|总工会|委|所|站|队|馆|院"
    r"|处|社|场|会"
)
_OWN_NAME = re.compile(
    r"(?P<lead>^|[，。；、：:（(“]|截至\S{0,12}|(?:20\d{2}年度?))\s*(?P<name>[\u4e00-\u9fff]{2,24}?(?:" + _KINDS + r"))"
    r"(?P<verb>(?:20\d{2}年度?)?(?:部门整体|整体支出|部门预算|预算资金来源|预算资金|年初预算|部门全年|全年预算)"
    r"|(?:20\d{2}年度?)?(?:绩效自评|绩效评价|基本支出|收支)"
    r"|(?:的)?(?:主要职责|主要职能|职能职责|机构设置|内设机构|人员编制|编制)|(?:核定)?(?:行政|事业)?编制|内设|下设"
    r"|(?:为|是)(?:一级|二级|财政全额|全额|正[科处厅]级|副[科处厅]级)|对照|认真对照|严格按照|按照《|高度重视)"
)
_OTHERS = any_of(
    "财政 上级 主管 审计 省委 市委 区委 县委 政府办 编办 机构编制 人社 统计 各 有关 相关 国家 中央 第三方 下属 所属"
    " 直属 其他 代理"
)
_LEADING = re.compile(r"^(?:我|本|由|对|在|和|与|及|年|度|月|日|的|根据|按照|按|经|向|以|为|是|将|和|，)+")
_PLACED = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区|市|州))?"
    r"(?P<place>[\u4e00-\u9fff]{1,6}?(?:市|州|盟|区|县|旗|镇|乡|街道))(?P<tail>[\u4e00-\u9fff]+)$"
)
# What stands before 区 or 县 where that is the report's own (设在区审计局, 报告经区…局).
_NO_PLACE = re.compile(r"[经在为由报向交对是于送按和与][市州盟区县旗镇乡]$")
# Institutions below an office of the same place are its own.
_BELOW = re.compile(r"(?:中心|所|站|队|馆|院|场)$")
# Units that the report works with, learns from or reports to are rightly named.
_BESIDE = re.compile(
    r"[与和同、赴]$|联合|会同|协助|配合|学习|考察|调研|支援|对口|帮扶|来自|邀请|抄送|选派|移交|交流|协作|跨"
)
# 财政局 and the like are named everywhere; a longer name is told by its kind.
SHORTEST_TAIL: Final = 3
_YEAR = re.compile(r"(?P<year>20\d{2})\s*年(?:度)?")
_TO_YEAR_END = re.compile(
    r"(?:截至|截止|截止至|截止到|至)\s*(?P<year>20\d{2})\s*年\s*(?:12\s*月\s*(?:31\s*日|底|末)?|年?底|末)"
)
_YEAR_BUDGET = re.compile(
    r"(?P<year>20\d{2})\s*年度?\s*(?:部门)?"
    r"(?:全年|年初|预算|整体支出|部门整体|决算|绩效自评|绩效目标|财政拨款|一般公共预算|项目支出|本级)"
)
_COMPARED_YEAR = any_of(
    "较 比 上年 去年 结转 下年 次年 明年 计划 下一年 预计 至 — - ～ 历年 以来 年起 《 号 后 拟 将 下一步 十[三四五]五"
)


def n4(context: Context) -> Iterator[Check]:
    """Another unit's name where the report's own should stand; a period outside the report's year."""
    subject = context.evaluation.subject
    if subject is not None and context.prose:
        yield from _other_unit(context, compact(subject.text))
    year = context.evaluation.year
    if year is not None:
        for passage in context.prose:
            yield from _other_year(passage, year)
        yield from _row_years(context, year)


def _other_unit(context: Context, subject: str) -> Iterator[Check]:
    """Units named as the report's own that are none of its names."""
    own = {
        subject,
        *(
            compact(t.text)
            for t in (context.evaluation.implementing_unit, context.evaluation.competent_department)
            if t
        ),
    }
    own |= _short_names(context)
    told: set[str] = set()
    for passage, match in _namesakes(context, subject):
        name = _LEADING.sub("", match.group("name"))
        if name not in told and not _is_own(context, passage, match, name, own):
            told.add(name)
            yield _unit_finding(passage, match, subject, name)
    for passage in context.prose:
        for match in _OWN_NAME.finditer(passage.text):
            name = _LEADING.sub("", compact(match.group("name")))
            if len(name) < 4 or _OTHERS.search(name) or name in told or not _placed(name) or _is_below(name, subject):
                continue
            if _is_own(context, passage, match, name, own):
                continue
            told.add(name)
            yield _unit_finding(passage, match, subject, name)


def _is_own(context: Context, passage: Passage, match: re.Match[str], name: str, own: set[str]) -> bool:
    """Whether a name is one of the unit's own, or what recognition made of one."""
    if any(_same_unit(name, known) for known in own):
        return True
    return any(_is_slip(name, known) for known in own) and _is_recognised(context, passage, match)


def _is_slip(name: str, known: str) -> bool:
    """Whether a name is the known one but for one character."""
    return len(name) == len(known) and sum(a != b for a, b in zip(name, known, strict=True)) == 1


def _is_recognised(context: Context, passage: Passage, match: re.Match[str]) -> bool:
    """Whether the text was recognised in an image, where one character of another name is likelier to be misread."""
    document = context.document
    shown = passage.evidence(match.span("name"))
    return document is not None and any(document.page(e.page).origin is Origin.SCAN for e in shown)


def _unit_finding(passage: Passage, match: re.Match[str], subject: str, name: str) -> Check:
    message = f"此处应为本单位“{subject}”，印作“{name}”，疑为套用其他单位的文字。"
    shown = passage.evidence((match.end("name") - len(name), match.end("name")))
    return finding("N4", "warning", message, shown, expected=subject, found=name)


def _short_names(context: Context) -> set[str]:
    """Names that the report gives itself (以下简称“…”), as read with the full name before them."""
    names: set[str] = set()
    for passage in context.prose[:20]:
        for match in re.finditer(r"(?:以下|下)?简称[：:为]?[“\"「]?(?P<name>[\u4e00-\u9fff]{2,12})", passage.text):
            names.add(match.group("name"))
    return names


def _namesakes(context: Context, subject: str) -> Iterator[tuple[Passage, re.Match[str]]]:
    """Units of the subject's own kind in another place ("青禾县残疾人联合会" in a report of 云杉县's).

    One of another level may be named for its own sake, but not where a sentence begins to tell of its year.
    """
    match = _PLACED.match(subject)
    if match is None or len(match.group("tail")) < SHORTEST_TAIL:
        return
    place, tail = match.group("place"), match.group("tail")
    patterns = (
        re.compile(rf"(?P<name>(?P<place>[\u4e00-\u9fff]{{1,4}}{place[-1]}){tail})"),
        re.compile(
            rf"(?:^|(?<=[。；;]))(?P<name>(?P<place>[\u4e00-\u9fff]{{1,5}}[市州盟区县旗镇乡]){tail})(?=全年|本年|20\d\d年)"
        ),
    )
    for passage in context.prose:
        for found in (match for pattern in patterns for match in pattern.finditer(passage.text)):
            name = _LEADING.sub("", found.group("name"))
            before = passage.text[: found.end("name") - len(name)][-8:]
            other = found.group("place")
            if not other.endswith(place) and not _NO_PLACE.search(other) and not _BESIDE.search(before):
                yield passage, found


def _same_unit(name: str, known: str) -> bool:
    """Whether a name is the known one, a part of it, or its abbreviation (its characters in order)."""
    if name in known or known in name:
        return True
    iterator = iter(known)
    return all(c in iterator for c in name)


def _is_below(name: str, subject: str) -> bool:
    """Whether a name is that of an institution in the subject's own place."""
    match = _PLACED.match(subject)
    return match is not None and match.group("place") in name and _BELOW.search(name) is not None


def _placed(name: str) -> bool:
    """Whether a name begins with a place, as a unit's full name does."""
    return re.match(r"[\u4e00-\u9fff]{1,6}?(?:省|自治区|市|州|盟|区|县|旗|镇|乡|街道)", name) is not None


def _other_year(passage: Passage, year: int) -> Iterator[Check]:
    """Years in which the report's own budget and its closing day cannot lie."""
    found: list[re.Match[str]] = [
        *_TO_YEAR_END.finditer(passage.text),
        *_YEAR_BUDGET.finditer(passage.text),
        *_self_years(passage.text),
    ]
    seen: set[int] = set()
    for match in sorted(found, key=lambda m: m.start("year")):
        said = int(match.group("year"))
        if said == year or match.start("year") in seen or not 0 < abs(said - year) <= 3:
            continue
        clause = _clause_around(passage.text, match.start(), match.end())
        if _COMPARED_YEAR.search(clause.replace(match.group(), "", 1)) or said > year:
            continue
        seen.add(match.start("year"))
        message = f"报告年度为{year}年，此处写作{said}年（“{clause.strip()[:24]}”）。"
        shown = passage.evidence((match.start(), match.end()))
        yield finding("N4", "warning", message, shown, expected=f"{year}年", found=f"{said}年")


def _self_years(text: str) -> Iterator[re.Match[str]]:
    """Years that open a sentence on what was done ("2021年，…完成…")."""
    for match in re.finditer(
        r"(?:^|[。；;])\s*(?:（[一二三四五六七八九十\d]+）|[（(]?\d+[)）.、]|[一二三四五六七八九十]+[是、])?\s*(?P<year>20\d{2})\s*年(?:度|，|,|全年|我|本|共|累计|完成|开展|为|，)",
        text,
    ):
        rest = re.split(r"[。；;]", text[match.end() :], maxsplit=1)[0]
        if re.search(r"\d", rest) and not re.search(r"20\d{2}\s*年", rest):
            yield match


def _clause_around(text: str, start: int, end: int) -> str:
    left = max(text.rfind(mark, 0, start) for mark in "。；;，,") + 1
    right = min((i for mark in "。；;，," if (i := text.find(mark, end)) >= 0), default=len(text))
    return text[left:right]


def _row_years(context: Context, year: int) -> Iterator[Check]:
    """Targets and actuals dated outside the year."""
    for row in context.book.rows:
        for quantity, name in ((row.row.target, "指标值"), (row.row.actual, "实际完成值")):
            if quantity is None or is_blank(quantity.text):
                continue
            years = [int(m.group("year")) for m in _YEAR.finditer(quantity.text)]
            if (
                years
                and max(years) < year
                and len(quantity.text) <= 30
                and not re.search(r"[-—～~至到]|较|比|以来|结转", quantity.text)
            ):
                message = f"“{row.name}”的{name}“{quantity.text}”不在{year}年内。"
                yield finding("N4", "warning", message, quantity.evidence, expected=f"{year}年", found=quantity.text)
