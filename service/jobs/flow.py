"""The durable workflows: what happens to a document, and to a call-back.

A workflow whose worker died is begun anew by another one. Of a document the store records each page and the run's end,
once, and whoever begins anew goes on from there: steps of DBOS would record the same again, at a tenth of the time of a
short document. Of a call-back each attempt is such a step, whose outcome is given to whoever begins anew; outside steps
that workflow must do the same each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, Final, TypeVar

import structlog
from dbos import DBOS, StepOptions
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from service import pipeline, schema
from service.errors import InternalError, JixiaoError
from service.jobs import webhooks
from service.jobs.errors import CallbackRefused, DocumentAbandoned
from service.jobs.host import Host, current
from service.jobs.queue import DELIVER, EXTRACT, STEPS_VERSION, WEBHOOKS
from service.jobs.reading import NoLongerWanted, Run, versions
from service.store import corrections, deliveries, documents, reports
from service.store.models import Document, now

log = structlog.get_logger(__name__)

# A document whose workers died so often without a page read in between is given up. What brings down its process is
# given up sooner (jobs.reading); this is for whatever ends the worker itself, and above what a document may meet that
# only waits for its turn while workers are killed.
MOST_STARTS: Final = 40
# Of one run, by whatever cause; above, something is wrong that no further start will mend.
_MOST_RECOVERIES: Final = 1_000
# Before a document's work is tried again for which the database was away, in seconds: four minutes in all.
_PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)

Outcome = TypeVar("Outcome")


def _patiently(do: Callable[..., Outcome], *args: Any) -> Outcome:
    """What `do(*args)` returns, as soon as the database answers."""
    for pause in _PAUSES:
        try:
            return do(*args)
        except OperationalError as error:
            log.warning("the database does not answer", reason=str(error).splitlines()[0], pause=pause)
            time.sleep(pause)
    return do(*args)


def _step(name: str) -> StepOptions:
    """A step that waits for a database that is away for some minutes."""
    return {
        "name": name,
        "retries_allowed": True,
        "max_attempts": 9,  # pauses double from a second: four minutes
        "interval_seconds": 1.0,
        "should_retry": lambda error: isinstance(error, OperationalError),
    }


@DBOS.workflow(name=EXTRACT, max_recovery_attempts=_MOST_RECOVERIES)
def extract(document_id: str, run: int) -> None:
    """Read a document and keep its report, or why there is none."""
    host = current()
    document = _patiently(_begin, host, document_id, run)
    if document is None:
        _call_back(document_id, run)  # an earlier worker may have died between the run's end and this
        return
    try:
        if document.starts > MOST_STARTS:
            raise DocumentAbandoned(starts=MOST_STARTS)
        _read(host, document)
    except NoLongerWanted:
        log.info("no longer wanted", document=document_id, run=run)
    except JixiaoError as error:
        _patiently(_fail, host, document, error)
    except Exception as error:
        log.exception("a defect", document=document_id, run=run)
        _patiently(_fail, host, document, InternalError(reason=f"{type(error).__name__}: {error}"))
    if document.callback_url:
        _call_back(document_id, run)


def _begin(host: Host, document_id: str, run: int) -> Document | None:
    with host.store.database.session() as session:
        return documents.begin(session, document_id, run)


def _read(host: Host, document: Document) -> None:
    with (
        host.store.files.local(document.sha256) as path,
        closing(_patiently(Run, host.store, host.pool, document, path, host.name)) as reading,
    ):
        try:
            opened = reading.open()
            numbers = range(1, opened.page_count + 1)
            _read_pages(reading, numbers)
            _assemble(host, document, reading, numbers, opened.is_repaired)
        except JixiaoError:
            reading.record()  # whatever becomes of the document: which pages were dealt with, and how
            raise
    reading.clear()


def _read_pages(reading: Run, numbers: Sequence[int]) -> None:
    """Read the pages that no earlier worker has; after some that fail, the rest is left out."""
    reading.start(numbers)
    failures = 0
    for number in numbers:
        failures += reading.wait(number) is not None
        if failures == pipeline.MOST_FAILURES:
            reading.close()
            return


def _assemble(host: Host, document: Document, reading: Run, numbers: Sequence[int], is_repaired: bool) -> None:
    """Make the report and keep it, once, with the run's end."""
    began = now()
    report = schema.Report.model_validate_json(reading.assemble(numbers, is_repaired))
    started = document.started_at or began
    timings = {
        "queued": (started - document.queued_at).total_seconds(),
        "reading": (began - started).total_seconds(),
        "assembling": (now() - began).total_seconds(),
    }
    _patiently(_finish, host, document, reading.unrecorded(), report, timings)


def _finish(
    host: Host, document: Document, progress: documents.Progress, report: schema.Report, timings: dict[str, float]
) -> None:
    with host.store.database.session() as session:
        if documents.finish(
            session, document.id, document.run, progress=progress, timings=timings, versions=versions()
        ):
            reports.save(session, document, report)
            corrections.carry_over(session, document)
            _owe_call(session, document)


def _owe_call(session: Session, document: Document) -> None:
    """Have the end of a run told to who asked for it."""
    if document.callback_url:
        ended = documents.need(session, document.id)
        deliveries.add(session, ended, webhooks.body_of(ended))


def _fail(host: Host, document: Document, error: JixiaoError) -> None:
    with host.store.database.session() as session:
        if documents.fail(
            session, document.id, document.run, code=error.code, message=error.message, retryable=error.retryable
        ):
            _owe_call(session, document)
    host.store.files.clear_cache(f"{document.id}/run-{document.run}")


def _call_back(document_id: str, run: int) -> None:
    """Queue the call-back that the run's end left, where there is one."""
    with current().store.database.reading() as session:
        waiting = deliveries.of_run(session, document_id, run)
    if waiting is not None:
        enqueue_delivery(waiting.id)


def enqueue_delivery(delivery_id: str) -> None:
    """Have a call-back made. Doing so twice does no harm."""
    DBOS.enqueue_workflow_with_options(
        {
            "workflow_name": DELIVER,
            "queue_name": WEBHOOKS,
            "workflow_id": f"delivery-{delivery_id}",
            "app_version": STEPS_VERSION,
        },
        delivery_id,
    )


@DBOS.workflow(name=DELIVER, max_recovery_attempts=_MOST_RECOVERIES)
def deliver(delivery_id: str) -> None:
    """Make a call-back, and again after ever longer pauses until it is taken."""
    for pause in (*webhooks.PAUSES, None):
        if DBOS.run_step(_step("call"), _call, delivery_id, pause is None):
            return
        if pause is not None:
            DBOS.sleep(pause)


def _call(delivery_id: str, is_last: bool) -> bool:
    """One attempt; whether the delivery has ended."""
    host = current()
    with host.store.database.reading() as session:
        delivery = deliveries.get(session, delivery_id)
    if delivery is None:
        return True
    status, reason = "delivered", None
    try:
        webhooks.deliver(delivery.url, delivery.body, delivery.id, host.store.settings)
    except CallbackRefused as error:
        status, reason = "refused", error.message
    except webhooks.DeliveryFailed as error:
        status, reason = ("failed" if error.is_final or is_last else "waiting"), error.reason
    with host.store.database.session() as session:
        deliveries.note(session, delivery_id, status, reason)
    return status != "waiting"
