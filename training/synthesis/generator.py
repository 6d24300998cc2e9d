"""Fills the patterns: sentences whose spans and links follow the guide by construction."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

from models.spans import Entity, Label, Relation, RelationType, TaggedSentence
from training.synthesis import figures, names
from training.synthesis.lexicon import BUDGET_ACTIONS, BUDGET_ITEMS, BUDGET_RATES, FIELDS, REFORM_ITEMS, STAFF, Field
from training.synthesis.patterns import KINDS

_SLOT: Final = re.compile(r"\{([^}]+)\}")
# Light verbs name nothing by themselves: the guide leaves them outside the indicator.
_LIGHT_VERBS: Final = ("开展", "组织", "落实", "实现", "产生", "完成")
_DOCUMENT_SENTENCES: Final = 12


def synthesise(wanted: int, seed: int) -> list[list[TaggedSentence]]:
    """About `wanted` sentences in documents that keep to one field, one unit and one way of spacing."""
    chance = random.Random(seed)
    documents = []
    while wanted > 0:
        size = min(wanted, _DOCUMENT_SENTENCES)
        documents.append(_document(size, chance))
        wanted -= size
    return documents


def _document(size: int, chance: random.Random) -> list[TaggedSentence]:
    style = _Style(chance)
    return [_sentence(style, chance) for _ in range(size)]


def _sentence(style: _Style, chance: random.Random) -> TaggedSentence:
    patterns, _ = chance.choices(KINDS, [weight for _, weight in KINDS])[0]
    return fill(chance.choice(patterns), style, chance)


def fill(pattern: str, style: _Style, chance: random.Random) -> TaggedSentence:
    """One sentence of a pattern."""
    builder = _Builder(style, chance)
    for index, part in enumerate(_SLOT.split(pattern)):
        if index % 2 == 0:
            builder.say(part)
        else:
            builder.fill(part)
    return builder.done()


class _Style:
    """What stays the same through a document."""

    def __init__(self, chance: random.Random) -> None:
        self.field: Field = chance.choice(FIELDS)
        self.unit = names.unit(chance)
        self.year = chance.randint(2017, 2025)
        self.space = " " if chance.random() < 0.25 else ""
        self.mark = "％" if chance.random() < 0.15 else "%"


class _Builder:
    """A sentence under construction."""

    def __init__(self, style: _Style, chance: random.Random) -> None:
        self.style, self.chance = style, chance
        self.text = ""
        self.entities: list[Entity] = []
        self.relations: list[Relation] = []
        self.governing: dict[RelationType, str] = {}
        self.last = ""
        self.unit = ""
        self.used: set[str] = set()

    def done(self) -> TaggedSentence:
        linked = {r.head for r in self.relations} | {r.tail for r in self.relations}
        return TaggedSentence(self.text, [e for e in self.entities if e.id in linked], self.relations)

    def say(self, text: str) -> None:
        self.text += text

    def mark(self, label: Label, text: str) -> str:
        space = self.style.space
        # Periods and values stand off from the text before them where the document sets its figures off.
        if space and label not in ("INDICATOR", "ORG") and self.text and self.text[-1] not in " （，、；：。":
            self.say(space)
        name = f"T{len(self.entities) + 1}"
        self.entities.append(Entity(name, len(self.text), len(self.text) + len(text), label))
        self.say(text)
        return name

    def indicator(self, text: str, unit: str = "") -> str:
        for verb in _LIGHT_VERBS:
            if text.startswith(verb) and len(text) > len(verb) + 1:
                self.say(verb)
                text = text[len(verb) :]
        self.last, self.unit = self.mark("INDICATOR", text), unit
        self.relations += [Relation(kind, head, self.last) for kind, head in self.governing.items()]
        return self.last

    def value(self, label: Label, text: str, kind: RelationType, to: str = "") -> None:
        name = self.mark(label, text)
        self.relations.append(Relation(kind, name, to or self.last))

    def reached(self, text: str) -> None:
        self.value("ACHIEVEMENT", text, "achievement_of")

    def aimed(self, text: str) -> None:
        self.value("TARGET", figures.target(text, self.chance, self.style.space), "target_of")

    def entry(self, entries: Sequence[str]) -> tuple[str, str]:
        fresh = [entry for entry in entries if entry not in self.used]
        entry = self.chance.choice(fresh or list(entries))
        self.used.add(entry)
        phrase, _, units = entry.partition("/")
        return phrase, self.chance.choice(units.split("|"))

    def count(self, unit: str) -> str:
        return figures.count(unit, self.chance, self.style.space)

    def percent(self) -> str:
        return figures.percent(self.chance, self.style.mark)

    def joint(self, *words: str) -> None:
        """What may stand between an indicator and its value; nothing, most of the time."""
        if self.chance.random() < 0.35:
            self.say(self.chance.choice(words))

    def specific(self, phrase: str) -> str:
        """The phrase, at times with a modifier that makes it more specific."""
        if self.chance.random() < 0.22:
            return self.chance.choice(names.MODIFIERS) + phrase
        return phrase

    def fill(self, slot: str) -> None:
        if slot.endswith("*"):
            self.listed(slot[:-1])
        else:
            _FILLERS[slot](self)

    def listed(self, slot: str) -> None:
        comma = self.chance.choice("、，，")
        for index in range(self.chance.choice((2, 2, 3, 3, 4, 5, 6))):
            if index:
                self.say(comma)
            _FILLERS[slot](self)


Filler = Callable[[_Builder], None]


def _period(b: _Builder) -> None:
    b.governing["period_of"] = b.mark("PERIOD", names.period(b.style.year, b.chance, b.style.space))


def _organisation(b: _Builder) -> None:
    b.governing["org_of"] = b.mark("ORG", b.style.unit if b.chance.random() < 0.6 else names.unit(b.chance))


def _action(b: _Builder) -> None:
    phrase, unit = b.entry(b.style.field.actions)
    if b.chance.random() < 0.12:
        phrase = phrase[:2] + b.chance.choice(names.SHORT_MODIFIERS) + phrase[2:]
    if b.chance.random() < 0.3:
        b.say(b.chance.choice(names.AUXILIARIES))
    if b.chance.random() < 0.06:
        phrase = phrase[:2] + names.enumeration(b.chance) + phrase[2:]
    b.indicator(phrase, unit)
    b.joint("共", "累计", "达", "共计", "合计", "为")
    b.reached(b.count(unit))


def _deed(b: _Builder) -> None:
    """A deed told as a noun: the light verb before it stays outside."""
    phrase, unit = b.entry(names.DEEDS)
    if b.chance.random() < 0.12:
        phrase = names.enumeration(b.chance) + phrase
    elif b.chance.random() < 0.25:
        phrase = b.specific(b.chance.choice(names.SCENES) + phrase)
    if b.chance.random() < 0.75:
        b.say(b.chance.choice(names.DEED_VERBS))
    b.indicator(phrase, unit)
    b.joint("共", "累计", "达", "共计", "合计", "工作")
    b.reached(b.count(unit))


def _action_again(b: _Builder) -> None:
    phrase, unit = b.entry(b.style.field.actions)
    b.indicator(phrase, unit)
    b.reached(b.count(unit))


def _thing(b: _Builder) -> None:
    phrase, unit = b.entry(b.style.field.things)
    b.indicator(b.specific(phrase), unit)
    b.joint("共", "为", "达", "共计", "合计")
    b.reached(b.count(unit))


def _rate(b: _Builder) -> None:
    b.indicator(b.specific(b.entry(b.style.field.rates)[0]), "%")
    b.joint("为", "达", "达到", "均为", "提升至", "保持在", "在")
    b.reached(b.percent())


def _budget_rate(b: _Builder) -> None:
    b.indicator(b.chance.choice(BUDGET_RATES), "%")
    b.joint("为", "达", "达到", "仅为")
    b.reached(b.percent())


def _sum(b: _Builder) -> None:
    phrase = b.entry(b.style.field.sums)[0]
    verb = b.chance.choice(("", "", "", "拨付", "支付", "发放", "投入", "使用", "落实"))
    b.indicator(verb + phrase)
    b.joint("共", "为", "共计", "合计", "达", "累计")
    b.value("AMOUNT", figures.money(b.chance, b.style.space), "amount_of")


def _budget(b: _Builder) -> None:
    b.indicator(b.entry(BUDGET_ITEMS)[0])
    b.joint("为", "共计", "合计", "共")
    b.value("AMOUNT", figures.money(b.chance, b.style.space), "amount_of")


def _budget_action(b: _Builder) -> None:
    b.indicator(b.entry(BUDGET_ACTIONS)[0])
    b.joint("共计", "合计", "共")
    b.value("AMOUNT", figures.money(b.chance, b.style.space), "amount_of")


def _staff(b: _Builder) -> None:
    phrase, unit = b.entry(STAFF)
    b.indicator(phrase, unit)
    b.joint("为", "共")
    b.reached(f"{b.chance.randint(1, 400)}{b.style.space}{unit}")


def _score(b: _Builder) -> None:
    phrase, unit = b.entry(REFORM_ITEMS)
    b.indicator(phrase, unit)
    b.joint("为", "达", "达到")
    b.reached(f"{b.chance.uniform(70, 100):.{b.chance.randint(0, 2)}f}{b.style.space}{unit}")


def _ahead(
    b: _Builder, label: Label, text: str, kind: RelationType, phrase: str, unit: str = "", between: str = ""
) -> None:
    """A value that stands before its indicator."""
    name = b.mark(label, text)
    b.say(between)
    if b.style.space and not between and b.chance.random() < 0.5:
        b.say(b.style.space)
    b.relations.append(Relation(kind, name, b.indicator(phrase, unit)))


def _thing_ahead(b: _Builder) -> None:
    phrase, unit = b.entry(b.style.field.things)
    if unit.startswith("万") or unit in ("人次", "公里"):
        phrase, unit = b.chance.choice(("企业", "项目", "小区", "点位", "问题", "学校", "村居", "隐患点")), "个"
    _ahead(b, "ACHIEVEMENT", b.count(unit), "achievement_of", b.specific(phrase), unit)


def _deed_ahead(b: _Builder) -> None:
    phrase, unit = b.chance.choice(names.DEEDS).split("/")
    _ahead(
        b, "ACHIEVEMENT", b.count(unit), "achievement_of", b.specific(phrase), unit, b.chance.choice(("", "", "", "的"))
    )


def _money_ahead(b: _Builder) -> None:
    phrase = b.chance.choice(b.style.field.sums)
    _ahead(
        b, "AMOUNT", figures.money(b.chance, b.style.space), "amount_of", phrase, "", b.chance.choice(("", "的", ""))
    )


def _units_ahead(b: _Builder) -> None:
    phrase, unit = b.chance.choice(("科室/个", "内设机构/个", "股室/个", "中队/个", "小组/个", "下属单位/家")).split(
        "/"
    )
    _ahead(b, "ACHIEVEMENT", f"{b.chance.randint(2, 30)}{b.style.space}{unit}", "achievement_of", phrase, unit)


def _target_action(b: _Builder) -> None:
    phrase, unit = b.entry(b.style.field.actions)
    b.indicator(phrase, unit)
    b.aimed(b.count(unit) if b.chance.random() < 0.3 else f"{b.chance.randint(1, 900)}{b.style.space}{unit}")


def _target_rate(b: _Builder) -> None:
    b.indicator(b.chance.choice(b.style.field.rates + BUDGET_RATES[:3]), "%")
    if b.chance.random() < 0.2:
        b.say(b.chance.choice(("为", "保持在", "提高到", "提升至")))
    b.aimed(b.percent())


def _target_budget(b: _Builder) -> None:
    b.indicator(b.chance.choice(b.style.field.sums))
    limit = figures.money(b.chance, b.style.space)
    b.value("AMOUNT", b.chance.choice(("≤", "不超过", "")) + limit, "target_of")


def _again(b: _Builder, *, aimed: bool) -> None:
    """Another value of the last indicator."""
    text = b.percent() if b.unit in ("%", "") else b.count(b.unit)
    if aimed:
        b.aimed(text)
    else:
        b.reached(text)


def _series(b: _Builder, phrases: list[str], texts: list[str]) -> None:
    """Indicators first, then their values in the same order."""
    separator = b.chance.choice(("、", "和"))
    heads = []
    for index, phrase in enumerate(phrases):
        if index:
            b.say(separator)
        heads.append(b.indicator(phrase, "%"))
    b.say("分别为" if b.chance.random() < 0.7 else "分别达到")
    for index, (head, text) in enumerate(zip(heads, texts, strict=True)):
        if index:
            b.say("、" if len(heads) > 2 else b.chance.choice("、和"))
        b.value("ACHIEVEMENT", text, "achievement_of", head)


def _rate_series(b: _Builder) -> None:
    phrases = b.chance.sample(b.style.field.rates, 2 + (b.chance.random() < 0.4))
    _series(b, phrases, [b.percent() for _ in phrases])


def _action_series(b: _Builder) -> None:
    entries = [entry.partition("/") for entry in b.chance.sample(b.style.field.actions, 2)]
    clean = [(p, u.split("|")[0]) for p, _, u in entries if not p.startswith(_LIGHT_VERBS)]
    if clean:
        _series(b, [p for p, _ in clean], [b.count(u) for _, u in clean])


def _plain_rate(b: _Builder) -> None:
    b.indicator(b.specific(b.chance.choice(b.style.field.rates)), "%")


def _plain_action(b: _Builder) -> None:
    phrase, unit = b.entry(b.style.field.actions)
    b.indicator(phrase, unit)


def _plain_sum(b: _Builder) -> None:
    b.indicator(b.chance.choice(b.style.field.sums + BUDGET_ITEMS))


def _amount(kind: RelationType) -> Filler:
    return lambda b: b.value("AMOUNT", figures.money(b.chance, b.style.space), kind)


def _spoken(make: Callable[[_Builder], str]) -> Filler:
    return lambda b: b.say(make(b))


def _changed(b: _Builder) -> None:
    b.value("CHANGE", figures.change(b.unit, b.chance, b.style.space, b.style.mark), "change_of")


def _ranked(b: _Builder) -> None:
    b.reached(figures.rank(b.chance, b.style.space))


def _completion(b: _Builder) -> None:
    b.reached(b.percent())


def _share_of_whole(b: _Builder) -> None:
    b.indicator(b.chance.choice(("占总支出", "占支出总额", "占全年预算", "占总数", "占辖区总量", "占年度任务")))
    b.say("的")


def _plan_share(b: _Builder) -> None:
    b.reached(b.percent())


def _small(b: _Builder) -> None:
    b.reached(f"{b.chance.randint(1, 300)}{b.style.space}{b.chance.choice(('处', '个', '项', '条', '起'))}")


def _found(b: _Builder) -> None:
    b.indicator(b.chance.choice(names.FINDINGS), "处")
    _small(b)


def _plain_staff(b: _Builder) -> None:
    phrase, unit = b.entry(STAFF)
    b.indicator(phrase, unit)


def _project_count(b: _Builder) -> None:
    _ahead(
        b,
        "ACHIEVEMENT",
        f"{b.chance.randint(2, 90)}{b.style.space}个",
        "achievement_of",
        b.chance.choice(("项目", "预算项目")),
    )


def _project_money(b: _Builder) -> None:
    b.indicator(b.chance.choice(("涉及资金", "资金规模", "涉及预算资金", "资金总额")))
    b.value("AMOUNT", figures.money(b.chance, b.style.space), "amount_of")


def _point_share(b: _Builder) -> None:
    word = b.chance.choice(("完成年度计划量", "年度计划量", "年度任务量", "全年任务"))
    if word.startswith("完成"):
        b.say("完成")
        word = word[2:]
    b.indicator(word, "%")
    b.say("的")
    b.reached(b.percent())


_FILLERS: Final[dict[str, Filler]] = {
    "P": _period,
    "P1": _period,
    "P2": _period,
    "O": _organisation,
    "A": _action,
    "A2": _action_again,
    "N": _thing,
    "R": _rate,
    "D": _deed,
    "M": _sum,
    "B": _budget,
    "BA": _budget_action,
    "BR": _budget_rate,
    "S": _staff,
    "G": _score,
    "VN": _thing_ahead,
    "VA": _deed_ahead,
    "VMN": _money_ahead,
    "VS": _units_ahead,
    "TA": _target_action,
    "TR": _target_rate,
    "TB": _target_budget,
    "T": lambda b: _again(b, aimed=True),
    "T0": lambda b: _again(b, aimed=True),
    "V": lambda b: _again(b, aimed=False),
    "V9": lambda b: _again(b, aimed=False),
    "F": _found,
    "S1": _plain_staff,
    "VP": _plan_share,
    "VP2": _completion,
    "I": _plain_rate,
    "IA": _plain_action,
    "IB": _plain_sum,
    "II": _rate_series,
    "AA2": _action_series,
    "AT": _amount("target_of"),
    "AA": _amount("achievement_of"),
    "MC": _amount("change_of"),
    "C": _changed,
    "K": _ranked,
    "X": _share_of_whole,
    "NP": _project_count,
    "IMP": _project_money,
    "PS": _point_share,
    "p": _spoken(lambda b: b.chance.choice(names.UNDATED)),
    "w": _spoken(lambda b: b.chance.choice(b.style.field.works)),
    "w2": _spoken(lambda b: b.chance.choice(names.WORKS)),
    "w3": _spoken(lambda b: b.chance.choice(names.TOPICS)),
    "d": _spoken(lambda b: names.document(b.style.year, b.chance)),
    "h": _spoken(lambda b: b.chance.choice(names.SLOGANS)),
    "L": _spoken(lambda b: names.place(b.chance)),
    "U": _spoken(lambda b: b.style.unit),
    "y": _spoken(lambda b: f"{b.style.year - b.chance.randint(0, 3)}年"),
    "no": _spoken(lambda b: names.numbered(b.chance)),
    "q": _spoken(lambda b: b.chance.choice(names.TITLES)),
    "hon": _spoken(lambda b: b.chance.choice(("评为先进", "通报表扬", "列入整改名单"))),
    "old": _spoken(lambda b: b.style.space + b.percent()),
    "old9": _spoken(lambda b: f"{b.chance.randint(2, 60)}{b.style.space}{b.unit or '人'}"),
    "freq": _spoken(lambda b: b.chance.choice(names.FREQUENCIES)),
    "date": _spoken(lambda b: f"{b.style.year}年{b.chance.randint(1, 12)}月{b.chance.randint(1, 28)}日"),
}
