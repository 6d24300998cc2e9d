"""The desk in a browser: the original beside what was read, checked and corrected by mouse and by keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from service.schema import Report
from service.store import audit, corrections
from service.web.views.places import REACH
from tests.web.conftest import RATE, Enter, Site, value, visit
from tests.web.reports import FUNDS_X, ROW_X, WIDTH, evaluation, report

pytestmark = pytest.mark.timeout(600)
DOUBTED = "/evaluations/0/indicators/1/actual"
EXECUTED = "/evaluations/0/funds/0/executed"
# What is to be looked at, in reading order.
WALK = (RATE, "/evaluations/0/indicators/1/level3", "/evaluations/0/indicators/1/target", DOUBTED)
# All that goes to and comes from the service takes so many milliseconds more.
SLOW_LINE = """{
    const Line = window.WebSocket, late = %d;
    window.WebSocket = class extends Line {
        send(data) { setTimeout(() => super.send(data), late); }
        set onmessage(heard) { super.onmessage = (event) => setTimeout(() => heard(event), late); }
    };
}"""


def chosen(page: Page) -> Locator:
    return page.locator(".value[aria-current]")


def editor(page: Page) -> Locator:
    return page.locator(".inspector textarea")


def expect_in_hand(page: Page, pointer: str) -> None:
    expect(chosen(page)).to_have_attribute("data-pointer", pointer)


def put_on_the_desk(page: Page, document: str) -> Page:
    visit(page, f"/documents/{document}")
    expect(editor(page)).to_be_attached()
    return page


def slowed(page: Page, *, late: int, processor: int = 1) -> Page:
    """The page behind a slow line, in a machine so many times slower."""
    page.add_init_script(SLOW_LINE % late)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": processor})
    return page


@pytest.fixture(params=[(0, 1), (400, 1)], ids=["fast", "slow-line"])
def desk(request: pytest.FixtureRequest, enter: Enter, document: str) -> Page:
    """The document's desk, fast and slow."""
    late, processor = request.param
    return put_on_the_desk(slowed(enter(), late=late, processor=processor), document)


# Finding ------------------------------------------------------------------------------------------------------------


def test_a_value_is_found_on_the_page_and_the_page_finds_the_value(desk: Page) -> None:
    value(desk, EXECUTED).click()
    box = desk.locator("rect.chosen")
    expect(box).to_have_count(1)
    assert float(box.get_attribute("x") or 0) == pytest.approx(FUNDS_X["executed"], abs=2)
    expect(desk.locator(".inspector-name")).to_have_text("年度资金总额全年执行数")
    click_at(desk, ROW_X["actual"] + 25, 310)
    desk.keyboard.type("130")  # without waiting
    expect_in_hand(desk, "/evaluations/0/indicators/0/actual")
    expect(editor(desk)).to_have_value("130")


def click_at(page: Page, x: float, y: float) -> None:
    """Click on the page image, in points of the page."""
    sheet = page.locator(".sheet svg")
    box = sheet.bounding_box()
    assert box is not None
    scale = box["width"] / WIDTH
    sheet.click(position={"x": x * scale, "y": y * scale})


def test_a_click_on_the_page_picks_what_lies_there(enter: Enter, document: str) -> None:
    page = put_on_the_desk(enter(), document)
    for x, y, pointer in (
        (ROW_X["actual"] + 5, 310, "indicators/0/actual"),  # the cell, not its row
        (ROW_X["score"] + 5, 310, "indicators/0/level3"),  # a number of a row is told by the row's name
        (FUNDS_X["executed"] + 80 + REACH - 1, 155, "funds/0/executed"),  # near is near enough
        (5, 5, "funds/0/executed"),  # beside everything: what was in hand stays there
        (130, 95, "title"),
        (130, 95, "subject"),  # again: what lies there too
        (130, 95, "title"),
    ):
        click_at(page, x, y)
        expect_in_hand(page, f"/evaluations/0/{pointer}")


def test_a_value_on_another_page_turns_to_it(enter: Enter, document: str) -> None:
    page = put_on_the_desk(enter(), document)
    value(page, "/evaluations/0/problems/0").click()
    expect(page.locator(".sheet img")).to_have_attribute("alt", "原件第 2 页")
    expect(page.locator("rect.chosen")).to_have_count(1)
    page.keyboard.press("[")
    expect(page.locator(".sheet img")).to_have_attribute("alt", "原件第 1 页")
    expect(page.locator("rect.chosen")).to_have_count(0)
    page.get_by_label("页码").select_option("2")
    expect(page.locator(".sheet img")).to_have_attribute("alt", "原件第 2 页")
    expect(page.locator("rect.chosen")).to_have_count(1)


# Checking by keys ---------------------------------------------------------------------------------------------------


