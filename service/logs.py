"""Where log lines go: to stderr, one event a line, so that stdout stays the program's output."""

from __future__ import annotations

import logging
import sys

import structlog


def to_stderr(level: str) -> None:
    """Write log events of `level` ("debug" … "error") and above to stderr."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Looked up at each event: what was stderr at the start may be closed by then.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
