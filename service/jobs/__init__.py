"""Durable jobs: documents are queued, and worker processes read them page by page."""

from __future__ import annotations

from service.jobs.queue import Added, Jobs, Progress

__all__ = ["Added", "Jobs", "Progress"]
