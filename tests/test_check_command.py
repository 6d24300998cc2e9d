"""jixiao check lists findings, most severe first, and gates on errors."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

from service.assembling import assemble
from service.commands.check import check
from service.export.workbook import report_workbook
from service.pipeline import report
from service.reading.document import Document
from service.schema import Report
from tests.assembling.layouts import document
from tests.assembling.test_checks_forms import form


def invoke(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(check)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def written(folder: Path, made: Document) -> Path:
    """A report as extract writes it."""
    evaluations, notices = assemble(made)
    path = folder / "report.json"
    path.write_text(report(made, evaluations, notices).model_dump_json(indent=2), encoding="utf-8")
    return path


@pytest.fixture
def contradictory(tmp_path: Path) -> Path:
    return written(tmp_path, form("120.34", "128.34"))


def test_errors_exit_with_three(contradictory: Path) -> None:
    result = invoke(contradictory)
    assert result.exit_code == 3
    assert "F3" in result.output
    assert "120.34" in result.output


def test_a_report_without_findings_exits_with_zero(tmp_path: Path) -> None:
    result = invoke(written(tmp_path, form()))
    assert result.exit_code == 0
    assert "没有发现问题" in result.output


def test_warnings_alone_do_not_fail(tmp_path: Path) -> None:
    result = invoke(written(tmp_path, form("两个村未完工。", "")))
    assert result.exit_code == 0
    assert "S4" in result.output


def test_json_holds_every_finding_with_its_boxes(contradictory: Path) -> None:
    result = invoke(contradictory, "--format", "json")
    found = json.loads(result.output)
    assert [item["severity"] for item in found] == ["error", "error", "warning"]
    assert {item["rule"] for item in found} == {"F1", "F3", "F4"}
    assert all(item["evidence"][0]["page"] == 1 for item in found)
    assert found[0]["subject"] == "沟渠清淤"


def test_a_sheet_is_the_workbooks_own_with_the_worst_first(contradictory: Path, tmp_path: Path) -> None:
    target = tmp_path / "findings.xlsx"
    assert invoke(contradictory, "--format", "xlsx", "--out", target).exit_code == 3
    book = openpyxl.load_workbook(target)
    whole = openpyxl.load_workbook(io.BytesIO(report_workbook(Report.model_validate_json(contradictory.read_bytes()))))
    head, *rows = book["核对发现"].iter_rows(values_only=True)
    same_head, *same_rows = whole["核对发现"].iter_rows(values_only=True)
    assert book.sheetnames == ["核对发现"]
    assert head == same_head
    assert sorted(rows, key=str) == sorted(same_rows, key=str)
    assert [row[head.index("级别")] for row in rows] == ["错误", "错误", "警告"]
    assert any("财政拨款全年执行数由128.34改为120.34" in str(row) for row in rows)


def test_a_table_in_a_file_has_a_line_a_finding(contradictory: Path, tmp_path: Path) -> None:
    target = tmp_path / "findings.txt"
    assert invoke(contradictory, "--out", target).exit_code == 3
    head, *lines = [line.split("\t") for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line[head.index("级别")] for line in lines] == ["错误", "错误", "警告"]
    assert {line[head.index("评价对象")] for line in lines} == {"沟渠清淤"}


def test_a_report_is_checked_anew_by_another_profile(tmp_path: Path) -> None:
    path = written(tmp_path, form())
    found = json.loads(invoke(path, "--format", "json", "--profile", "hubei").output)
    assert [(item["rule"], item["expected"]) for item in found] == [("S1", "20")]


def test_findings_on_text_stay_when_a_report_is_checked_anew(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        document("澄湖县水利局2023年度部门整体支出绩效自评报告", "诉求412件，已办结396件，办结率为98.2%。"),
    )
    found = json.loads(invoke(path, "--format", "json", "--profile", "hubei").output)
    assert [item["rule"] for item in found] == ["N1"]


@pytest.mark.parametrize("content", ["", "{}", '{"schema_version": "1.0"}', "[1"])
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(content)
    assert invoke(path).exit_code == 2


def test_an_unknown_profile_is_refused(contradictory: Path) -> None:
    result = invoke(contradictory, "--profile", "atlantis")
    assert result.exit_code == 2
    assert "hubei" in result.output


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert invoke(tmp_path / "none.json").exit_code == 2
