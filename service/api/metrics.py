"""Counts and times for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session
from starlette.types import Scope

from service.store import Store, executors
from service.store.models import STATUSES, Document, Executor

# Seconds. Pages of reports answer in milliseconds; uploads and annotated originals take seconds.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """What this process counts itself, and what the store knows of all processes when asked."""

    def __init__(self, store: Store) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "jixiao_http_requests", "Requests answered", ("method", "path", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "jixiao_http_request_seconds",
            "Time to answer",
            ("method", "path"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._registry.register(_StoreCollector(store))

    def request(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        path = _template(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._requests.labels(method, path, str(status)).inc()
        self._seconds.labels(method, path).observe(seconds)

    def text(self) -> tuple[bytes, str]:
        """All of it in Prometheus's format, and that format's media type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"})


def _template(scope: Scope) -> str:
    """The route's pattern: a series for every document would never end."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str) and path:
        return path
    return "page" if "route" in scope or scope.get("root_path") else "other"


def living_workers(session: Session, store: Store) -> Sequence[Executor]:
    """The worker hosts that were heard of lately."""
    silence = timedelta(seconds=store.settings.worker_silence)
    return executors.living(session, store.database.clock(session), silence)


class _StoreCollector(Collector):
    """Gauges that are asked of the store at each scrape."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterable[Metric]:
        with self._store.database.reading() as session:
            by_status = sa.select(Document.status, sa.func.count()).group_by(Document.status)
            counted = {row[0]: row[1] for row in session.execute(by_status)}
            living = living_workers(session, self._store)
        yield from self._gauges(counted, len(living), sum(host.slots for host in living))

    def describe(self) -> Iterator[Metric]:
        """Registering must not ask the store, which may not be there yet."""
        yield from self._gauges({}, 0, 0)

    def _gauges(self, counted: dict[Any, Any], hosts: int, slots: int) -> Iterator[Metric]:
        documents = GaugeMetricFamily("jixiao_documents", "Documents by status", labels=["status"])
        for status in STATUSES:
            documents.add_metric([status], counted.get(status, 0))
        yield documents
        yield GaugeMetricFamily("jixiao_worker_hosts", "Worker hosts at work", value=hosts)
        yield GaugeMetricFamily("jixiao_worker_slots", "Documents that they can read at once", value=slots)
