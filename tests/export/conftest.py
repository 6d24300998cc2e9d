from __future__ import annotations

import pytest

from service.isolation import Workers
from service.schema import Report
from tests.export.reports import planted_report


@pytest.fixture(scope="session")
def planted(workers: Workers) -> Report:
    """A form whose total contradicts its scores."""
    report = planted_report(workers)
    assert report.evaluations[0].checks, "the planted error must be found"
    return report
