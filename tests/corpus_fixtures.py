"""Fixtures over the sample documents; a test module asks for them with pytest_plugins = ["tests.corpus_fixtures"].

`sample` runs a test once for each document, `form_sample` once for each document that is a form, and `samples` gives
all of them by name.
"""

from __future__ import annotations

import pytest

from tests.corpus import Sample, documents


@pytest.fixture(scope="session")
def samples() -> dict[str, Sample]:
    """Every sample document by its name."""
    return {sample.name: sample for sample in documents()}


@pytest.fixture(scope="session", params=documents(), ids=lambda sample: sample.name)
def sample(request: pytest.FixtureRequest) -> Sample:
    """A sample document; the test runs for each."""
    assert isinstance(request.param, Sample)
    return request.param


@pytest.fixture(
    scope="session",
    params=[sample for sample in documents() if sample.kind != "report"],
    ids=lambda sample: sample.name,
)
def form_sample(request: pytest.FixtureRequest) -> Sample:
    """A sample document that is a form or several; the test runs for each."""
    assert isinstance(request.param, Sample)
    return request.param
