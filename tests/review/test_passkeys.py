"""Passkeys in a real browser with a virtual authenticator."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from storage.audit import load_audit
from storage.database import Database
from storage.factors import load_passkeys
from tests.review.browsing import chromium, served
from tests.review.seeding import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def with_authenticator(page: Page, *, user: str = "true") -> None:
    """Give the page a device that holds passkeys; `user` says whether its owner is recognised."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": user == "true",
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_added_and_opens_the_console_without_a_password(
    browser: Browser, app: FastAPI, database: Database
) -> None:
    with served(app) as port:
        context = browser.new_context(base_url=f"http://localhost:{port}")
        page, complaints = context.new_page(), list[str]()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        with_authenticator(page)
        page.goto("/login")
        page.fill("[name=login]", "hanh")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/review")
        page.goto("/me")
        page.fill("form[data-passkey] [name=name]", "Máy của Hạnh")
        page.click("form[data-passkey] button")
        page.wait_for_url("**/me?done=passkey")
        assert page.get_by_text("Máy của Hạnh").is_visible()
        context.clear_cookies()
        page.goto("/login?next=/me")
        page.click("form[data-passkey] button")
        page.wait_for_url(re.compile(r":\d+/me$"))
        with database.read() as session:
            (kept,) = load_passkeys(session, "hanh")
            assert [row.action for row in load_audit(session, "hanh")] == ["user.passkey_on"]
        assert kept.used_at is not None
        assert kept.sign_count > 0
        page.click("form[action$='/remove'] button")
        page.wait_for_url("**/me?done=removed")
        context.clear_cookies()
        page.goto("/login")
        page.click("form[data-passkey] button")
        page.wait_for_selector("#problem")
        assert page.context.cookies() == [one for one in page.context.cookies() if one["name"] != "markwatch"]
        assert [text for text in complaints if "401" not in text] == []
        context.close()


def test_a_device_that_does_not_know_its_owner_opens_nothing(browser: Browser, app: FastAPI) -> None:
    with served(app) as port:
        context = browser.new_context(base_url=f"http://localhost:{port}")
        page = context.new_page()
        with_authenticator(page, user="false")
        page.goto("/login")
        page.click("form[data-passkey] button")
        page.wait_for_selector("[data-passkey-problem]:not([hidden])")
        context.close()


def test_at_a_bare_address_no_passkey_is_offered(browser: Browser, app: FastAPI) -> None:
    with served(app) as port:
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}")
        page = context.new_page()
        page.goto("/login")
        assert page.locator("form[data-passkey]").count() == 0
        context.close()
