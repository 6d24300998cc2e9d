"""Reports over HTTP: as JSON, workbook, tables and annotated original; corrected by fields or JSON Patch."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, TypeVar, get_args

import jsonpatch
from fastapi import APIRouter, Body, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from jsonpointer import JsonPointer, JsonPointerException
from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from service import schema
from service.api import errors, problems, views
from service.api.dependencies import Annotator, Document, ReadersOf, StoreOf
from service.api.documents import attachment, not_ready
from service.export import tables, workbook
from service.store import Store, audit, corrections, documents, models
from service.store.corrections import Change

router = APIRouter(prefix="/v1/documents/{id}", tags=["reports"])

_Model = TypeVar("_Model", bound=BaseModel)

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATCH: Final = "application/json-patch+json"

TableName = Literal["evaluations", "funds", "indicators", "statements", "items", "findings", "warnings"]
AsRead = Annotated[bool, Query(description="as the machine read it, without corrections")]
IfMatch = Annotated[str | None, Header(max_length=100, description="the report's ETag; 412 where it has changed")]

_MISSING: Final = problems.answers(404, 409)
_CORRECTIONS_EXAMPLE: Final = {"corrections": [{"path": "/evaluations/0/funds/0/executed", "value": "331.77"}]}
_PATCH_EXAMPLE: Final = [{"op": "replace", "path": "/evaluations/0/total_score", "value": 96.5}]
_PATCH_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Changes"},
                "example": _CORRECTIONS_EXAMPLE,
            },
            PATCH: {
                "schema": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Operation"}},
                "example": _PATCH_EXAMPLE,
            },
        },
    }
}


def _binary(media_type: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": "The file", "content": content}}


@router.get(
    "/report",
    response_model=schema.Report,
    responses=_MISSING | {304: {"description": "As the ETag in If-None-Match"}},
    summary="A document's report",
)
def report(document: Document, request: Request, store: StoreOf, as_read: AsRead = False) -> Response:
    """What the document says, with its corrections laid over it. 409 with `progress` while it is being read."""
    content, etag = _content(store, document, as_read=as_read)
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    return JSONResponse(content, headers={"ETag": etag})


@router.patch(
    "/report",
    response_model=schema.Report,
    responses=problems.answers(400, 404, 409, 412),
    openapi_extra=_PATCH_BODY,
    summary="Correct a report",
)
def correct(
    document: Document,
    viewer: Annotator,
    store: StoreOf,
    body: Annotated[Any, Body()],
    if_match: IfMatch = None,
) -> Response:
    """Put values in the place of what was read: a list of corrections, or a JSON Patch.

    All of them or none. What was read is kept beside; statuses and checks follow from the corrected values. Answers
    with the corrected report.
    """
    with store.database.session() as session:
        current = documents.need(session, document.id, viewer.sees)
        _ended(current)
        kept = _kept(session, current)
        if if_match not in (None, "*", _etag(kept)):
            raise errors.ReportChanged
        made = changes(body, kept.corrected or kept.as_read)
        served = corrections.record(session, current, made, viewer.actor)
        detail = {"paths": [change.path for change in made][:100]}
        audit.record(session, viewer.actor, "report.correct", document.id, detail, document.group_id)
        etag = _etag(kept)
    return JSONResponse(served.model_dump(mode="json"), headers={"ETag": etag})


@router.get("/corrections", responses=problems.answers(404), summary="A report's corrections")
def history(document: Document, store: StoreOf) -> views.Corrections:
    """Who put what in the place of what, and when."""
    with store.database.reading() as session:
        found = corrections.history(session, document.id)
    return views.Corrections(corrections=[views.Correction.model_validate(each) for each in found])


@router.delete("/corrections/last", responses=_MISSING, summary="Undo a correction")
def undo(document: Document, viewer: Annotator, store: StoreOf) -> views.Correction:
    """Take back the last correction that stands; it is kept in the history."""
    with store.database.session() as session:
        current = documents.need(session, document.id, viewer.sees)
        _ended(current)
        undone = corrections.undo(session, current, viewer.actor)
        detail = {"path": undone.path}
        audit.record(session, viewer.actor, "report.undo", document.id, detail, document.group_id)
    return views.Correction.model_validate(undone)


@router.get("/report.xlsx", response_class=Response, responses=_MISSING | _binary(XLSX), summary="Report as workbook")
def as_workbook(document: Document, store: StoreOf, as_read: AsRead = False) -> Response:
    """One sheet a table; doubtful values are marked in yellow."""
    data = workbook.report_workbook(_report(store, document, as_read=as_read))
    return attachment(data, XLSX, f"{_stem(document)}.xlsx")


@router.get("/report.csv", response_class=Response, responses=_MISSING | _binary("text/csv"), summary="Report as CSV")
def as_csv(
    document: Document,
    store: StoreOf,
    table: Annotated[TableName, Query(description="which of the report's tables")] = "indicators",
    as_read: AsRead = False,
) -> Response:
    """One table of the report, as Excel opens it: UTF-8 with its mark."""
    made = tables.table(_report(store, document, as_read=as_read), table)
    return attachment(tables.to_csv(made), "text/csv; charset=utf-8", f"{_stem(document)}-{made.title}.csv")


@router.get(
    "/annotated.pdf",
    response_class=Response,
    responses=problems.answers(404, 409, 410, 503) | _binary("application/pdf"),
    summary="Annotated original",
)
def annotated_pdf(document: Document, store: StoreOf, readers: ReadersOf) -> Response:
    """The original with values outlined and findings as comments."""
    content, etag = _content(store, document, as_read=False)
    version = etag.strip('"')
    name = f"{document.id}/annotated-{version}.pdf"
    data = store.files.read_cache(name)
    if data is None:
        made = schema.Report.model_validate(content)
        data = readers.annotated(store.files.read(document.sha256), document.file_name, made)
        store.files.write_cache(name, data)
    return attachment(data, "application/pdf", f"{_stem(document)}-批注.pdf")


def changes(body: Any, content: dict[str, Any]) -> list[Change]:
    """What a request's body wants to have changed in a report. Raises InvalidRequest, PatchRefused."""
    _check_keepable(body)
    if isinstance(body, list):
        return _of_patch([_checked(views.Operation, each) for each in body], content)
    return [Change(each.path, each.value) for each in _checked(views.Changes, body).corrections]


