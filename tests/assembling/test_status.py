"""Whether a target is met, from what both cells say."""

from __future__ import annotations

import pytest

from service.assembling.quantities import parse
from service.assembling.status import conversion, status_of
from service.schema import Quantity


def quantity(text: str) -> Quantity:
    found = parse(text)
    return Quantity(**found._asdict(), evidence=[], confidence=1.0)


@pytest.mark.parametrize(
    ("target", "actual", "status"),
    [
        ("≥50个", "50个", "met"),
        ("≥50个", "59个", "met"),
        ("≥50个", "60个", "exceeded"),
        ("≥50个", "40个", "partly_met"),
        ("≥50个", "20个", "unmet"),
        ("≥50个", "0个", "unmet"),
        (">4(次)", "7.00(次)", "exceeded"),
        (">4(次)", "4次", "partly_met"),
        ("=100%", "100.00%", "met"),
        ("=100(%)", "98%", "partly_met"),
        ("12.00(个)", "12", "met"),
        ("≤10次", "3次", "met"),
        ("≤10次", "10次", "met"),
        ("<10次", "10次", "partly_met"),
        ("≤10次", "12次", "partly_met"),
        ("≤10次", "20次", "unmet"),
        ("=0(起)", "0起", "met"),
        ("=0(起)", "1起", "unmet"),
        ("≤0.00(%)", "0%", "met"),
        ("90%-95%", "93%", "met"),
        ("90%-95%", "88%", "partly_met"),
        ("1.2万立方米", "12000立方米", "met"),
        ("3公里", "2900米", "partly_met"),
        ("2年", "24个月", "met"),
        ("500万元", "0.06亿元", "exceeded"),
        ("≥50个", "50人", "undetermined"),
        ("及时", "达成指标", "met"),
        ("及时", "部分达成指标并具有一定效果", "partly_met"),
        ("及时", "未达成指标且效果较差", "unmet"),
        ("≥50个", "达成指标", "met"),
        ("完成", "基本完成", "partly_met"),
        ("完成", "未完成", "unmet"),
        ("建立健全", "超额完成", "exceeded"),
        ("有效应用于实践", "有效应用于实践", "met"),
        ("1部宣传片，2套方案", "1部宣传片,2套方案", "met"),
        ("好转", "明显好转", "met"),
        ("好转", "基本好转", "partly_met"),
        ("好转", "未见好转", "undetermined"),
        ("2021年12月完成", "2021年11月", "met"),
        ("2021年11月底前", "2021年12月", "partly_met"),
        ("及时", "", "undetermined"),
        ("及时", "—", "undetermined"),
        ("提升", "/", "undetermined"),
        ("长效管理", "编印手册一本", "undetermined"),
    ],
)
def test_status(target: str, actual: str, status: str) -> None:
    assert status_of(quantity(target), quantity(actual)) == status


def test_without_an_actual_nothing_is_determined() -> None:
    assert status_of(quantity("≥50个"), None) == "undetermined"


def test_less_is_better_for_costs_without_a_sign() -> None:
    assert status_of(quantity("90万元"), quantity("85万元"), cost=True) == "met"
    assert status_of(quantity("90万元"), quantity("85万元")) == "partly_met"


@pytest.mark.parametrize(
    ("unit", "to", "factor"),
    [
        ("万人", "人", 10_000),
        ("公里", "米", 1000),
        ("㎡", "平方米", 1),
        ("人", "个", None),
        (None, "人", 1),
        ("‰", "%", 0.1),
    ],
)
def test_conversion(unit: str | None, to: str | None, factor: float | None) -> None:
    assert conversion(unit, to) == (None if factor is None else pytest.approx(factor))
