"""Call-backs: which are allowed, how they are signed, how one is made.

The body is JSON; `X-Jixiao-Signature: t=SECONDS,v1=HEX` holds the HMAC-SHA256 of "SECONDS.BODY" under
JIXIAO_WEBHOOK_SECRET, so that the receiver can tell who sent it and that it is not an old one sent again.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import socket
import time
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import httpx

from service.config import Settings
from service.jobs.errors import CallbackRefused
from service.store.models import Document

SIGNATURE: Final = "X-Jixiao-Signature"
DELIVERY: Final = "X-Jixiao-Delivery"
# Seconds to wait before each further attempt: some twelve hours in all.
PAUSES: Final = (10, 60, 300, 1_800, 7_200, 36_000)
_SECONDS: Final = 15.0


class DeliveryFailed(Exception):
    """A call-back was not taken. `is_final` says that trying again cannot help."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


def check_callback(url: str, settings: Settings) -> None:
    """Raise CallbackRefused where the settings do not allow calls to `url`."""
    parts = _parts(url)
    if not settings.webhook_secret:
        raise CallbackRefused(url=url, reason="未设置 JIXIAO_WEBHOOK_SECRET")
    allowed = {host.strip().lower() for host in settings.webhook_hosts.split(",") if host.strip()}
    if (parts.hostname or "").lower() not in allowed:
        raise CallbackRefused(url=url, reason="主机不在 JIXIAO_WEBHOOK_HOSTS 中")


def body_of(document: Document) -> str:
    """What the receiver is told: the document's id and how it ended."""
    told: dict[str, Any] = {
        "event": f"document.{document.status}",
        "document": {
            "id": document.id,
            "sha256": document.sha256,
            "file_name": document.file_name,
            "status": document.status,
            "run": document.run,
            "page_count": document.page_count,
            "error_code": document.error_code,
            "error_message": document.error_message,
            "report": f"/v1/documents/{document.id}/report",
        },
    }
    return json.dumps(told, ensure_ascii=False)


def sign(body: str, secret: str, seconds: int) -> str:
    """The signature header of a body sent at `seconds` since 1970."""
    digest = hmac.new(secret.encode(), f"{seconds}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def deliver(url: str, body: str, delivery_id: str, settings: Settings) -> None:
    """Call `url` once. Raises DeliveryFailed, CallbackRefused."""
    check_callback(url, settings)
    parts = _parts(url)
    assert parts.hostname is not None
    address = _address(parts, settings)
    shown = f"[{address}]" if ":" in address else address
    # The address that was checked is the one that is called: a name may resolve to another one the next moment.
    target = parts._replace(netloc=f"{shown}:{_port(parts)}").geturl()
    headers = {
        "Host": parts.netloc.rpartition("@")[2],
        "Content-Type": "application/json",
        DELIVERY: delivery_id,
        SIGNATURE: sign(body, settings.webhook_secret, int(time.time())),
    }
    try:
        with httpx.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client:
            request = client.build_request("POST", target, content=body.encode(), headers=headers)
            request.extensions["sni_hostname"] = parts.hostname
            answer = client.send(request, stream=True)
            answer.close()
    except httpx.HTTPError as error:
        raise DeliveryFailed(f"{type(error).__name__}: {error}") from error
    if not answer.is_success:
        raise DeliveryFailed(f"HTTP {answer.status_code}", is_final=answer.status_code == httpx.codes.GONE)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and _port(parts) > 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise CallbackRefused(url=url, reason="不是完整的 http(s) 地址")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _address(parts: SplitResult, settings: Settings) -> str:
    """An address of the host that may be called. Raises DeliveryFailed."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except OSError as error:
        raise DeliveryFailed(f"the host's name cannot be resolved: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    allowed = [a for a in addresses if settings.webhook_private or ipaddress.ip_address(a).is_global]
    if not allowed:
        raise DeliveryFailed(f"{parts.hostname} lies in a private network ({addresses[0]})", is_final=True)
    return allowed[0]
