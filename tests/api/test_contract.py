"""What OpenAPI says is what the interface does: schemathesis makes requests by it, valid and broken ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode, HookContext
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from service.api import create_app
from service.config import Settings
from service.schema import Report
from service.store import Store
from tests.api.conftest import LOCAL, Service, listening

EXAMPLES = 8
SECONDS = 120  # the first picture of a page starts a child process
CHECKS = [
    allow_header_conformance,
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, planted: Report) -> Iterator[Any]:
    """The interface of an open service without limits, with a document that was read."""
    settings = Settings(data=tmp_path_factory.mktemp("contract"), rate_per_minute=0, uploads_per_minute=0)
    with Store(settings) as store:
        store.database.upgrade()
        app = create_app(settings, store=store)
        service = Service(settings, store, app.state.jobs, TestClient(app, base_url=LOCAL))
        document_id = service.upload()
        service.finish(document_id, planted)
        with listening(app) as address:
            yield _interface(address, document_id)


def _interface(address: str, document_id: str) -> Any:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")

    @schema.hook
    def map_path_parameters(context: HookContext, path_parameters: dict[str, Any]) -> dict[str, Any]:
        """Ask for the document that is there wherever that does not take it away."""
        operation = context.operation
        if operation is not None and operation.method.upper() in ("GET", "PATCH") and "id" in (path_parameters or {}):
            path_parameters["id"] = document_id
        return path_parameters

    return schema


@pytest.mark.slow
def test_no_answer_is_undocumented_and_none_a_defect(described: Any) -> None:
    wrong = [f"{label}: {error}" for label, error in _tried(described) if error]
    assert not wrong, "\n\n".join(wrong)


def _tried(schema: Any) -> Iterator[tuple[str, str]]:
    """Each operation with what is wrong with its answers."""
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            yield operation.label, _errors_of(operation.as_strategy(generation_mode=mode))


def _errors_of(strategy: Any) -> str:
    @given(case=strategy)
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    def ask(case: Case) -> None:
        case.validate_response(case.call(timeout=SECONDS), checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:  # an operation without parameters cannot be asked wrongly
        return ""
    except BaseExceptionGroup as group:
        return "\n".join(str(error) for error in group.exceptions)
    except AssertionError as error:
        return str(error)
    return ""
