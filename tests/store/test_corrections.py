from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from service.schema import Evaluation, Report
from service.store import Store, accounts, corrections, documents, evaluations, reports
from service.store.corrections import BadValue, Change, NoReport, NothingToUndo, UnknownPath
from service.store.evaluations import EvaluationFilters, FindingFilters
from service.store.models import Document
from tests.store.reports import BOX, SPAN, Check, evaluation, report

pytest_plugins = ["tests.store_fixtures"]

EXECUTED = "/evaluations/0/funds/0/executed"


def read(session: Session, *found: Evaluation) -> Document:
    """A document that was read with these evaluations."""
    group = accounts.default_group(session).id
    document, _ = documents.add(
        session, sha256="a" * 64, file_name="a.pdf", media_type="application/pdf", size=1, group_id=group,
        uploaded_by="user:li",
    )  # fmt: skip
    again(session, document, *found)
    return document


def again(session: Session, document: Document, *found: Evaluation) -> None:
    assert documents.begin(session, document.id, document.run)
    documents.finish(session, document.id, document.run, timings={}, versions={})
    session.refresh(document)
    reports.save(session, document, report(*found))


def correct(session: Session, document: Document, path: str, value: Any) -> Report:
    return corrections.record(session, document, [Change(path, value)], "user:wang")


def contradicting() -> Evaluation:
    """An evaluation whose printed execution rate does not follow from its amounts, with the finding."""
    found = evaluation(executed=108.5)
    found.checks = [Check(rule="F3", severity="error", message="执行率不符", evidence=[BOX])]
    return found


def test_a_correction_is_served_and_what_was_read_stays(store: Store) -> None:
    with store.database.session() as session:
        document = read(session, evaluation())
        correct(session, document, "/evaluations/0/total_score", "98.5")
    with store.database.reading() as session:
        served, as_read = reports.served(session, document.id), reports.as_read(session, document.id)
        assert served is not None
        assert as_read is not None
        assert (served.evaluations[0].total_score, as_read.evaluations[0].total_score) == (98.5, 99.88)
        assert evaluations.page(session, EvaluationFilters()).items[0].score == 98.5
        (kept,) = corrections.history(session, document.id)
        assert (kept.path, kept.old, kept.new) == ("/evaluations/0/total_score", 99.88, 98.5)
        assert kept.actor == "user:wang"


def test_a_corrected_amount_makes_its_finding_vanish(store: Store) -> None:
    with store.database.session() as session:
        document = read(session, contradicting())
        assert evaluations.findings(session, FindingFilters(rule="F3")).total == 1
        served = correct(session, document, EXECUTED, "118.5")
        amount = served.evaluations[0].funds[0].executed
        assert amount is not None
        assert (amount.value, amount.unit, amount.text, amount.confidence) == (1_185_000, "元", "118.5", 1.0)
        assert amount.evidence == [BOX]
        assert [check.rule for check in served.evaluations[0].checks if check.severity == "error"] == []
        assert evaluations.findings(session, FindingFilters(rule="F3")).total == 0
        assert evaluations.page(session, EvaluationFilters()).items[0].errors == 0


def test_findings_on_running_text_survive_a_correction(store: Store) -> None:
    prose = Check(rule="N1", severity="warning", message="正文与表格不一致", evidence=[SPAN])
    with store.database.session() as session:
        document = read(session, evaluation(checks=[prose]))
        served = correct(session, document, "/evaluations/0/total_score", 99.88)
        assert prose in served.evaluations[0].checks


def test_the_status_of_an_indicator_follows_its_values(store: Store) -> None:
    with store.database.session() as session:
        document = read(session, evaluation())
        served = correct(session, document, "/evaluations/0/indicators/2/actual", "50")
        indicator = served.evaluations[0].indicators[2]
        assert indicator.actual is not None
        assert (indicator.actual.value, indicator.actual.unit, indicator.status) == (50, "%", "unmet")


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("/evaluations/0/year", "2024", 2024),
        ("/evaluations/0/grade", "良", "良"),
        ("/evaluations/0/grade", None, None),
        ("/evaluations/0/grade", "", None),
        ("/evaluations/0/total_score", " 97.25 ", 97.25),
        ("/evaluations/0/indicators/1/level3", "受益户数", "受益户数"),
        ("/evaluations/0/indicators/1/confidence", 1.0, 1.0),
        (EXECUTED + "/confidence", 1, 1.0),
    ],
)
def test_plain_fields_take_values_as_typed(store: Store, path: str, value: Any, found: Any) -> None:
    with store.database.session() as session:
        served = correct(session, read(session, evaluation()), path, value).model_dump(mode="json")
    for step in path.split("/")[1:]:
        served = served[int(step)] if isinstance(served, list) else served[step]
    assert served == found


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("/evaluations/0/subject", "河道治理项目", "河道治理项目"),
        ("/evaluations/0/goal/actual", "全部完成", "全部完成"),
        ("/evaluations/0/problems/0", "雨季停工", "雨季停工"),
        ("/evaluations/0/title", None, None),
    ],
)
def test_texts_are_typed_as_they_are_printed(store: Store, path: str, value: str | None, text: str | None) -> None:
    with store.database.session() as session:
        document = read(session, evaluation())
        served = correct(session, document, path, value).model_dump(mode="json")
        for step in path.split("/")[1:]:
            served = served[int(step)] if isinstance(served, list) else served[step]
        assert (served["text"] if served else None) == text
        assert text is None or evaluations.page(session, EvaluationFilters(text=text)).total == 1


