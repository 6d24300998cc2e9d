from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from service.store import Store, accounts, documents, evaluations, reports
from service.store.documents import Filters
from service.store.evaluations import EvaluationFilters, FindingFilters
from service.store.models import Document
from service.store.paging import BadCursor, BadSort, Listing
from tests.store.reports import BOX, Check, evaluation, report

pytest_plugins = ["tests.store_fixtures"]


def add(session: Session, name: str, uploaded_by: str = "user:li", group: str | None = None, **more: int) -> Document:
    group_id = group or accounts.default_group(session).id
    document, _ = documents.add(
        session, sha256=name.rjust(64, "0"), file_name=f"{name}.pdf", media_type="application/pdf", size=1,
        group_id=group_id, uploaded_by=uploaded_by, **more,
    )  # fmt: skip
    return document


def finish(session: Session, document: Document, *found: object) -> None:
    assert documents.begin(session, document.id, document.run) is not None
    assert documents.finish(session, document.id, document.run, timings={}, versions={})
    session.refresh(document)
    reports.save(session, document, report(*found))  # type: ignore[arg-type]


def test_the_same_bytes_are_one_document_of_a_group(store: Store) -> None:
    with store.database.session() as session:
        first, again = add(session, "a"), add(session, "a")
        other = accounts.add_group(session, "财政二科")
        elsewhere = add(session, "a", group=other.id)
    assert first.id == again.id != elsewhere.id
    with store.database.reading() as session:
        assert documents.get(session, first.id, other.id) is None
        assert documents.get(session, elsewhere.id, other.id) is not None


def test_users_take_turns_and_a_late_one_does_not_wait_behind_all_of_anothers(store: Store) -> None:
    with store.database.session() as session:
        many = [add(session, f"a{n}", "user:li") for n in range(4)]
        late = [add(session, f"b{n}", "user:wang") for n in range(2)]
        urgent = add(session, "c", "user:li", priority=1)
        ahead = {d.file_name: documents.ahead(session, d) for d in (*many, *late, urgent)}
    served = sorted(ahead, key=lambda name: ahead[name])
    assert served == ["c.pdf", "a0.pdf", "b0.pdf", "a1.pdf", "b1.pdf", "a2.pdf", "a3.pdf"]


def test_a_user_who_always_has_one_waiting_starves_nobody(store: Store) -> None:
    with store.database.session() as session:
        for n in range(3):
            add(session, f"a{n}", "user:li")
        for document in documents.page(session, Filters(text="a0")).items:
            documents.begin(session, document.id, 1)
        late = add(session, "b", "user:wang")
        next_of_first = documents.page(session, Filters(text="a1")).items[0]
        assert documents.ahead(session, next_of_first) == 0
        assert documents.ahead(session, late) == 1


def test_a_list_is_paged_without_gaps_or_repeats(store: Store) -> None:
    with store.database.session() as session:
        for n in range(7):
            add(session, f"d{n}")
    seen: list[str] = []
    cursor = None
    with store.database.reading() as session:
        while True:
            page = documents.page(session, Filters(), "file_name", cursor, 3)
            seen += [document.file_name for document in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
    assert page.total == 7
    assert seen == [f"d{n}.pdf" for n in range(7)]


def test_empty_values_come_last_in_either_order(store: Store) -> None:
    with store.database.session() as session:
        for n in range(4):
            document = add(session, f"d{n}")
            if n % 2:
                finish(session, document)
        for sort in ("finished_at", "-finished_at"):
            first = documents.page(session, Filters(), sort, None, 3)
            second = documents.page(session, Filters(), sort, first.next_cursor, 3)
            found = [d.finished_at is None for d in (*first.items, *second.items)]
            assert found == [False, False, True, True]


@pytest.mark.parametrize("cursor", ["", "x", "WzEsMiwzXQ==", "WyItY3JlYXRlZF9hdCIsIDEsIDFd"])
def test_a_cursor_of_another_list_is_refused(store: Store, cursor: str) -> None:
    with store.database.reading() as session, pytest.raises(BadCursor):
        documents.page(session, Filters(), cursor=cursor)


@pytest.mark.parametrize("kind", ["documents", "evaluations", "findings"])
def test_what_fits_a_filter_is_paged_without_gaps_or_repeats(store: Store, kind: str) -> None:
    error = Check(rule="F3", severity="error", message="执行率不符", evidence=[BOX])
    with store.database.session() as session:
        for n in range(7):
            finish(session, add(session, f"d{n}"), evaluation(unit="青禾县水利局" if n % 3 else "甲乡", checks=[error]))
    ask: Callable[[Session, str | None], Listing[Any]] = {
        "documents": lambda session, cursor: documents.page(
            session, Filters(unit="水利局", text="清淤"), cursor=cursor, limit=2
        ),
        "evaluations": lambda session, cursor: evaluations.page(
            session, EvaluationFilters(text="甲乡"), "score", cursor, 2
        ),
        "findings": lambda session, cursor: evaluations.findings(
            session, FindingFilters(unit="甲乡"), "rule", cursor, 2
        ),
    }[kind]
    seen, totals, cursor = [], set(), None
    with store.database.reading() as session:
        while True:
            page = ask(session, cursor)
            seen += [row.id for row in page.items]
            totals.add(page.total)
            cursor = page.next_cursor
            if cursor is None:
                break
    wanted = 7 if kind == "documents" else 3  # every department is the county's water bureau
    assert (len(seen), len(set(seen)), totals) == (wanted, wanted, {wanted})


def test_an_unknown_order_is_refused(store: Store) -> None:
    with store.database.reading() as session, pytest.raises(BadSort):
        documents.page(session, Filters(), "sha256")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), 3),
        (Filters(status="queued"), 1),
        (Filters(year=2023), 1),
        (Filters(year=2023, unit="林业"), 0),
        (Filters(year=2022, unit="林业"), 1),
        (Filters(unit="青禾县"), 2),
        (Filters(grade="中"), 1),
        (Filters(kind="project"), 2),
        (Filters(has_errors=True), 1),
        (Filters(has_errors=False), 2),
        (Filters(text="造林"), 1),
        (Filters(text="群众满意度"), 2),
        (Filters(text="B.PDF"), 1),
        (Filters(text="%"), 0),
        (Filters(group_id="nobody's"), 0),
    ],
)
def test_documents_are_found_by_what_their_reports_say(shared_store: Store, filters: Filters, found: int) -> None:
    with shared_store.database.session() as session:
        if documents.page(session, Filters()).total == 0:
            error = Check(rule="F3", severity="error", message="执行率不符", evidence=[BOX])
            finish(session, add(session, "a"), evaluation())
            forest = evaluation("造林项目", "青禾县林业站", 2022, grade="中", checks=[error])
            finish(session, add(session, "b"), forest)
            add(session, "c")
    with shared_store.database.reading() as session:
        listing = documents.page(session, filters)
        assert (listing.total, len(listing.items)) == (found, found)
        assert all(isinstance(e.year, int) for d in listing.items for e in d.evaluations)