def test_doubtful_values_are_walked_through_accepted_and_taken_back_by_keys(
    enter: Enter, site: Site, document: str
) -> None:
    page = put_on_the_desk(enter(), document)
    left = page.locator(".actions .primary")
    expect(left).to_contain_text("还有 4 处待核")
    for pointer in (*WALK, WALK[0], WALK[1]):  # round at the end
        page.keyboard.press("n")
        expect_in_hand(page, pointer)
    for pointer in (WALK[0], WALK[3]):
        page.keyboard.press("p")
        expect_in_hand(page, pointer)
    value(page, "/evaluations/0/year").click()
    page.keyboard.press("p")  # from any value on
    expect_in_hand(page, DOUBTED)
    page.keyboard.press("Enter")
    expect(left).to_contain_text("还有 3 处待核")
    expect(value(page, DOUBTED)).not_to_have_class(re.compile("doubtful"))
    assert site.report(document).evaluations[0].indicators[1].actual.confidence == 1.0
    page.keyboard.press("u")
    expect(left).to_contain_text("还有 4 处待核")
    expect(value(page, DOUBTED)).to_have_class(re.compile("doubtful"))


def test_the_walk_goes_on_in_the_next_evaluation_and_typing_follows_it(enter: Enter, site: Site) -> None:
    page = put_on_the_desk(slowed(enter(), late=1000), site.add(two(), "两份自评.pdf"))
    value(page, DOUBTED).click()
    page.keyboard.press("n")
    page.keyboard.type("92")  # its evaluation is not shown yet
    other = RATE.replace("/0/", "/1/", 1)
    expect_in_hand(page, other)
    expect(editor(page)).to_have_value("92")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect_in_hand(page, DOUBTED)
    expect(value(page, other)).to_have_count(0)


def two() -> Report:
    """A report of two evaluations."""
    made = report()
    made.evaluations.append(evaluation())
    made.evaluations[1].subject.text = "青螺河清淤项目"  # type: ignore[union-attr]
    return made


def test_another_evaluation_is_chosen_by_name(enter: Enter, site: Site) -> None:
    document = site.add(two(), "还是两份.pdf")
    page = put_on_the_desk(enter(), document)
    value(page, RATE).click()
    page.get_by_label("共 2 份自评").click()
    page.get_by_role("option", name="2. 青螺河清淤项目").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("青螺河清淤项目")
    expect(chosen(page)).to_have_count(0)  # nothing of the other comes along
    expect(editor(page)).to_be_disabled()
    visit(page, f"/documents/{document}?evaluation=1&finding=0")
    expect_in_hand(page, RATE.replace("/0/", "/1/", 1))


# Correcting ---------------------------------------------------------------------------------------------------------


def test_typing_corrects_and_escape_leaves_all_as_it_was(desk: Page, site: Site, document: str) -> None:
    value(desk, DOUBTED).click()
    desk.keyboard.type("84次")
    desk.keyboard.press("Escape")
    expect(editor(desk)).to_have_value("48次")
    desk.keyboard.type("84次")
    desk.keyboard.press("Enter")
    expect(value(desk, DOUBTED)).to_have_text("84次")
    expect(value(desk, DOUBTED)).to_have_class(re.compile("changed"))
    kept = site.report(document).evaluations[0].indicators[1].actual
    assert (kept.text, kept.value, kept.unit, kept.confidence) == ("84次", 84.0, "次", 1.0)
    with site.store.database.reading() as session:
        (made,) = corrections.history(session, document)
        assert (made.actor, made.old["text"]) == ("user:annotator", "48次")
        assert [entry.action for entry in audit.page(session, target=document)] == ["report.correct"]
    desk.reload(wait_until="domcontentloaded")
    expect(value(desk, DOUBTED)).to_have_text("84次")
    desk.get_by_text("修改记录（1）").click()
    expect(desk.locator(".changes")).to_contain_text("48次 → 84次")


@pytest.mark.parametrize(
    "desk", [(0, 1), (1500, 1), (300, 6)], ids=["fast", "slow-line", "slow-machine"], indirect=True
)
def test_one_decision_after_another_needs_no_waiting(desk: Page, site: Site, document: str) -> None:
    desk.keyboard.press("n")
    desk.keyboard.type("92")
    desk.keyboard.press("Enter")  # the rate
    desk.keyboard.press("n")
    desk.keyboard.press("Enter")  # the name is right
    desk.keyboard.press("Enter")  # a second time by mistake
    desk.keyboard.press("n")
    desk.keyboard.type("40次")
    desk.keyboard.press("Enter")  # the target
    value(desk, DOUBTED).click()
    desk.keyboard.type("8")  # and one that is still being typed while the answers come
    expect(desk.locator(".actions .primary")).to_contain_text("还有 1 处待核")
    expect_in_hand(desk, DOUBTED)
    expect(editor(desk)).to_be_focused()
    desk.keyboard.type("4次")
    expect(editor(desk)).to_have_value("84次")
    read = site.report(document).evaluations[0]
    assert read.funds[0].execution_rate == 92.0
    row = read.indicators[1]
    assert (row.confidence, row.target.text, row.actual.text) == (1.0, "40次", "48次")
    with site.store.database.reading() as session:
        paths = [made.path.rpartition("/evaluations/0/")[2] for made in corrections.history(session, document)]
    assert paths == ["funds/0/execution_rate", "indicators/1/confidence", "indicators/1/target"]


