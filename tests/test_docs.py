"""What users can set, meet and call is documented."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
import typer.main

from service import cli
from service.assembling import profiles
from service.config import Settings
from service.errors import JixiaoError, catalogue

ROOT = Path(__file__).parent.parent
# Errors that rooms define for themselves count too; some are defined where little else imports them.
for room in (
    "api.errors",
    "export.annotated",
    "export.tables",
    "jobs.errors",
    "store.accounts",
    "store.backup",
    "store.corrections",
    "store.paging",
    "commands.serve",
    "web.backstage",
):
    importlib.import_module(f"service.{room}")
assert issubclass(profiles.UnknownProfile, JixiaoError)
README, README_ZH = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
ERRORS = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")


def _settings_table() -> dict[str, str]:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `(JIXIAO_\w+)` \| `([^`]*)`", text, re.MULTILINE))


def test_every_setting_is_documented_with_its_default() -> None:
    defaults = {f"JIXIAO_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    shown = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in defaults.items()}
    assert _settings_table() == shown


@pytest.mark.parametrize("name", sorted(COMMANDS))
@pytest.mark.parametrize("readme", [README, README_ZH], ids=["en", "zh"])
def test_every_command_stands_in_the_readme(name: str, readme: str) -> None:
    assert f"jixiao {name}" in readme


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_has_a_help_text(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert [p.name for p in command.params if not getattr(p, "help", None) and p.name != "help"] == []


@pytest.mark.parametrize("error", catalogue(), ids=lambda error: error.code)
def test_every_error_is_documented_and_says_what_to_do(error: type[JixiaoError]) -> None:
    assert f"| `{error.code}` | {error.http_status} |" in ERRORS
    made = error()
    assert set(made.details) == set(error.fields())
    if not error.__subclasses__():
        assert made.text("zh").count("。") >= 2 or "请" in made.text("zh")
        assert made.text("en") != made.text("zh")


def test_every_warning_is_documented() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "service").rglob("*.py"))
    codes = {code for source in sources for code in re.findall(r'Notice\(\s*"(\w+)"', source)}
    assert "repaired_file" in codes
    assert {code for code in codes if f"| `{code}` |" not in ERRORS} == set()


def test_error_codes_are_unique() -> None:
    codes = [error.code for error in catalogue()]
    assert sorted(set(codes)) == sorted(codes)


def test_both_readmes_show_the_same_commands() -> None:
    def blocks(text: str) -> list[str]:
        code = re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL)
        return [line.split("#")[0].strip() for block in code for line in block.splitlines() if line.strip()]

    assert blocks(README) == blocks(README_ZH) != []
