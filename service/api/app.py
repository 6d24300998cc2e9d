"""The application: the interface under /v1, the web pages everywhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from service import __version__
from service.api import documents, errors, extract, problems, queries, reports, sessions, system, views
from service.api.accounts import Accounts
from service.api.door import Door
from service.api.metrics import Metrics
from service.api.rates import Rates
from service.api.readers import Readers
from service.config import Settings
from service.jobs import Jobs
from service.store import Store

DESCRIPTION: Final = """
Reads budget performance self-evaluation reports (绩效自评): PDF or scan in, structured and checked evaluation out.

Programs send a key (`Authorization: Bearer jx_…`). Errors are problem details (RFC 9457) with a stable `code`; their
`detail` says what to do, in Chinese, or in English with `Accept-Language: en`.
"""
_METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    jobs: Jobs | None = None,
    loopback: bool = True,
    is_ending: Callable[[], bool] = lambda: False,
) -> FastAPI:
    """The application for a store and its queues, which it makes itself and closes at its end where none are given.

    `loopback` says that only this machine can reach it: then it runs open as long as there are no accounts. `is_ending`
    tells answers that go on for long whether the server waits for them to end.
    """
    own_store, own_jobs = store is None, jobs is None
    store = store or Store(settings)
    jobs = jobs or Jobs(store)
    readers = Readers(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await run_in_threadpool(readers.close)
            if own_jobs:
                await run_in_threadpool(jobs.close)
            if own_store:
                await run_in_threadpool(store.close)

    app = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        title="jixiao",
        version=__version__,
        description=DESCRIPTION,
        license_info={"name": "AGPL-3.0-only"},
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False},
    )
    metrics, rates = Metrics(store), Rates(settings)
    accounts = Accounts(store, settings, loopback=loopback)
    parts = {"settings": settings, "store": store, "jobs": jobs, "readers": readers}
    for name, part in {
        **parts,
        "metrics": metrics,
        "rates": rates,
        "accounts": accounts,
        "is_ending": is_ending,
    }.items():
        setattr(app.state, name, part)
    problems.register(app)
    for router in (documents.router, reports.router, queries.router, extract.router, system.router, sessions.router):
        app.include_router(router)
    _refuse_the_rest(app)
    app.add_middleware(Door, accounts=accounts, rates=rates, metrics=metrics, settings=settings)
    _describe(app)
    _mount_pages(app)
    return app


def _refuse_the_rest(app: FastAPI) -> None:
    """Other addresses are pages; but under /v1, and for these, what is not known is an error for programs."""

    def nothing(request: Request) -> None:
        others = [r for r in app.routes if not isinstance(r, Mount) and getattr(r, "endpoint", None) is not nothing]
        allowed = [m for m in _METHODS if any(_takes(route, request.scope, m) for route in others)]
        raise errors.NoSuchMethod(allowed=allowed) if allowed else errors.NoSuchAddress

    for path in ("/v1/{rest:path}", "/healthz", "/readyz", "/metrics"):
        app.add_api_route(path, nothing, methods=_METHODS, include_in_schema=False)


def _takes(route: BaseRoute, scope: Scope, method: str) -> bool:
    return route.matches({**scope, "method": method})[0] is Match.FULL


def _describe(app: FastAPI) -> None:
    """Complete the OpenAPI document with what no function's signature tells."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in (problems.Problem, views.Changes, views.Operation):
            described = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= described.pop("$defs", {}) | {model.__name__: described}
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        return document

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's way to extend it


def _mount_pages(app: FastAPI) -> None:
    from service import web

    web.mount(app)