def test_a_decision_made_while_the_line_is_broken_is_carried_out(enter: Enter, site: Site, document: str) -> None:
    page = put_on_the_desk(enter(), document)
    page.wait_for_function("window.did_handshake")
    page.evaluate("socket.io.engine.close()")  # it connects anew by itself
    page.keyboard.press("n")
    page.keyboard.type("92")
    page.keyboard.press("Enter")
    expect(value(page, RATE)).to_have_text("92")
    page.evaluate("""() => {
        const lost = socket.emit;
        socket.emit = () => { socket.emit = lost; socket.io.engine.close(); };
    }""")
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.type("40次")
    page.keyboard.press("Enter")  # it is on its way when the line breaks
    expect(value(page, WALK[2])).to_have_text("40次")
    with site.store.database.reading() as session:
        paths = [made.path.rpartition("/evaluations/0/")[2] for made in corrections.history(session, document)]
    assert paths == ["funds/0/execution_rate", "indicators/1/target"]


def test_what_was_taken_back_comes_to_hand_unless_another_value_did(enter: Enter, site: Site, document: str) -> None:
    page = put_on_the_desk(slowed(enter(), late=500), document)
    left = page.locator(".actions .primary")
    value(page, DOUBTED).click()
    page.keyboard.press("Enter")
    expect(left).to_contain_text("还有 3 处待核")
    page.keyboard.press("n")
    page.keyboard.press("u")
    expect_in_hand(page, DOUBTED)
    expect(left).to_contain_text("还有 4 处待核")
    page.keyboard.press("Enter")
    page.keyboard.press("u")
    value(page, EXECUTED).click()
    page.keyboard.type("1")
    expect(page.locator(".changes li", has_text="已撤销")).to_have_count(2)
    expect_in_hand(page, EXECUTED)
    expect(editor(page)).to_have_value("1")
    assert site.report(document).evaluations[0].indicators[1].actual.confidence == 0.6


def test_what_was_typed_and_not_saved_is_kept(enter: Enter, document: str) -> None:
    page = put_on_the_desk(enter(), document)
    value(page, DOUBTED).click()
    page.keyboard.type("84次")
    value(page, RATE).click()
    expect(editor(page)).to_have_value("82")
    expect(value(page, DOUBTED)).to_have_attribute("data-unsaved", "")
    page.reload(wait_until="domcontentloaded")
    page.get_by_role("button", name="1 处改动未保存").click()
    expect_in_hand(page, DOUBTED)
    expect(editor(page)).to_have_value("84次")
    page.get_by_role("button", name="保存修改").click()
    expect(value(page, DOUBTED)).to_have_text("84次")
    expect(value(page, DOUBTED)).not_to_have_attribute("data-unsaved", "")


def test_a_figure_that_is_none_is_refused_with_a_reason(desk: Page) -> None:
    value(desk, RATE).click()
    desk.keyboard.type("9x")
    desk.keyboard.press("Enter")
    expect(desk.locator(".q-notification")).to_contain_text("不能改为这个值")
    expect(value(desk, RATE)).to_have_text("82")
    expect(editor(desk)).to_have_value("9x")  # to be mended
    desk.keyboard.press("F2")
    desk.keyboard.press("Escape")
    expect(editor(desk)).to_have_value("82")


# Lightness of a colour as WCAG 2.2 reckons it, and the contrast of an element's text with what is behind it.
CONTRAST = """(element) => {
    const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const style = getComputedStyle(element);
    const [dark, bright] = [light(style.color), light(style.backgroundColor)].sort((a, b) => a - b);
    return style.opacity * (bright + 0.05) / (dark + 0.05);
}"""


def test_what_cannot_be_done_now_looks_so_and_can_be_read(enter: Enter, document: str) -> None:
    page = put_on_the_desk(enter(), document)
    buttons = [page.get_by_role("button", name=name, exact=True) for name in ("认可", "保存修改", "撤销")]
    for button in buttons:
        expect(button).to_be_disabled()
        assert button.evaluate(CONTRAST) >= 4.5
    idle = buttons[0].evaluate("(element) => getComputedStyle(element).backgroundColor")
    value(page, DOUBTED).click()
    expect(buttons[0]).to_be_enabled()
    assert buttons[0].evaluate("(element) => getComputedStyle(element).backgroundColor") != idle
    assert buttons[0].evaluate(CONTRAST) >= 4.5


def test_a_suggestion_is_taken_with_one_click(enter: Enter, site: Site, document: str) -> None:
    page = put_on_the_desk(enter(), document)
    finding = page.locator(".finding", has_text="F1")
    finding.get_by_role("button", name="看原件").click()
    expect(page.locator("rect.alarmed")).to_have_count(2)  # both figures
    finding.get_by_role("button", name="改为 92").click()
    expect(value(page, RATE)).to_have_text("92")
    expect(finding).to_have_count(0)
    expect(page.locator(".q-notification")).to_contain_text("消除 2 个问题")
    assert site.report(document).evaluations[0].funds[0].execution_rate == 92.0
