"""What is printed in a target, an actual or an amount, as a quantity."""

from __future__ import annotations

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.assembling.quantities import (
    MAX_LENGTH,
    chinese_number,
    decimals,
    is_blank,
    money_scale,
    number,
    parse,
)

FULL_WIDTH = str.maketrans("0123456789.%()<>=", "０１２３４５６７８９．％（）＜＞＝")


@pytest.mark.parametrize(
    ("text", "comparator", "value", "upper", "unit"),
    [
        ("≥50个", ">=", 50, None, "个"),
        ("50", None, 50, None, None),
        ("=100%", "=", 100, None, "%"),
        (">=90%", ">=", 90, None, "%"),
        ("≤10次", "<=", 10, None, "次"),
        ("≥100百分比", ">=", 100, None, "%"),
        ("=2.00(人)", "=", 2, None, "人"),
        ("＝34.00（人）", "=", 34, None, "人"),
        ("不少于12种", ">=", 12, None, "种"),
        ("不低于90%", ">=", 90, None, "%"),
        ("不超过3.5%", "<=", 3.5, None, "%"),
        ("大于 90%", ">", 90, None, "%"),
        ("2370人", None, 2370, None, "人"),
        ("95%以上", ">=", 95, None, "%"),
        ("120天以内", "<=", 120, None, "天"),
        ("10个工作日内", "<=", 10, None, "个工作日"),
        ("90%-95%", None, 90, 95, "%"),
        ("3-5天", None, 3, 5, "天"),
        ("20～30人次", None, 20, 30, "人次"),
        ("约50人", "~", 50, None, "人"),
        ("50%左右", "~", 50, None, "%"),
        ("1,653.33", None, 1653.33, None, None),
        ("1 653.33", None, 1653.33, None, None),
        ("≥９０％", ">=", 90, None, "%"),
        ("＞＝90", ">=", 90, None, None),
        ("⩾5", ">=", 5, None, None),
        ("≧5", ">=", 5, None, None),
        ("=43.00(万平方米)", "=", 43, None, "万平方米"),
        ("≥3.5万人次", ">=", 3.5, None, "万人次"),
        ("12.8万余起", "~", 12.8, None, "万起"),
        ("2年", None, 2, None, "年"),
        ("2个月", None, 2, None, "个月"),
        ("=2.00(月)", "=", 2, None, "月"),
        ("完成7项", None, 7, None, "项"),
        ("召开7次会议", None, 7, None, "次"),
        ("满意度≥90%", ">=", 90, None, "%"),
        ("-5.3%", None, -5.3, None, "%"),
        ("≥1次/年", ">=", 1, None, "次/年"),
        ("三次", None, 3, None, "次"),
        ("不少于三次", ">=", 3, None, "次"),
        ("二十余次", "~", 20, None, "次"),
        ("百分之九十以上", ">=", 90, None, "%"),
        ("0.00", None, 0, None, None),
        ("5‰", None, 5, None, "‰"),
        ("≥500m²", ">=", 500, None, "m2"),
    ],
)
def test_a_single_figure_is_understood(
    text: str, comparator: str | None, value: float, upper: float | None, unit: str | None
) -> None:
    assert parse(text) == (text, comparator, value, upper, unit)


@pytest.mark.parametrize(
    ("text", "value", "comparator"),
    [
        ("≤90万元", 900_000, "<="),
        ("3亿元", 300_000_000, None),
        ("180余万元", 1_800_000, "~"),
        ("1,653.33万元", 16_533_300, None),
        ("一百二十万元", 1_200_000, None),
        ("壹佰万元整", 1_000_000, None),
        ("0元", 0, None),
        ("约12.5千元", 12_500, "~"),
        ("500元", 500, None),
    ],
)
def test_money_is_in_yuan(text: str, value: float, comparator: str | None) -> None:
    found = parse(text)
    assert (found.value, found.unit, found.comparator) == (value, "元", comparator)


def test_money_per_something_keeps_what_it_is_per() -> None:
    assert parse("1.2万元/年")[2:] == (12_000, None, "元/年")