@pytest.mark.parametrize(
    "path",
    [
        "",
        "evaluations",
        "/evaluations",
        "/evaluations/0",
        "/evaluations/7/year",
        "/evaluations/-1/year",
        "/evaluations/0/indicators/9/score",
        "/evaluations/0/nothing",
        "/evaluations/0/checks/0/message",
        "/evaluations/0/indicators/0/status",
        "/evaluations/0/indicators/0/evidence",
        "/document/file_name",
        "/warnings/0/message",
    ],
)
def test_a_place_that_is_none_is_refused(store: Store, path: str) -> None:
    with store.database.session() as session:
        document = read(session, evaluation())
        with pytest.raises(UnknownPath):
            correct(session, document, path, 1)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/evaluations/0/year", "二〇二三"),
        ("/evaluations/0/year", 10**12),
        ("/evaluations/0/grade", "极好"),
        ("/evaluations/0/total_score", float("nan")),
        ("/evaluations/0/total_score", 1e300),
        ("/evaluations/0/subject", "河道\0治理"),
        ("/evaluations/0/indicators", "无"),
        ("/evaluations/0/indicators/0/level3", None),
        ("/evaluations/0/indicators/0/confidence", 1.5),
        (EXECUTED, {"text": "1"}),
        (EXECUTED, 5),
    ],
)
def test_a_value_of_another_kind_is_refused_and_nothing_is_kept(store: Store, path: str, value: Any) -> None:
    with store.database.session() as session:
        document = read(session, evaluation())
        with pytest.raises(BadValue), session.begin_nested():
            corrections.record(session, document, [Change("/evaluations/0/year", 2020), Change(path, value)], "user:li")
    with store.database.reading() as session:
        assert corrections.history(session, document.id) == []
        served = reports.served(session, document.id)
        assert served is not None
        assert served.evaluations[0].year == 2023


def test_undoing_goes_back_step_by_step(store: Store) -> None:
    with store.database.session() as session:
        document = read(session, evaluation())
        for year in (2021, 2022):
            correct(session, document, "/evaluations/0/year", year)
        years = []
        for _ in range(2):
            corrections.undo(session, document, "user:li")
            served = reports.served(session, document.id)
            assert served is not None
            years.append(served.evaluations[0].year)
        assert years == [2021, 2023]
        assert [c.undone_by for c in corrections.history(session, document.id)] == ["user:li"] * 2
        with pytest.raises(NothingToUndo):
            corrections.undo(session, document, "user:li")


def test_every_change_of_what_is_served_changes_the_version(store: Store) -> None:
    with store.database.session() as session:
        document = read(session, evaluation())
        seen = [reports.version(session, document.id)]
        correct(session, document, "/evaluations/0/year", 2021)
        seen.append(reports.version(session, document.id))
        corrections.undo(session, document, "user:li")
        seen.append(reports.version(session, document.id))
    assert len(set(seen)) == 3


def test_a_new_run_keeps_corrections_of_what_was_read_again(store: Store) -> None:
    with store.database.session() as session:
        document = read(session, evaluation(year=2023, score=99.88))
        correct(session, document, "/evaluations/0/year", 2022)
        correct(session, document, "/evaluations/0/total_score", 90)
        documents.queue_again(session, document)
        session.flush()
        again(session, document, evaluation(year=2023, score=91.5))
        corrections.carry_over(session, document)
        served = reports.served(session, document.id)
        assert served is not None
        assert (served.evaluations[0].year, served.evaluations[0].total_score) == (2022, 91.5)


def test_signs_that_no_database_keeps_are_dropped_from_what_was_read(store: Store) -> None:
    with store.database.session() as session:
        document = read(session, evaluation("河道\0清淤\ud800项目"))
        served = reports.served(session, document.id)
        assert served is not None
        assert served.evaluations[0].subject is not None
        assert served.evaluations[0].subject.text == "河道清淤项目"


def test_there_is_nothing_to_correct_without_a_report(store: Store) -> None:
    with store.database.session() as session:
        document, _ = documents.add(
            session, sha256="b" * 64, file_name="b.pdf", media_type="application/pdf", size=1,
            group_id=accounts.default_group(session).id, uploaded_by="user:li",
        )  # fmt: skip
        with pytest.raises(NoReport):
            correct(session, document, "/evaluations/0/year", 2021)
