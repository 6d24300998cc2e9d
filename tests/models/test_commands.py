from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.spans import TaggedSentence
from service.cli import app

SENTENCE = "2023年预算执行率98%。"


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_rows_keep_what_they_held_and_gain_entities_and_relations(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"text": SENTENCE, "doc": "a", "sent": 7}, {"text": ""}, {"text": "\ud83d😀\x00罚款3.2万元"}]
    source.write_text("\n\n".join(json.dumps(row) for row in rows), encoding="utf8")
    assert _run("tag", source, target).exit_code == 0
    tagged = [json.loads(line) for line in target.read_text(encoding="utf8").splitlines()]
    assert [row["text"] for row in tagged] == [row["text"] for row in rows]
    assert (tagged[0]["doc"], tagged[0]["sent"]) == ("a", 7)
    assert {entity["label"] for entity in tagged[0]["entities"]} == {"PERIOD", "INDICATOR", "ACHIEVEMENT"}
    assert [TaggedSentence.from_row(row).relations for row in tagged][1] == []


def test_plain_text_is_tagged_a_line_each_and_may_be_replaced_in_place(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes(b"\xef\xbb\xbf" + f"{SENTENCE}\r\n\r\n{SENTENCE}\n".encode())
    assert _run("tag", path, path).exit_code == 0
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf8").splitlines()]
    assert texts == [SENTENCE, "", SENTENCE]


@pytest.mark.parametrize("line", ['{"txt": 1}', '{"text": 5}', "[1]", "not json"])
def test_a_bad_row_is_named_and_no_half_file_is_left(line: str, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"text": SENTENCE}) + f"\n{line}\n", encoding="utf8")
    result = _run("tag", source, target)
    assert result.exit_code == 2
    assert "line 2" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("tag", "missing.jsonl", "out.jsonl"),
        ("tag", "bytes.txt", "out.jsonl"),
        ("tag", "bytes.txt", "out.jsonl", "--model", "nowhere"),
        ("evaluate", "nowhere", "missing.jsonl"),
        ("evaluate", "nowhere", "missing.jsonl", "--split", "no-such"),
        ("annotations", "check", "missing.txt"),
        ("annotations", "convert", "missing.jsonl", "out.txt"),
        ("annotations", "convert", "bytes.txt", "out.unknown"),
        ("annotations", "agreement", "--first", "nowhere"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_one_line(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bytes.txt").write_bytes(b"\xff\xfe\x00")
    result = _run(*arguments)
    assert result.exit_code == 2
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert not Path("out.jsonl").exists()


def test_evaluation_needs_sentences(tmp_path: Path) -> None:
    assert _run("evaluate", tmp_path, tmp_path).exit_code == 2


def test_export_names_a_file_that_holds_no_weights(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "junk.pt").write_text("junk", encoding="utf8")
    for name in ("junk.pt", "missing.pt"):
        result = _run("export-model", tmp_path / name, tmp_path / "out")
        assert result.exit_code == 2
        assert isinstance(result.exception, SystemExit)


def test_annotations_go_through_every_form_and_back(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    marked = "⟦T1 INDICATOR|清淤河道⟧⟦T2 ACHIEVEMENT>achievement_of:T1|12公里⟧。\n一、概况\n"
    (tmp_path / "a.txt").write_text(marked, encoding="utf8")
    for source, target in (("a.txt", "a.jsonl"), ("a.jsonl", "a.spacy"), ("a.spacy", "b.jsonl"), ("b.jsonl", "b.txt")):
        assert _run("annotations", "convert", tmp_path / source, tmp_path / target).exit_code == 0
    assert (tmp_path / "b.txt").read_text(encoding="utf8") == marked
    assert _run("annotations", "convert", tmp_path / "a.txt", tmp_path / "a.conll").exit_code == 0
    assert "B-INDICATOR" in (tmp_path / "a.conll").read_text(encoding="utf8")
