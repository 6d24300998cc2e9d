"""Rules are data: one file a province, chosen by name or by where a unit is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from service.assembling import assemble, checks, forms, profiles
from service.schema import Evaluation, Text
from tests.assembling.layouts import document, table

NAMES = ["ministry", "anhui", "chongqing", "guangxi", "hubei", "ningxia", "shanghai", "shanxi", "sichuan"]


def of_unit(name: str) -> Evaluation:
    (evaluation,), _ = forms.assemble(form(unit=name))
    return evaluation


def form(*, unit: str = "澄湖县文化局", rate: str = "98%", score: str = "9.8"):  # type: ignore[no-untyped-def]
    """A form with a weight of 10 for its execution rate and 30 % more books than asked for."""
    return document(
        "项目支出绩效自评表",
        "（2023年度）",
        table(f"""
        项目名称 | 乡村图书角 | < | < | < | < | < | <
        主管部门 | {unit} | < | < | 实施单位 | {unit} | < | <
        项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
        ^ | 年度资金总额 | 50 | 50 | 49 | 10 | {rate} | {score}
        一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
        产出指标 | 数量指标 | 新增图书 | ≥1000册 | 1250册 | 50 | 50 |
        效益指标 | 社会效益指标 | 受益村民 | ≥800人 | 805人 | 30 | 30 |
        满意度指标 | 满意度指标 | 村民满意度 | ≥90% | 93% | 10 | 10 |
        总分 | < | < | < | < | 100 | 99.8 |
        """),
    )


def test_every_profile_says_all_that_a_profile_must() -> None:
    assert profiles.names() == NAMES
    for name in NAMES:
        profile = profiles.load(name)
        assert profile.name == name
        assert profile.bands
        assert profile.far_above > 1


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("四川省档案馆", "sichuan"),
        ("柳州市园林局", "guangxi"),
        ("宜昌市水利局", "hubei"),
        ("重庆市云屏区民政局", "chongqing"),
        ("吴忠市教育局", "ningxia"),
        ("运城市财政局", "shanxi"),
        ("上海市青屿区文化局", "shanghai"),
        ("池州市水利局", "anhui"),
        ("闵行区城市管理局", "shanghai"),
        ("长宁区民政局", "shanghai"),
        ("长宁县水利局", "ministry"),
        ("四川北路街道办事处", "ministry"),
        ("山西路街道", "ministry"),
        ("黄山镇人民政府", "ministry"),
        ("澄湖县文化局", "ministry"),
    ],
)
def test_a_units_province_chooses_the_profile(unit: str, name: str) -> None:
    assert profiles.choose(None, of_unit(unit)).name == name


def test_a_profile_is_chosen_by_name_or_title_over_the_province() -> None:
    evaluation = of_unit("四川省档案馆")
    assert profiles.choose("hubei", evaluation).name == "hubei"
    assert profiles.choose("湖北", evaluation).name == "hubei"


def test_an_unknown_profile_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(profiles.UnknownProfile) as told:
        assemble(form(), "atlantis")
    assert "hubei" in told.value.message


def test_the_profile_decides_what_is_found() -> None:
    evaluation = of_unit("澄湖县文化局")
    by_default = checks.run(evaluation, None, profiles.choose(None, evaluation))
    by_hubei = checks.run(evaluation, None, profiles.choose("hubei", evaluation))
    assert by_default == []
    assert [check.rule for check in by_hubei] == ["S1"]
    assert by_hubei[0].expected == "20"


def test_adding_a_province_is_adding_a_file(tmp_path: Path) -> None:
    shutil.copy(profiles.FOLDER / "ministry.toml", tmp_path)
    (tmp_path / "lanzhou.toml").write_text(
        'title = "澜州"\nsource = "澜州市预算绩效管理办法"\nplaces = ["澜州"]\nfar_above = 1.2\nreason_below = 99\n'
    )
    evaluation = of_unit("澜州市文化局")
    profile = profiles.choose(None, evaluation, tmp_path)
    assert profile.title == "澜州"
    assert profile.total == 100  # the rest is the Ministry's
    found = {check.rule: check.found for check in checks.run(evaluation, None, profile)}
    assert found == {"T1": "125%", "S4": "空白"}
    assert checks.run(evaluation, None, profiles.choose(None, evaluation)) == []


def test_a_profile_that_lacks_something_says_what(tmp_path: Path) -> None:
    shutil.copy(profiles.FOLDER / "ministry.toml", tmp_path)
    (tmp_path / "broken.toml").write_text('title = "坏"\nsource = "无"\nfar_above = "很多"\n')
    with pytest.raises(profiles.DamagedProfile, match="far_above"):
        profiles.load("broken", tmp_path)


def test_the_name_of_a_unit_is_read_from_its_start() -> None:
    evaluation = of_unit("澄湖县文化局")
    evaluation.title = Text(text="学习上海经验自评表", evidence=[], confidence=1.0)
    assert profiles.choose(None, evaluation).name == "ministry"
