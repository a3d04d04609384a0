"""The queue in Chromium: selection and undo by keys, coming back, blind second looks, own keys, taking over."""

import time

import pytest
from playwright.sync_api import Page

from storage.claims import count_claims
from storage.database import Database
from storage.decisions import record_decision
from storage.hit_records import HitFilter
from storage.hits import count_hits, load_queue
from storage.own_keys import save_keys
from storage.second_looks import save_policy
from tests.review.browsing import until
from tests.review.seeding import NOW, store
from tests.review.test_browser import Sit, address, browser, sit  # noqa: F401 - fixtures
from tests.review.test_queue_pages import alike

pytestmark = pytest.mark.browser


def rows(page: Page) -> int:
    return page.locator("[data-row]").count()


def test_a_bulk_is_selected_decided_and_undone_by_keys_alone(sit: Sit, database: Database) -> None:  # noqa: F811
    store(database, alike(6))
    with sit() as seat:
        seat.press("x")
        assert seat.page.is_visible("[data-bar]")
        assert "6" in seat.page.inner_text("[data-count]")
        with seat.page.expect_navigation():
            seat.press("y")
        assert seat.page.locator("input[name=pick]:checked").count() == 6
        with seat.page.expect_navigation():
            seat.press("Enter")
        assert "cho tất cả" in seat.page.inner_text(".toast")
        with database.read() as session:
            assert count_hits(session)["confirmed"] == 6
        with seat.page.expect_navigation():
            seat.press("z")
        assert "Đã rút lại các quyết định" in seat.page.inner_text(".toast")
        assert seat.complaints == []
    with database.read() as session:
        counts = count_hits(session)
    assert (counts["confirmed"], counts["unreviewed"]) == (0, 16)


def test_the_violation_button_is_dead_for_hits_of_different_groups(sit: Sit) -> None:  # noqa: F811
    with sit() as seat:
        seat.press("x")
        assert seat.page.is_enabled("[data-act=y]")
        seat.press("j")
        seat.press("x")
        assert seat.page.is_disabled("[data-act=y]")
        assert seat.page.is_enabled("[data-act=n]")
        seat.press("Escape")
        assert not seat.page.is_visible("[data-bar]")
        assert seat.page.locator("input:checked").count() == 0
        seat.press("k")
        seat.press("x")
        seat.press("j")
        seat.press("j")
        seat.press("Shift+X")
        assert seat.page.locator("[data-pick]:checked").count() == 3


def test_back_restores_filter_cursor_and_scroll(sit: Sit, database: Database) -> None:  # noqa: F811
    store(database, alike(40))
    with sit(viewport={"width": 1280, "height": 700}) as seat:
        seat.page.goto("/review?group=none&brand=SORANO")
        for _ in range(30):
            seat.press("j")
        title = seat.page.inner_text(".is-cursor .hit-title")
        before = seat.page.evaluate("scrollY")
        assert before > 500
        with seat.page.expect_navigation():
            seat.press("Enter")
        seat.page.wait_for_selector("[data-decide]")
        seat.page.go_back()
        seat.page.wait_for_selector(".is-cursor")
        assert seat.page.url.endswith("/review?group=none&brand=SORANO")
        assert seat.page.inner_text(".is-cursor .hit-title") == title
        until(seat.page, f"Math.abs(scrollY - {before}) < 60")


def test_the_source_of_a_second_look_does_not_hold_the_first_verdict(sit: Sit, database: Database) -> None:  # noqa: F811
    with database.write() as session:
        save_policy(session, "", "violation", "always", 100, "quan", NOW)
        first = load_queue(session, HitFilter()).rows[0]
        record_decision(session, first.hit_id, 1, "violation", "counterfeit", "minh", NOW, "ghi chú bí mật")
    with sit() as seat:
        seat.page.goto("/review?view=second_look")
        with seat.page.expect_navigation():
            seat.press("Enter")
        source = seat.page.content()
        assert "ghi chú bí mật" not in source
        assert "minh" not in source
        seat.press("n")
        with seat.page.expect_navigation():
            seat.press("Enter")
        seat.page.goto(f"/hits/{first.hit_id}")
        assert "Hai người khác ý" in seat.page.inner_text(".hit-head")
        assert "ghi chú bí mật" not in seat.page.content()


def test_own_keys_act_and_the_usual_ones_no_longer_do(sit: Sit, database: Database) -> None:  # noqa: F811
    with database.write() as session:
        save_keys(session, "hanh", {"n": "q", "j": "n"}, switched_on=True)
    with sit() as seat:
        before = seat.page.inner_text(".is-cursor .hit-title")
        seat.press("n")
        assert seat.page.inner_text(".is-cursor .hit-title") != before
        with seat.page.expect_navigation():
            seat.press("q")
        assert "decide=no_violation" in seat.page.url


def test_with_keys_off_no_single_key_acts_and_everything_is_reached_by_tab(sit: Sit, database: Database) -> None:  # noqa: F811
    with database.write() as session:
        save_keys(session, "hanh", {}, switched_on=False)
    with sit() as seat:
        for key in ("j", "y", "x", "z", "?", "s"):
            seat.press(key)
        assert seat.page.url.endswith("/review")
        assert not seat.page.is_visible("[data-bar]")
        for _ in range(60):
            seat.press("Tab")
            if seat.page.evaluate("document.activeElement.matches('[data-open]')"):
                break
        with seat.page.expect_navigation():
            seat.press("Enter")
        assert "/hits/" in seat.page.url


def test_a_hit_on_screen_is_held_and_given_back_on_leaving(sit: Sit, database: Database) -> None:  # noqa: F811
    with sit() as seat:
        with seat.page.expect_response("**/hold*"):
            seat.press("Enter")
        until(seat.page, "!document.querySelector('[data-held]').hidden")
        assert "Bạn giữ đến" in seat.page.inner_text("[data-held]")
        seat.press("Escape")
        seat.page.wait_for_url("**/review*")
        deadline = time.monotonic() + 5
        while held(database) and time.monotonic() < deadline:
            seat.page.wait_for_timeout(100)
        assert held(database) == 0


def held(database: Database) -> int:
    with database.read() as session:
        return count_claims(session, NOW)


def test_a_title_is_tried_while_it_is_typed(sit: Sit) -> None:  # noqa: F811
    with sit() as seat:
        seat.page.goto("/brands/SORANO?tab=matching")
        with seat.page.expect_response("**/try?*"):
            seat.page.fill("[data-try] [name=title]", "Kem So.rano rep 1:1")
        seat.page.wait_for_selector("[data-tried] .ev-mark")
        assert seat.complaints == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["vi", "ja", "en"])
def test_no_new_page_scrolls_sideways_or_breaks_its_own_policy(sit: Sit, language: str, width: int) -> None:  # noqa: F811
    with sit(viewport={"width": width, "height": 900}) as seat:
        seat.page.goto(f"/preferences?language={language}&next=/review")
        for path in (
            "/review", "/sellers", "/sellers/tiki_vn?id=s-official", "/brands", "/brands/SORANO", "/ledger", "/me/keys",
            "/brands/SORANO?tab=marks", "/brands/SORANO?tab=prices", "/brands/SORANO?tab=sellers",
            "/brands/SORANO?tab=matching&title=Sorano&flag_from=0.7",
        ):  # fmt: skip
            seat.page.goto(path)
            assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert seat.complaints == []