def read(worker: str, *numbers: int) -> documents.Progress:
    return documents.Progress(9, [documents.ReadPage(number=n, seconds=1.0, executor=worker) for n in numbers])


def test_a_page_is_counted_once(store: Store) -> None:
    with store.database.session() as session:
        document = add(session, "a")
        documents.begin(session, document.id, 1)
        documents.note(session, document.id, 1, read("one", 3, 4))
        documents.note(session, document.id, 1, read("two", 2, 3))
        session.refresh(document)
        assert (document.pages_done, document.page_count) == (3, 9)
        kept = {page.number: page.executor for page in documents.pages(session, document.id, 1)}
        assert kept == {2: "two", 3: "one", 4: "one"}


def test_the_end_of_a_run_records_the_pages_before_it(store: Store) -> None:
    with store.database.session() as session:
        document = add(session, "a")
        documents.begin(session, document.id, 1)
        documents.note(session, document.id, 1, documents.Progress(2))
        assert documents.finish(session, document.id, 1, timings={}, versions={}, progress=read("one", 1, 2))
        session.refresh(document)
        assert (document.status, document.pages_done) == ("done", 2)
        assert [page.number for page in documents.pages(session, document.id, 1)] == [1, 2]


def test_progress_forgives_earlier_starts(store: Store) -> None:
    with store.database.session() as session:
        document = add(session, "a")
        for _ in range(3):
            documents.begin(session, document.id, 1)
        for progress, starts in ((documents.Progress(9), 3), (read("one", 1), 1)):
            documents.note(session, document.id, 1, progress)
            session.refresh(document)
            assert document.starts == starts


def test_what_is_no_longer_wanted_makes_no_progress(store: Store) -> None:
    with store.database.session() as session:
        document = add(session, "a")
        documents.begin(session, document.id, 1)
        documents.cancel(session, document.id)
        documents.note(session, document.id, 1, read("one", 1))
        assert not documents.pages(session, document.id, 1)


def test_a_run_ends_once(store: Store) -> None:
    with store.database.session() as session:
        document = add(session, "a")
        assert documents.begin(session, document.id, 1) is not None
        assert documents.finish(session, document.id, 1, timings={}, versions={})
        assert not documents.finish(session, document.id, 1, timings={}, versions={})
        assert not documents.fail(session, document.id, 1, code="x", message="x", retryable=False)
        assert not documents.cancel(session, document.id)
        assert documents.begin(session, document.id, 1) is None


def test_an_earlier_run_changes_nothing(store: Store) -> None:
    with store.database.session() as session:
        document = add(session, "a")
        documents.begin(session, document.id, 1)
        documents.cancel(session, document.id)
        session.refresh(document)
        documents.queue_again(session, document)
        session.flush()
        assert documents.begin(session, document.id, 1) is None
        assert documents.begin(session, document.id, 2) is not None
        assert not documents.finish(session, document.id, 1, timings={}, versions={})