def _check_keepable(body: Any) -> None:
    """Refuse what Python's JSON takes and databases do not: NaN, endless numbers, NUL, halves of characters."""
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as error:
        raise errors.InvalidRequest(reason=str(error)[:200]) from None
    if "\\u0000" in text:
        raise errors.InvalidRequest(reason="文本含有空字符（NUL）")


def _of_patch(operations: list[views.Operation], content: dict[str, Any]) -> list[Change]:
    """The fields that a patch changes. Where it adds or removes an item, that is the whole list."""
    if not operations:
        raise errors.InvalidRequest(reason="补丁为空")
    plain = [each.model_dump(by_alias=True, exclude_unset=True) for each in operations]
    try:
        patched = jsonpatch.apply_patch(content, plain)
        touched = [path for each in operations if each.op != "test" for path in _touched(each, content)]
        return [Change(path, _value_at(patched, path)) for path in dict.fromkeys(touched)]
    except jsonpatch.JsonPatchTestFailed as error:
        raise errors.PatchRefused(reason=str(error)) from None
    except (jsonpatch.JsonPatchException, JsonPointerException, KeyError, TypeError, ValueError) as error:
        raise errors.InvalidRequest(reason=f"补丁：{error}") from None


def _touched(operation: views.Operation, content: dict[str, Any]) -> list[str]:
    paths = [operation.path] if operation.op != "move" else [operation.from_ or "", operation.path]
    return [_list_of(path, content) if operation.op != "replace" else path for path in paths]


def _list_of(path: str, content: dict[str, Any]) -> str:
    """The list that a path's last step counts in, else the path."""
    above, _, _ = path.rpartition("/")
    return above if isinstance(_value_at(content, above), list) else path


def _value_at(content: Any, path: str) -> Any:
    """What stands at a path; None where an operation has removed it, as an empty field is."""
    return JsonPointer(path).resolve(content, None)


def _checked(model: type[_Model], value: Any) -> _Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        raise errors.InvalidRequest(reason=f"{'/'.join(map(str, first['loc']))}：{first['msg']}") from None


def _content(store: Store, document: models.Document, *, as_read: bool) -> tuple[dict[str, Any], str]:
    """The report as it is kept, and its ETag. Raises NotReady, EndedWithoutReport."""
    _ended(document)
    with store.database.reading() as session:
        kept = _kept(session, document)
    content = kept.as_read if as_read else kept.corrected or kept.as_read
    return content, _etag(kept, as_read=as_read)


def _report(store: Store, document: models.Document, *, as_read: bool) -> schema.Report:
    content, _ = _content(store, document, as_read=as_read)
    return schema.Report.model_validate(content)


def _ended(document: models.Document) -> None:
    if document.status in models.UNFINISHED:
        raise not_ready(document)


def _kept(session: Session, document: models.Document) -> models.Report:
    """A document that failed when it was read again still has its earlier report."""
    kept = session.get(models.Report, document.id)
    if kept is None:
        raise errors.EndedWithoutReport(reason=document.error_message or document.status)
    return kept


def _etag(kept: models.Report, *, as_read: bool = False) -> str:
    suffix = ".as-read" if as_read else ""
    return f'"{kept.run}.{kept.version}{suffix}"'


def _stem(document: models.Document) -> str:
    stem, dot, _ = document.file_name.rpartition(".")
    return stem if dot else document.file_name


assert set(get_args(TableName)) == set(tables.TABLES)
