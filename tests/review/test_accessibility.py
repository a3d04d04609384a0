"""axe finds nothing serious on any page, in three languages, light and dark; no page runs what a listing says."""

import os
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext

from records.hit import HitKey
from storage.database import Database
from storage.decisions import record_decision
from storage.hits import hit_id_of
from storage.runs import load_runs
from storage.schedules import load_schedules
from tests.review.browsing import chromium, served
from tests.review.conftest import Clock
from tests.review.seeding import exact, hit, store
from tests.review.test_hostile_text import PAYLOADS, hostile

pytestmark = pytest.mark.browser
LogIn = Callable[[str], TestClient]
IS_LONG = "MARKWATCH_LONG" in os.environ
LOOKS = [(language, theme) for language in ("vi", "ja", "en") for theme in ("light", "dark")]
GRAVE = {"serious", "critical"}
# In the usual run every page is looked at once, the looks taking turns; the long run takes every page in every look.
ANONYMOUS = ("/login", "/forgotten", "/welcome/none")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def pages_of(database: Database) -> list[str]:
    with database.read() as session:
        run, schedule = load_runs(session, 1)[0].run_id, load_schedules(session)[0].schedule_id
    return [
        "/review", "/review?view=below", "/review?text=nothing+at+all", "/sellers", "/brands", "/brands/SORANO",
        "/brands/SORANO?tab=matching", "/brands/SORANO?tab=marks", "/ledger", "/lists", "/runs", f"/runs/{run}",
        f"/runs/{run}?tab=fields", f"/runs/{run}?tab=events", f"/runs/{run}?tab=log", "/schedules", "/schedules/new",
        f"/schedules/{schedule}", "/markets", "/markets/tiki_vn", "/mails", "/people", "/people/thu", "/audit", "/me",
        "/me/keys", "/nothing",
    ]  # fmt: skip


def context_for(browser: Browser, client: TestClient, port: int, language: str, theme: str) -> BrowserContext:
    address = f"http://localhost:{port}"
    context = browser.new_context(base_url=address)
    cookies = {"language": language, "theme": theme, "markwatch": client.cookies.get("markwatch") or ""}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return context


def test_axe_finds_nothing_serious_on_any_page(
    browser: Browser, app: FastAPI, database: Database, log_in: LogIn
) -> None:
    client = log_in("quan")
    first = client.get("/api/v1/hits").json()["hits"][0]["hit_id"]
    of_the_hit = [f"/hits/{first}", f"/hits/{first}?decide=violation", f"/hits/{first}/evidence"]
    pages = [*pages_of(database), *of_the_hit, *ANONYMOUS]
    found: list[str] = []
    looked = 0
    with served(app) as port:
        for number, (language, theme) in enumerate(LOOKS):
            context = context_for(browser, client, port, language, theme)
            page = context.new_page()
            for place, address in enumerate(pages):
                if not IS_LONG and place % len(LOOKS) != number:
                    continue
                if address in ANONYMOUS:
                    context.clear_cookies(name="markwatch")
                page.goto(address)
                for one in Axe().run(page).response["violations"]:
                    if one["impact"] in GRAVE:
                        nodes = [node["html"][:160] for node in one["nodes"][:3]]
                        found.append(f"{address} {language} {theme}: {one['id']} {nodes}")
                looked += 1
            context.close()
    print(f"{looked} looks at {len(pages)} pages, {len(found)} serious or critical")  # noqa: T201 - a figure for the report
    assert found == []
    assert looked >= len(pages)


def test_no_payload_runs_in_a_reviewers_browser(
    browser: Browser, app: FastAPI, database: Database, log_in: LogIn, clock: Clock
) -> None:
    payloads = PAYLOADS[:20]
    if IS_LONG:
        before = ("", "\"'>", "<!--", "</script>", "]]>", "\u2067")
        payloads = [f"{sign}{one}" for one in PAYLOADS for sign in before][:120]
    listings = [hostile(payload, number) for number, payload in enumerate(payloads)]
    store(database, [hit(one, "sorano", 0.99, "high", exact(one, "Sorano", "Sorano")) for one in listings])
    with database.write() as session:
        for number, one in enumerate(listings[:5]):
            key = HitKey(market="tiki_vn", listing_id=one.listing_id, track="ip", subject="sorano")
            note = payloads[number]
            record_decision(session, hit_id_of(key), 1, "violation", "counterfeit", "minh", clock(), note)
    client = log_in("quan")
    ran: list[str] = []
    with served(app) as port:
        context = context_for(browser, client, port, "vi", "light")
        page = context.new_page()
        page.on("dialog", lambda dialog: ran.append(f"dialog {dialog.message}"))
        page.on("console", lambda said: ran.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("request", lambda asked: ran.append(asked.url) if f"localhost:{port}" not in asked.url else None)
        for one in listings:
            key = HitKey(market="tiki_vn", listing_id=one.listing_id, track="ip", subject="sorano")
            page.goto(f"/hits/{hit_id_of(key)}")
        lists = ("/review", "/review?view=all&sort=newest", "/review?view=confirmed", "/sellers", "/ledger", "/audit")
        for address in lists:
            page.goto(address)
        for payload in payloads:
            page.goto("/review?" + "&".join(f"{name}={payload!r}" for name in ("text", "brand")).replace("#", "%23"))
        context.close()
    print(f"{len(payloads)} payloads, {len(ran)} executions, dialogs, reports or requests elsewhere")  # noqa: T201 - a figure
    assert ran == []