@pytest.mark.parametrize(
    "text",
    [
        "1部宣传片,2套方案",
        "2021年12月完成",
        "2023年",
        "12月底前",
        "12月31日",
        "2024-12-31前",
        "第二季度、第四季度开展",
        "一季度末",
        "及时",
        "效果明显",
        "符合相关规定",
        "是",
        "不低于",
        "十分满意",
        "一致",
        "一次性",
        "3/5",
        "1:3",
        "7×24小时",
        "12345热线",
        "5G基站",
        "1、2、3",
        "100.0.5",
        "第1名",
        "≥95%且≤100%",
        "达成指标",
        "部分达成指标并具有一定效果",
    ],
)
def test_what_is_not_one_figure_has_no_value(text: str) -> None:
    assert parse(text) == (text, None, None, None, None)


@pytest.mark.parametrize("text", ["", " ", "-", "—", "——", "/", "／", "－", " - "])
def test_dashes_and_slashes_are_blank(text: str) -> None:
    assert is_blank(text)
    assert parse(text).value is None


@pytest.mark.parametrize(
    ("text", "hint", "value", "unit"),
    [
        ("90", "万元", 900_000, "元"),
        ("90", "（万元）", 900_000, "元"),
        ("90万元", "元", 900_000, "元"),
        ("200万", "元", 2_000_000, "元"),
        ("90", "%", 90, "%"),
        ("90", "百分比", 90, "%"),
        ("96次", "人", 96, "次"),
        ("96", "/", 96, None),
        ("2024.12", "万元", 20_241_200, "元"),
    ],
)
def test_a_hint_gives_the_unit_that_the_text_lacks(text: str, hint: str, value: float, unit: str | None) -> None:
    found = parse(text, unit_hint=hint)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,653.33", 1653.33),
        ("40. 00", 40),
        ("98.5分", 98.5),
        ("100.00%", 100),
        ("（10）", 10),
        ("40，00", 40),
        ("1 653.33", 1653.33),
        ("-12.5", -12.5),
        ("12次", None),
        ("-", None),
        ("40.00 40.00", None),
    ],
)
def test_number_reads_cells_that_hold_a_number_alone(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3),
        ("十二", 12),
        ("两百零五", 205),
        ("一百二十万", 1_200_000),
        ("三亿五千万", 350_000_000),
        ("二〇二四", 2024),
        ("壹仟贰佰", 1200),
        ("万", None),
        ("三四个", None),
    ],
)
def test_chinese_numerals(text: str, value: float | None) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("text", "scale"),
    [("单位：万元", 10_000), ("（元）", 1), ("金额单位:亿元", 1e8), ("千元", 1000), ("项目资金", None)],
)
def test_the_money_unit_of_a_heading(text: str, scale: float | None) -> None:
    assert money_scale(text) == scale


@given(st.text(max_size=2 * MAX_LENGTH))
def test_no_text_fails_and_every_text_is_kept(text: str) -> None:
    found = parse(text)
    assert found.text == text
    assert found.value is None or math.isfinite(found.value)
    if found.value is None:
        assert (found.comparator, found.upper, found.unit) == (None, None, None)


@given(st.text(alphabet=string.digits + "..,%％年月日次个万亿元余以上下≥≤<>=~-至约(（)） 一二三十百千", max_size=16))
def test_nearly_quantities_never_fail(text: str) -> None:
    found = parse(text)
    assert found.upper is None or (found.value is not None and found.upper >= found.value)


@given(
    st.sampled_from(["", "≥", "≤", "=", ">", "<", "约"]),
    st.decimals(0, 10**8, places=2),
    st.sampled_from(["", "%", "次", "(人)", "个", "公里"]),
)
def test_full_width_and_half_width_mean_the_same(sign: str, value: object, unit: str) -> None:
    text = f"{sign}{value}{unit}"
    assert parse(text)[1:] == parse(text.translate(FULL_WIDTH))[1:]
    assert parse(text).value == pytest.approx(float(str(value)))


@given(st.integers(0, 10**10))
def test_thousands_separators_change_nothing(value: int) -> None:
    assert parse(f"{value:,}").value == parse(f"{value:,}".replace(",", " ")).value == value


@given(st.decimals(0, 10**6, places=4), st.sampled_from([("元", 1), ("万元", 10**4), ("亿元", 10**8)]))
def test_money_scales(value: object, unit: tuple[str, int]) -> None:
    assert parse(f"{value}{unit[0]}").value == pytest.approx(float(str(value)) * unit[1], abs=1e-6)
    assert parse(str(value), unit_hint=unit[0]).value == pytest.approx(float(str(value)) * unit[1], abs=1e-6)


@given(st.decimals(0, 10**6, places=3))
def test_printed_decimals_are_counted(value: object) -> None:
    assert decimals(f"≥{value}%") == len(str(value).partition(".")[2])
