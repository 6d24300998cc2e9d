"""Documents over HTTP: upload, list, follow, fetch, delete."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from typing import Annotated, Any, Final, Literal, get_args
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool

from service.api import errors, problems, uploads, views
from service.api.accounts import Viewer
from service.api.dependencies import Document, JobsOf, RatesOf, Reader, ReadersOf, SettingsOf, StoreOf, Uploader
from service.assembling import profiles
from service.errors import JixiaoError
from service.jobs import Added, Jobs
from service.store import audit, documents, models

router = APIRouter(prefix="/v1/documents", tags=["documents"])

Year = Annotated[int | None, Query(ge=1900, le=2200)]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next_cursor` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200)]
Priority = Annotated[int | None, Query(ge=1, le=9, description="1 first, 9 last; 5 where none is given")]
# Few sizes, so that the pictures that are kept of a page are few; an address holds text, a Literal compares numbers.
Dpi = Annotated[Literal[72, 100, 150, 200, 300], BeforeValidator(int)]

# How often a document's progress is looked at while somebody follows it.
FOLLOW_SECONDS: Final = 0.5
FOREVER: Final = "private, max-age=31536000, immutable"

_UPLOAD_EXAMPLE: Final = {
    "multipart/form-data": {"example": {"file": ["（PDF 或图片的内容）"], "priority": 5, "profile": "hubei"}}
}
_KNOWN: Final[dict[int | str, dict[str, Any]]] = {200: {"model": views.Uploaded, "description": "Known already"}}


@router.post(
    "",
    status_code=202,
    responses=_KNOWN | problems.answers(413, 415),
    summary="Upload files",
    openapi_extra={"requestBody": {"content": _UPLOAD_EXAMPLE}},
)
def upload(
    request: Request,
    response: Response,
    viewer: Uploader,
    jobs: JobsOf,
    store: StoreOf,
    rates: RatesOf,
    settings: SettingsOf,
    file: Annotated[list[UploadFile], File(description="PDF, PNG, JPEG, TIFF, BMP or WebP; may be repeated")],
    profile: Annotated[str | None, Query(max_length=100, description="rules to check by")] = None,
    priority: Priority = None,
    callback_url: Annotated[str | None, Query(max_length=2000, description="called when the document ends")] = None,
    reprocess: Annotated[bool, Query(description="read known files again")] = False,
    profile_field: Annotated[str | None, Form(alias="profile", max_length=100)] = None,
    priority_field: Annotated[int | None, Form(alias="priority", ge=1, le=9)] = None,
    callback_field: Annotated[str | None, Form(alias="callback_url", max_length=2000)] = None,
    reprocess_field: Annotated[bool, Form(alias="reprocess")] = False,
) -> views.Uploaded:
    """Take files in and queue them to be read.

    Options may be given in the address or as fields of the form. The same bytes again are the same document: 200, and
    nothing is read anew unless `reprocess` asks for it. A file that is refused among others is listed under `refused`.
    """
    if len(file) > settings.upload_files:
        raise errors.TooManyFiles(files=len(file), limit=settings.upload_files)
    rates.check_upload(viewer, len(file))
    options: dict[str, Any] = {
        "profile": profile or profile_field or None,
        "priority": priority or priority_field or models.NORMAL_PRIORITY,
        "callback_url": callback_url or callback_field or None,
        "reprocess": reprocess or reprocess_field,
    }
    if options["profile"]:
        profiles.choose(options["profile"], None)  # a wrong name is told before anything is kept
    taken: list[views.Document] = []
    refused: list[tuple[str, JixiaoError]] = []
    queued = False
    for each in file:
        try:
            added = _add(jobs, viewer, uploads.take(each, settings.max_bytes), options)
            if added.is_queued:
                _note(store, viewer, "document.upload" if added.is_new else "document.reprocess", added.document)
                queued = True
            taken.append(views.Document.of(added.document))
        except JixiaoError as error:
            refused.append((uploads.clean_name(each.filename or ""), error))
    if not taken:
        raise refused[0][1]
    if not queued:
        response.status_code = 200
    spoken = problems.language(request)
    return views.Uploaded(
        documents=taken,
        refused=[views.RefusedFile(file_name=n, code=e.code, detail=e.text(spoken)) for n, e in refused],
    )


def _add(jobs: Jobs, viewer: Viewer, upload: uploads.Upload, options: dict[str, Any]) -> Added:
    return jobs.add(
        upload.data,
        upload.name,
        media_type=upload.media_type,
        group_id=viewer.group_id,
        uploaded_by=viewer.actor,
        **options,
    )


@router.get("", responses=problems.answers(), summary="List documents")
def listing(
    viewer: Reader,
    store: StoreOf,
    status: views.Status | None = None,
    year: Year = None,
    kind: Literal["project", "department"] | None = None,
    unit: Annotated[str | None, Query(max_length=100, description="part of a unit's or department's name")] = None,
    grade: Literal["优", "良", "中", "差"] | None = None,
    has_errors: Annotated[bool | None, Query(description="whether a check found an error")] = None,
    text: Annotated[str | None, Query(max_length=100, description="in file names and reports")] = None,
    sort: Annotated[str, Query(max_length=50, description=f"{', '.join(documents.SORTS)}; - reverses")] = "-created_at",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> views.Documents:
    """Documents that you may see, newest first, by pages of `limit`."""
    filters = documents.Filters(
        status=status,
        text=text,
        year=year,
        kind=kind,
        unit=unit,
        grade=grade,
        has_errors=has_errors,
        group_id=viewer.sees,
    )
    with store.database.reading() as session:
        found = documents.page(session, filters, sort, cursor, limit)
        shown = [views.Document.of(row) for row in found.items]
    return views.Documents(documents=shown, next_cursor=found.next_cursor, total=found.total)


@router.get("/{id}", responses=problems.answers(404), summary="A document's state")
def state(document: Document, store: StoreOf) -> views.Document:
    """How far a document is, how long it took, which versions read it."""
    ahead = None
    if document.status == models.QUEUED:
        with store.database.reading() as session:
            ahead = documents.ahead(session, document)
    return views.Document.of(document, ahead)


@router.delete("/{id}", status_code=204, responses=problems.answers(404), summary="Delete a document")
def delete(document: Document, viewer: Uploader, jobs: JobsOf, store: StoreOf) -> None:
    """Delete a document, its file and its report. Others' documents take an administrator."""
    if document.uploaded_by != viewer.actor:
        viewer.need("admin")
    jobs.delete(document.id)
    _note(store, viewer, "document.delete", document)


