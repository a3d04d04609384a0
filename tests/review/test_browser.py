from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from storage.claims import take_claim
from storage.database import Database
from storage.decisions import record_decision
from storage.hits import count_hits
from tests.review.browsing import chromium, served, until
from tests.review.seeding import NOW, PASSWORD

pytestmark = pytest.mark.browser
Sit = Callable[..., AbstractContextManager["Seat"]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as port:
        yield f"http://127.0.0.1:{port}"


@dataclass
class Seat:
    """A logged-in page with everything the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    presses: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.presses += 1


@pytest.fixture
def sit(browser: Browser, address: str) -> Sit:
    @contextmanager
    def make(*, scripts: bool = True, **options: object) -> Iterator[Seat]:
        context = browser.new_context(java_script_enabled=scripts, base_url=address, **options)  # type: ignore[arg-type]
        seat = Seat(context.new_page())
        seat.page.on("console", lambda message: seat.complaints.append(message.text))
        seat.page.on("pageerror", lambda error: seat.complaints.append(str(error)))
        seat.page.on("dialog", lambda dialog: seat.complaints.append(dialog.message))
        seat.page.goto("/login")
        seat.page.fill("[name=login]", "hanh")
        seat.page.fill("[name=password]", PASSWORD)
        seat.page.press("[name=password]", "Enter")
        seat.page.wait_for_url("**/review")
        yield seat
        context.close()

    return make


def test_ten_hits_are_decided_by_keyboard_alone_in_at_most_25_presses(sit: Sit, database: Database) -> None:
    with sit() as seat:
        seat.press("Enter")
        seat.page.wait_for_selector("[data-decide]")
        for number in range(10):
            seat.press("ynu"[number % 3])
            with seat.page.expect_navigation():
                seat.press("Enter")
        seat.page.wait_for_url("**/review?recorded=*")
        assert seat.presses <= 25
        assert seat.complaints == []
    with database.read() as session:
        counts = count_hits(session)
    assert (counts["unreviewed"], counts["confirmed"], counts["rejected"], counts["unsure"]) == (0, 4, 3, 3)


def test_a_figure_chooses_the_reason_and_z_takes_the_decision_back(sit: Sit, database: Database) -> None:
    with sit() as seat:
        seat.press("j")
        seat.press("n")
        seat.page.wait_for_url("**/hits/*decide=no_violation")
        seat.press("4")
        with seat.page.expect_navigation():
            seat.press("Enter")
        assert "Đã ghi “Không vi phạm”" in seat.page.inner_text(".toast")
        with seat.page.expect_navigation():
            seat.press("z")
        assert "đã rút lại" in seat.page.inner_text(".timeline")
        assert "T-a-k-u-m-a" in seat.page.inner_text("h1")
        assert seat.complaints == []
    with database.read() as session:
        assert count_hits(session)["unreviewed"] == 10


def test_letters_typed_into_a_field_or_with_a_modifier_decide_nothing(sit: Sit) -> None:
    with sit() as seat:
        seat.press("/")
        seat.page.keyboard.type("jynuzs1")
        assert seat.page.input_value("[data-search]") == "jynuzs1"
        assert seat.page.url.endswith("/review")
        seat.press("Escape")
        seat.press("Control+y")
        seat.press("Alt+n")
        assert seat.page.url.endswith("/review")
        seat.page.evaluate("""document.body.dispatchEvent(new KeyboardEvent('keydown',
            {key: 'y', bubbles: true, isComposing: true}))""")
        assert seat.page.url.endswith("/review")
        seat.press("?")
        assert seat.page.is_visible("#keys")
        seat.press("y")
        assert seat.page.url.endswith("/review")
        seat.press("Escape")
        until(seat.page, "document.activeElement === document.body")
        seat.press("Enter")
        seat.page.wait_for_selector("[data-decide]")
        seat.press("y")
        note = seat.page.locator("form:not([hidden]) [name=note]")
        note.focus()
        note.evaluate("""field => field.dispatchEvent(new KeyboardEvent('keydown',
            {key: 'Enter', bubbles: true, cancelable: true, isComposing: true}))""")
        seat.page.keyboard.type("nuz")
        assert note.input_value() == "nuz"
        assert "/hits/" in seat.page.url
        assert "recorded" not in seat.page.url


def test_without_scripts_reading_deciding_and_undoing_work(sit: Sit, database: Database) -> None:
    with sit(scripts=False) as seat:
        seat.page.click("article a.hit-title")
        title = seat.page.inner_text("h1")
        seat.page.click("a.btn-verdict[data-verdict=violation]")
        seat.page.check("form:not([hidden]) input[value=counterfeit]", force=True)
        seat.page.fill("form:not([hidden]) [name=note]", "không cần script")
        seat.page.click("form:not([hidden]) .btn-primary")
        assert "Đã ghi “Vi phạm”" in seat.page.inner_text(".toast")
        seat.page.click(".toast button")
        assert seat.page.inner_text("h1") == title
        assert "không cần script" in seat.page.inner_text(".timeline")
    with database.read() as session:
        assert count_hits(session)["unreviewed"] == 10


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 720])
def test_no_page_scrolls_sideways_or_breaks_its_own_policy(sit: Sit, theme: str, width: int) -> None:
    with sit(viewport={"width": width, "height": 900}, color_scheme=theme) as seat:
        hit = seat.page.get_attribute("article a.hit-title", "href")
        for path in ("/review", f"{hit}?decide=violation", "/runs", "/schedules", "/review?view=confirmed"):
            seat.page.goto(path)
            assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert seat.complaints == []


def test_after_a_conflict_a_reflex_y_or_enter_does_nothing(sit: Sit, database: Database) -> None:
    with sit() as seat:
        seat.press("Enter")
        seat.page.wait_for_selector("[data-decide]")
        hit_id = seat.page.url.rpartition("/")[2].partition("?")[0]
        with database.write() as session:
            take_claim(session, hit_id, "minh", NOW, take_over=True)
            record_decision(session, hit_id, 1, "unsure", "needs_owner", "minh", NOW)
        seat.press("y")
        with seat.page.expect_navigation():
            seat.press("Enter")
        assert "minh đã quyết định" in seat.page.inner_text("[role=alert]")
        before = seat.page.url
        seat.press("y")
        seat.press("Enter")
        seat.page.wait_for_timeout(200)
        assert seat.page.url == before
        with seat.page.expect_navigation():
            seat.press("1")
        assert "Chưa chắc" in seat.page.inner_text(".decide")
