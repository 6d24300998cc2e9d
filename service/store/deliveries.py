"""Call-backs that are owed, and how their delivery went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.models import Document, WebhookDelivery, now

WAITING = "waiting"


def add(session: Session, document: Document, body: str) -> WebhookDelivery | None:
    """Owe the document's uploader a call, where one was asked for."""
    if not document.callback_url:
        return None
    delivery = WebhookDelivery(document_id=document.id, run=document.run, url=document.callback_url, body=body)
    session.add(delivery)
    session.flush()
    return delivery


def get(session: Session, delivery_id: str) -> WebhookDelivery | None:
    return session.get(WebhookDelivery, delivery_id)


def of_run(session: Session, document_id: str, run: int) -> WebhookDelivery | None:
    """The call that a run's end left waiting."""
    query = select(WebhookDelivery).where(
        WebhookDelivery.document_id == document_id, WebhookDelivery.run == run, WebhookDelivery.status == WAITING
    )
    return session.scalars(query).first()


def overlooked(session: Session, older_than: timedelta) -> Sequence[WebhookDelivery]:
    """Calls that wait and were never tried, though the run ended a while ago."""
    untried = (WebhookDelivery.status == WAITING, WebhookDelivery.attempts == 0)
    query = select(WebhookDelivery).where(*untried, WebhookDelivery.created_at < now() - older_than)
    return session.scalars(query).all()


def of_document(session: Session, document_id: str) -> Sequence[WebhookDelivery]:
    """The calls about a document, oldest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.document_id == document_id)
    return session.scalars(query.order_by(WebhookDelivery.created_at)).all()


def note(session: Session, delivery_id: str, status: str, reason: str | None) -> None:
    """Note an attempt and where it leaves the delivery: waiting, delivered, refused or failed."""
    delivery = get(session, delivery_id)
    if delivery is None:
        return
    delivery.status, delivery.last_error = status, reason
    delivery.attempts += 1
    if status != WAITING:
        delivery.finished_at = now()
