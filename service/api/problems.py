"""Errors as problem details (RFC 9457): a stable code, what went wrong, what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from service.api import errors
from service.errors import InternalError, JixiaoError, Language

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
# What any address may answer, whatever it does.
EVERYWHERE: Final = (400, 401, 403, 422, 429, 500, 503)
# Kinds of problem for readers of Chinese; in English they are called as HTTP calls them.
TITLES: Final = {
    400: "请求有误",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    409: "暂时不能执行",
    410: "已不存在",
    412: "内容已有变化",
    413: "内容过大",
    415: "类型不支持",
    422: "内容有误",
    429: "请求过于频繁",
    500: "程序内部错误",
    503: "服务暂不可用",
}
# How many of a request's mistakes are listed: a broken client's thousandth says no more than its tenth.
MOST_MISTAKES: Final = 20


class Mistake(BaseModel):
    """One thing in a request that is not as documented."""

    pointer: str = Field(description="where: body, query or path, then the names, by /", examples=["query/limit"])
    detail: str


class Problem(BaseModel):
    """Problem details by RFC 9457."""

    type: str = Field(description="names the kind of problem", examples=["urn:jixiao:error:not_ready"])
    title: str = Field(description="the kind of problem in short", examples=["暂时不能执行"])
    status: int = Field(description="the HTTP status", examples=[409])
    detail: str = Field(description="what went wrong and what to do, in Chinese or, if asked for, English")
    instance: str = Field(description="the address that was asked")
    code: str = Field(description="stable; docs/errors.md lists all", examples=["not_ready"])
    retryable: bool = Field(description="whether the same request may succeed later")
    mistakes: list[Mistake] = Field(default=[], description="of a request that is not valid: where")
    progress: dict[str, Any] | None = Field(
        default=None, description="of a document that is being read: status, pages_done, page_count"
    )


class Refused(HTTPException):
    """A documented error on its way through the framework, which lets only its own kind of exception pass."""

    def __init__(self, known: JixiaoError) -> None:
        super().__init__(known.http_status, str(known))
        self.known = known


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an address may answer with, for its OpenAPI description."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*EVERYWHERE, *statuses})
    }


def response(request: Request, error: JixiaoError, mistakes: list[Mistake] | None = None) -> Response:
    """`error` as an answer, in the language that the request prefers."""
    spoken = language(request)
    problem = Problem(
        type=f"urn:jixiao:error:{error.code}",
        title=TITLES[error.http_status] if spoken == "zh" else HTTPStatus(error.http_status).phrase,
        status=error.http_status,
        detail=error.text(spoken),
        instance=request.url.path,
        code=error.code,
        retryable=error.retryable,
        mistakes=mistakes or [],
        progress=error.details if isinstance(error, errors.NotReady) else None,
    )
    content = problem.model_dump(mode="json", exclude_none=True, exclude_defaults=True) | {"retryable": error.retryable}
    return JSONResponse(content, error.http_status, headers=_headers(error), media_type=MEDIA_TYPE)


def language(request: Request) -> Language:
    """English where the request puts it first, else Chinese."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "zh"


def _headers(error: JixiaoError) -> dict[str, str]:
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="jixiao"'}
    if isinstance(error, errors.NoSuchMethod):
        return {"Allow": ", ".join(error.details.get("allowed", ()))}
    if isinstance(error, errors.TooFast):
        return {"Retry-After": str(error.details["seconds"])}
    return {"Retry-After": "5"} if error.retryable else {}


def register(app: FastAPI) -> None:
    """Let every error of `app` leave it as a problem."""
    app.add_exception_handler(JixiaoError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _unknown)
    app.add_exception_handler(Exception, _unknown)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, JixiaoError)
    if error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", path=request.url.path, code=error.code, reason=str(error))
    return response(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()[:MOST_MISTAKES]
    mistakes = [Mistake(pointer="/".join(map(str, e["loc"])), detail=str(e["msg"])) for e in found]
    if any(e["type"] == "json_invalid" for e in found):
        return response(request, errors.MalformedRequest(reason=mistakes[0].detail), mistakes)
    first = mistakes[0]
    return response(request, errors.InvalidRequest(reason=f"{first.pointer}：{first.detail}"), mistakes)


async def _http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses."""
    assert isinstance(error, HTTPException)
    if isinstance(error, Refused):
        return response(request, error.known)
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            known: JixiaoError = errors.NoSuchAddress()
        case HTTPStatus.METHOD_NOT_ALLOWED:
            known = errors.NoSuchMethod(allowed=[(error.headers or {}).get("Allow", "")])
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            known = InternalError(reason=error.detail)
        case _:
            known = errors.MalformedRequest(reason=error.detail)
    return response(request, known)


async def _unknown(request: Request, error: Exception) -> Response:
    """A defect, or a database that is away: its words go to the log, not to the client."""
    log.error("request failed", path=request.url.path, method=request.method, exc_info=error)
    known = errors.Unavailable() if isinstance(error, OperationalError) else InternalError(reason=type(error).__name__)
    return response(request, known)