def test_deleting_tells_whether_the_file_is_anothers_too(store: Store) -> None:
    with store.database.session() as session:
        mine = add(session, "a")
        finish(session, mine, evaluation())
        theirs = add(session, "a", group=accounts.add_group(session, "二科").id)
    with store.database.session() as session:
        assert not documents.remove(session, documents.need(session, mine.id))
        assert evaluations.page(session, EvaluationFilters()).total == 0
        assert documents.remove(session, documents.need(session, theirs.id))


def test_evaluations_and_findings_are_queried_across_documents(store: Store) -> None:
    error = Check(rule="S1", severity="error", message="得分合计不符", evidence=[BOX])
    with store.database.session() as session:
        for n, score in enumerate((95.0, 88.0, 61.5, None)):
            finish(session, add(session, f"d{n}"), evaluation(f"项目{n}", score=score, checks=[error] * (n == 2)))
    with store.database.reading() as session:
        best = evaluations.page(session, EvaluationFilters(min_score=80), "-score")
        assert [row.subject for row in best.items] == ["项目0", "项目1"]
        assert [row.document.file_name for row in best.items] == ["d0.pdf", "d1.pdf"]
        assert evaluations.page(session, EvaluationFilters(below_score=88)).total == 1
        assert evaluations.page(session, EvaluationFilters(level="county")).total == 4
        assert evaluations.page(session, EvaluationFilters(status="failed")).total == 0
        assert evaluations.page(session, EvaluationFilters(max_execution_rate=98.75)).total == 4
        found = evaluations.findings(session, FindingFilters(rule="S1", year=2023, unit="青禾县"))
        assert [finding.evaluation.subject for finding in found.items] == ["项目2"]


def test_statistics_count_every_evaluation_in_one_bar(store: Store) -> None:
    with store.database.session() as session:
        for n, score in enumerate((95.0, 90.0, 59.9)):
            finish(session, add(session, f"d{n}"), evaluation(f"项目{n}", year=2021 + n, score=score))
        figures = evaluations.statistics(session)
    assert {bar["from"]: bar["count"] for bar in figures["scores"] if bar["count"]} == {0: 1, 90: 1, 95: 1}
    assert [(of["year"], of["executed"]) for of in figures["years"]] == [(n, 1_185_000) for n in (2021, 2022, 2023)]
    assert figures["levels"] == [{"level": "county", "count": 3, "score": 81.63, "execution_rate": 98.75}]
    assert {row["status"]: row["count"] for row in figures["documents"]}["done"] == 3


def test_statistics_add_up_what_fits(store: Store) -> None:
    error = Check(rule="S1", severity="error", message="得分合计不符", evidence=[BOX])
    with store.database.session() as session:
        mine, other = accounts.default_group(session).id, accounts.add_group(session, "财政二科").id
        untold = evaluation("二", year=None, score=None)
        finish(session, add(session, "a"), evaluation(score=80.0, checks=[error]), untold)
        finish(session, add(session, "b"), evaluation("三", "柳林镇政府", 2022, 60.0, 70.0, None, [error]))
        finish(session, add(session, "c", group=other), evaluation("四", score=60.0, checks=[error, error]))
    with store.database.reading() as session:
        every, own = evaluations.statistics(session), evaluations.statistics(session, group_id=mine)
        of_unit = evaluations.statistics(session, group_id=mine, year=2022, kind="project", unit="柳林")
    assert (every["evaluations"], own["evaluations"], of_unit["evaluations"]) == (4, 3, 1)
    assert [of["findings"][0]["count"] for of in (every, own, of_unit)] == [4, 2, 1]
    assert own["grades"] == [{"grade": "优", "count": 2}, {"grade": None, "count": 1}]
    assert own["levels"] == [
        {"level": "county", "count": 2, "score": 80.0, "execution_rate": 98.75},
        {"level": "township", "count": 1, "score": 70.0, "execution_rate": 98.75},
    ]
    assert own["years"] == [
        {"year": 2022, "count": 1, "budget": 1_200_000, "executed": 600_000, "score": 70.0, "execution_rate": 98.75},
        {"year": 2023, "count": 1, "budget": 1_200_000, "executed": 1_185_000, "score": 80.0, "execution_rate": 98.75},
    ]
    assert [row["unit"] for row in own["units"]] == ["青禾县河道所", "柳林镇政府"]
    assert own["kinds"] == [{"kind": "project", "count": 3}]
    assert sum(bar["count"] for bar in own["execution_rates"]) == 3
    assert sum(bar["count"] for bar in own["scores"]) == 2


@pytest.mark.parametrize(
    ("unit", "level"),
    [
        ("江北省水利厅", "province"),
        ("云岭自治区财政厅", "province"),
        ("青禾市水利局", "city"),
        ("江北省青禾市水利局", "city"),
        ("青禾市城东区教育局", "county"),
        ("青禾县水利局", "county"),
        ("青禾县柳林镇人民政府", "township"),
        ("青禾县城乡建设局", "county"),
        ("青禾市社区服务中心", "city"),
        ("水利局", None),
    ],
)
def test_the_level_of_a_unit_is_told_by_its_name(unit: str, level: str | None) -> None:
    assert reports.level(unit) == level