@router.post("/{id}/cancel", responses=problems.answers(404, 409), summary="Stop reading a document")
def cancel(document: Document, viewer: Uploader, jobs: JobsOf, store: StoreOf) -> views.Document:
    """Take a document out of the queue, or stop reading it after the page at hand."""
    if not jobs.cancel(document.id):
        raise errors.NothingToCancel(status=document.status)
    return _changed(document, viewer, store, "document.cancel")


@router.post("/{id}/retry", status_code=202, responses=problems.answers(404, 409), summary="Read a document again")
def retry(document: Document, viewer: Uploader, jobs: JobsOf, store: StoreOf) -> views.Document:
    """Queue a document that has ended once more. Its corrections are kept where the same is read again."""
    if document.status in models.UNFINISHED:
        raise not_ready(document)
    jobs.retry(document.id)
    return _changed(document, viewer, store, "document.retry")


def _changed(document: models.Document, viewer: Viewer, store: StoreOf, action: str) -> views.Document:
    _note(store, viewer, action, document)
    with store.database.reading() as session:
        return views.Document.of(documents.need(session, document.id))


@router.get(
    "/{id}/events",
    response_class=EventSourceResponse,
    responses=problems.answers(404),
    summary="Follow a document",
)
async def events(document: Document, jobs: JobsOf, request: Request) -> AsyncIterable[ServerSentEvent]:
    """Server-sent events: `progress` whenever there is any, `end` when the document has ended."""
    before = None
    is_ending = request.app.state.is_ending
    while not is_ending() and not await request.is_disconnected():
        progress = await run_in_threadpool(jobs.progress, document.id)
        shown = views.Progress.model_validate(progress).model_dump(mode="json")
        if progress.status not in models.UNFINISHED:
            yield ServerSentEvent(event="end", data=shown)
            return
        if shown != before:
            yield ServerSentEvent(event="progress", data=shown)
            before = shown
        await asyncio.sleep(FOLLOW_SECONDS)


@router.get("/{id}/file", response_class=Response, responses=problems.answers(404, 410), summary="The original")
def file(document: Document, store: StoreOf) -> Response:
    """The file as it was uploaded."""
    return attachment(store.files.read(document.sha256), document.media_type, document.file_name)


@router.get(
    "/{id}/pages/{n}.png",
    response_class=Response,
    responses=problems.answers(404, 410, 413, 415, 503)
    | {200: {"content": {"image/png": {}}}, 304: {"description": "As before"}},
    summary="A page as a picture",
)
def page(
    document: Document,
    n: Annotated[int, Path(ge=1, le=100_000, description="number of the page, from 1")],
    request: Request,
    store: StoreOf,
    readers: ReadersOf,
    dpi: Annotated[Dpi, Query(description="dots per inch")] = 150,
) -> Response:
    """Page `n` as a viewer shows it. It never changes, so keep it as long as you like."""
    headers = {"ETag": f'"{document.sha256[:24]}-{n}-{dpi}"', "Cache-Control": FOREVER}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    name = f"{document.id}/page-{n}-{dpi}.png"
    png = store.files.read_cache(name)
    if png is None:
        png = readers.page_png(store.files.read(document.sha256), document.file_name, n, dpi)
        store.files.write_cache(name, png)
    return Response(png, media_type="image/png", headers=headers)


def not_ready(document: models.Document) -> errors.NotReady:
    return errors.NotReady(
        id=document.id,
        status=document.status,
        pages_done=document.pages_done,
        page_count=document.page_count or 0,
    )


def attachment(data: bytes, media_type: str, file_name: str) -> Response:
    """A download, under the name that people know the document by."""
    plain = file_name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    shown = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": shown})


def _note(store: StoreOf, viewer: Viewer, action: str, document: models.Document) -> None:
    with store.database.session() as session:
        detail = {"file_name": document.file_name}
        audit.record(session, viewer.actor, action, document.id, detail, document.group_id)


assert set(get_args(views.Status)) == set(models.STATUSES)
