"""What the service keeps: one class a table. Times are aware and in UTC; money is in 元; ids are 32 hex digits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

QUEUED: Final = "queued"
RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
CANCELLED: Final = "cancelled"
STATUSES: Final = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)
UNFINISHED: Final = (QUEUED, RUNNING)
ROLES: Final = ("reader", "uploader", "annotator", "admin")
SCOPES: Final = ("read", "upload", "annotate", "admin")
FIRST_PRIORITY, NORMAL_PRIORITY, LAST_PRIORITY = 1, 5, 9


class Utc(TypeDecorator[datetime]):
    """An aware time. SQLite keeps no zone, so what it gives back is told to be UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    return uuid4().hex


class Base(DeclarativeBase):
    # Names for constraints, so that a migration can change them on every database.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Utc, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - as SQLAlchemy asks

    @classmethod
    def table(cls) -> Table:
        """For rows that are written without objects: their bookkeeping takes longer than the writing."""
        assert isinstance(cls.__table__, Table)
        return cls.__table__


class Group(Base):
    """Users who see the same documents."""

    __tablename__ = "groups"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)


class User(Base):
    """Someone who logs in with a password. `role` is one of ROLES, each of which includes those before it."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]


class ApiKey(Base):
    """A program's key. Only its hash is kept; `prefix` finds it and names it to people."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(20), unique=True)
    hash: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[Any]]
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class WebSession(Base):
    """A login in a browser; the cookie's token is kept as its hash."""

    __tablename__ = "web_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class Document(Base):
    """A file and what became of it. `run` counts how often it was asked to be read; `turn` is its place among those of
    its priority; `starts` counts how often the run began since a page of it was last read."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("sha256", "group_id"),
        Index("ix_documents_group_id_created_at", "group_id", "created_at"),
        Index("ix_documents_created_at", "created_at"),
        Index("ix_documents_status_priority_turn", "status", "priority", "turn"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(String(64))
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"))
    file_name: Mapped[str] = mapped_column(String(500))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default=QUEUED)
    error_code: Mapped[str | None] = mapped_column(String(50))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_retryable: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=NORMAL_PRIORITY)
    turn: Mapped[int] = mapped_column(default=0)
    profile: Mapped[str | None] = mapped_column(String(100))
    callback_url: Mapped[str | None] = mapped_column(String(2000))
    run: Mapped[int] = mapped_column(default=1)
    starts: Mapped[int] = mapped_column(default=0)
    page_count: Mapped[int | None]
    pages_done: Mapped[int] = mapped_column(default=0)
    uploaded_by: Mapped[str] = mapped_column(String(150))
    created_at: Mapped[datetime] = mapped_column(default=now)
    queued_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    timings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    versions: Mapped[dict[str, Any]] = mapped_column(default=dict)

    evaluations: Mapped[list[Evaluation]] = relationship(
        back_populates="document", order_by="Evaluation.position", passive_deletes=True
    )


class Page(Base):
    """A page that a run has dealt with: read, or failed with `error_code`. `details` holds the error's fields."""

    __tablename__ = "pages"

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    error_code: Mapped[str | None] = mapped_column(String(50))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seconds: Mapped[float]
    executor: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(default=now)


class Attempt(Base):
    """A step of a run that was in work when its process or worker was lost, or may have been: "open", a page's number,
    "assemble"; `count` is how often it was begun since."""

    __tablename__ = "attempts"

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]


class Report(Base):
    """What was read of a document, and with the corrections laid over it. `version` grows with every change."""

    __tablename__ = "reports"

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    run: Mapped[int]
    as_read: Mapped[dict[str, Any]]
    corrected: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Evaluation(Base):
    """An evaluation of a served report in columns, for queries across documents. `unit` is the implementing unit, else
    the department; `level` the administrative level that its name tells; rates and scores are as printed."""

    __tablename__ = "evaluations"
    __table_args__ = (
        UniqueConstraint("document_id", "position"),
        # Lists of documents ask which have evaluations like these: they read this in place of the rows.
        Index("ix_evaluations_listing", "year", "errors", "kind", "grade", "document_id", "unit", "department"),
        # What an overview adds up, in the order in which it is grouped.
        Index(
            "ix_evaluations_figures",
            "kind",
            "year",
            "level",
            "grade",
            "group_id",
            "score",
            "execution_rate",
            "budget",
            "executed",
        ),
        Index("ix_evaluations_units", "unit", "department", "group_id", "kind", "year", "score", "execution_rate"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int | None]
    title: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)
    level: Mapped[str | None] = mapped_column(String(20))
    grade: Mapped[str | None] = mapped_column(String(4))
    score: Mapped[float | None]
    initial_budget: Mapped[float | None]
    budget: Mapped[float | None]
    executed: Mapped[float | None]
    execution_rate: Mapped[float | None]
    indicators: Mapped[int]
    unmet: Mapped[int]
    doubtful: Mapped[int]
    errors: Mapped[int]
    warnings: Mapped[int]

    document: Mapped[Document] = relationship(back_populates="evaluations")


class EvaluationWords(Base):
    """What a search for text looks in, in small letters: apart, so that all else need not read past it."""

    __tablename__ = "evaluation_words"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class Finding(Base):
    """A finding on an evaluation of a served report; `position` is its place among the evaluation's checks."""

    __tablename__ = "findings"
    __table_args__ = (Index("ix_findings_rule", "rule", "severity", "group_id", "evaluation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"), index=True)
    position: Mapped[int]
    rule: Mapped[str] = mapped_column(String(10))
    severity: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text)
    expected: Mapped[str | None] = mapped_column(Text)
    found: Mapped[str | None] = mapped_column(Text)
    suggestion: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[list[Any]]

    evaluation: Mapped[Evaluation] = relationship()


class Correction(Base):
    """A value that someone put in the place of what was read. One that was undone is kept."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    run: Mapped[int]
    path: Mapped[str] = mapped_column(String(300))
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)
    actor: Mapped[str] = mapped_column(String(150))
    at: Mapped[datetime] = mapped_column(default=now)
    undone_by: Mapped[str | None] = mapped_column(String(150))
    undone_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Who did what to what; outlives its target."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor: Mapped[str] = mapped_column(String(150))
    action: Mapped[str] = mapped_column(String(50))
    target: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    group_id: Mapped[str | None] = mapped_column(String(32))


class WebhookDelivery(Base):
    """A call-back about a document that ended, and how its delivery went."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    run: Mapped[int]
    url: Mapped[str] = mapped_column(String(2000))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), default="waiting")  # waiting, delivered, refused, failed
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class Executor(Base):
    """A worker's host process; `seen_at` is its heartbeat, `ended_at` when it left or was declared dead."""

    __tablename__ = "executors"

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(200))
    pid: Mapped[int]
    slots: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
