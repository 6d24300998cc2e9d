"""The service about itself: health, metrics, version, who one is, what was done."""

from __future__ import annotations

from typing import Annotated, Final

import sqlalchemy as sa
import structlog
from fastapi import APIRouter, Query, Request, Response

from service import __version__
from service.api import problems, views
from service.api.dependencies import Admin, Anyone, Reader, StoreOf
from service.api.metrics import living_workers
from service.errors import JixiaoError
from service.schema import SCHEMA_VERSION
from service.store import Store, audit

log = structlog.get_logger(__name__)
router = APIRouter()

OK: Final = "ok"


@router.get("/healthz", tags=["system"], summary="Whether the process answers")
def healthz() -> views.Health:
    """For whatever restarts the process."""
    return views.Health(status="ok")


@router.get(
    "/readyz",
    tags=["system"],
    responses={503: {"model": views.Health, "description": "Not ready"}},
    summary="Whether it can do its work",
)
def readyz(response: Response, store: StoreOf) -> views.Health:
    """For whatever sends it requests: database and files can be used. Without workers documents wait, which is said."""
    checks = {"database": _database(store), "files": _files(store), "workers": _workers(store)}
    ready = checks["database"] == checks["files"] == OK
    if not ready:
        response.status_code = 503
    return views.Health(status="ok" if ready else "failing", checks=checks)


def _database(store: Store) -> str:
    try:
        store.database.check()
    except (JixiaoError, sa.exc.SQLAlchemyError) as error:
        log.error("the database cannot be used", reason=str(error))
        return error.code if isinstance(error, JixiaoError) else "unusable"
    return OK


def _files(store: Store) -> str:
    try:
        store.files.check()
    except (JixiaoError, OSError) as error:
        log.error("the files cannot be used", reason=str(error))
        return error.code if isinstance(error, JixiaoError) else "unusable"
    return OK


def _workers(store: Store) -> str:
    try:
        with store.database.reading() as session:
            return OK if living_workers(session, store) else "none"
    except sa.exc.SQLAlchemyError:
        return "unknown"


@router.get(
    "/metrics",
    tags=["system"],
    response_class=Response,
    responses=problems.answers() | {200: {"description": "Metrics", "content": {"text/plain": {}}}},
    summary="Metrics for Prometheus",
)
def metrics(request: Request, viewer: Reader) -> Response:  # noqa: ARG001 - who may see them
    """Requests and their times, documents by status, workers. Takes the right to read."""
    text, media_type = request.app.state.metrics.text()
    return Response(text, media_type=media_type)


@router.get("/v1/version", tags=["system"], summary="What runs here")
def version() -> views.Version:
    return views.Version(version=__version__, schema_version=SCHEMA_VERSION)


@router.get("/v1/me", tags=["system"], responses=problems.answers(), summary="Who you are")
def me(viewer: Anyone) -> views.Me:
    """Who the service takes you for, and what you may do."""
    return views.Me(
        name=viewer.name,
        actor=viewer.actor,
        role=viewer.role,
        scopes=sorted(viewer.scopes),
        is_open=viewer.is_open,
    )


@router.get("/v1/audit", tags=["system"], responses=problems.answers(), summary="Who did what")
def audit_trail(
    viewer: Admin,  # noqa: ARG001 - who may see it
    store: StoreOf,
    target: Annotated[str | None, Query(max_length=200, description="a document's id, for example")] = None,
    actor: Annotated[str | None, Query(max_length=150, examples=["user:li"])] = None,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="id of the last entry of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> views.AuditTrail:
    """Uploads, corrections, deletions, logins; newest first."""
    with store.database.reading() as session:
        found = audit.page(session, target=target, actor=actor, before=before, limit=limit)
    return views.AuditTrail(entries=[views.AuditEntry.model_validate(each) for each in found])
