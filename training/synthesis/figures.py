"""Figures in every notation that reports use."""

from __future__ import annotations

import random
from typing import Final

_HANZI: Final = "一二三四五六七八九"
_COUNT_SIZES: Final = (9, 40, 99, 400, 2000, 9000, 60000, 400000)
_COUNT_WEIGHTS: Final = (22, 20, 16, 16, 12, 8, 4, 2)


def number(chance: random.Random) -> str:
    """A whole number, small ones more often, with or without thousands separators, sometimes in hanzi."""
    value = chance.randint(1, chance.choices(_COUNT_SIZES, _COUNT_WEIGHTS)[0])
    if value < 10 and chance.random() < 0.12:
        return "两" if value == 2 else _HANZI[value - 1]
    if value > 999 and chance.random() < 0.25:
        return f"{value:,}"
    if value > 9999 and chance.random() < 0.4:
        return f"{value / 10000:.{chance.randint(1, 2)}f}万"
    return str(value)


def count(unit: str, chance: random.Random, space: str) -> str:
    """A counted value with its unit and, at times, an approximator."""
    figure, form = number(chance), chance.random()
    if unit.startswith("万"):
        figure = f"{chance.uniform(0.5, 300):.{chance.randint(0, 2)}f}"
    elif unit in ("公里", "亩", "吨", "平方公里", "公顷", "万立方米", "平方米", "千米", "米") and chance.random() < 0.4:
        figure = f"{chance.uniform(1, 5000):.{chance.randint(1, 2)}f}"
    if form < 0.72 or figure[0] in _HANZI + "两" or "." in figure:
        return f"{figure}{space}{unit}"
    if form < 0.84:
        rounded = str(chance.randint(1, 99) * chance.choice((10, 100)))
        return f"{rounded}{space}余{unit}" if form < 0.82 else f"{rounded}{space}多{unit}"
    if form < 0.94:
        return f"{chance.choice(('约', '近', '约', '近', '超', '超过', '达到'))}{space}{figure}{space}{unit}"
    if form < 0.97:
        return f"{figure}{space}{unit}左右"
    return f"{figure}{space}{unit}以上"


def percent(chance: random.Random, mark: str = "%") -> str:
    """A share, most of them high."""
    form = chance.random()
    if form < 0.25:
        return f"100{mark}"
    if form < 0.6:
        return f"{chance.uniform(70, 100):.{chance.randint(1, 2)}f}{mark}"
    if form < 0.8:
        return f"{chance.randint(50, 99)}{mark}"
    return f"{chance.uniform(0.1, 160):.{chance.randint(1, 2)}f}{mark}" if form < 0.97 else "百分之百"


def money(chance: random.Random, space: str) -> str:
    """A sum with its unit."""
    form = chance.random()
    if form < 0.45:
        return f"{chance.choice((1, 1, 1, 10, 100)) * chance.uniform(0.5, 90):,.{chance.randint(0, 2)}f}{space}万元"
    if form < 0.6:
        return f"{chance.uniform(1, 9000):.{chance.randint(0, 6)}f}{space}万元"
    if form < 0.68:
        return f"{chance.uniform(0.2, 60):.{chance.randint(1, 2)}f}{space}亿元"
    if form < 0.78:
        return f"{chance.randint(100, 900000)}{space}元"
    if form < 0.86:
        return f"{chance.uniform(1000, 9000000):,.2f}{space}元"
    if form < 0.93:
        return f"{chance.randint(1, 99) * 10}{space}余万元"
    if form < 0.97:
        return f"{chance.choice(('约', '近', '超'))}{space}{chance.randint(2, 900)}{space}万元"
    return f"{chance.randint(1, 60) * 100}{space}元/{chance.choice(('人', '月', '年', '亩', '户', '人·月'))}"


def change(unit: str, chance: random.Random, space: str, mark: str = "%") -> str:
    """A direction word with what it moved by."""
    word = chance.choice(
        [
            "增加",
            "增长",
            "上升",
            "提高",
            "提升",
            "减少",
            "下降",
            "降低",
            "压减",
            "增加了",
            "提升了",
            "下降了",
            "上涨",
            "增幅达",
            "缩短",
        ]
    )
    form = chance.random()
    if form < 0.4 or not unit:
        return f"{word}{space}{chance.uniform(0.1, 80):.{chance.randint(0, 2)}f}{mark}"
    if unit == "%":
        return f"{word}{space}{chance.uniform(0.1, 20):.{chance.randint(1, 2)}f}{space}个百分点"
    return f"{word}{space}{chance.choice(('', '', '', '约', '近'))}{chance.randint(1, 900)}{space}{unit}"


def rank(chance: random.Random, space: str) -> str:
    """A place in a ranking."""
    area = chance.choice(["全市", "全区", "全县", "全省", "区", "市", "县", "同类单位", "全州", "省", "片区"])
    return f"{area}第{space}{chance.randint(1, 40)}{chance.choice(('', '', '名', '位'))}"


def target(figure: str, chance: random.Random, space: str) -> str:
    """A value as a target: with a comparator more often than not."""
    form = chance.random()
    if form < 0.35:
        return figure
    if form < 0.6:
        return f"{chance.choice(('≥', '≥', '>=', '＞', '≤'))}{figure}"
    if form < 0.85:
        return f"{chance.choice(('不少于', '不低于', '达到', '大于', '不超过', '控制在'))}{space}{figure}"
    return f"{figure}以上" if form < 0.95 else f"达到{space}{figure}以上"
