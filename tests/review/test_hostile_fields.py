"""What people, operators, lists and answers of marketplaces say never runs: in accounts, schedules, imports, names."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Page

from records.listing import Seller
from records.watchlist import AuthorisedSeller, Mark, Owner, Product
from review.sessions import digest
from storage.api_tokens import add_token
from storage.audit import hold_chain, record_audit
from storage.database import Database
from storage.runs import close_run, open_run, record_event, start_run
from storage.saved_views import save_view
from storage.schedules import add_schedule, pause_schedule
from storage.users import add_user, open_session
from storage.watchlist import save_marks, save_owners, save_products, save_sellers
from tests.review.browsing import chromium, served
from tests.review.seeding import NOW, exact, hit, listing, store
from tests.review.test_accessibility import IS_LONG, context_for
from tests.review.test_hostile_text import PAYLOADS

pytestmark = pytest.mark.browser
LogIn = Callable[[str], TestClient]
SIGNS = ("", "\"'>", "<!--", "</script>", "]]>", "\u2067")
# In the usual run two texts that hold twenty payloads between them; in the long run each of 120 by itself.
TEXTS = (
    [f"{sign}{one}" for one in PAYLOADS for sign in SIGNS][:120]
    if IS_LONG
    else [" ".join(PAYLOADS[start:20:2]) for start in range(2)]
)


def spread(database: Database, text: str, number: int) -> list[str]:
    """Put the text into every field that somebody else fills, and return the pages that show them."""
    brand, login = f"{number} {text}"[:190], f"x{number}"
    mark = Mark(
        mark_id=f"m{number}", text=f"Kumazo {text}", brand=brand, owner=brand, variants=(text,), registration_no=text,
        office=text,
    )  # fmt: skip
    sold = listing("tiki_vn", f"f{number}", f"Kumazo {text}", 90_000, Seller(seller_id=brand, name=text, location=text))
    with database.write() as session:
        save_owners(session, [Owner(name=brand, emails=(f"a{number}@example.test",))])
        save_marks(session, [mark])
        save_products(session, [Product(product_id=f"p{number}", mark_id=mark.mark_id, name=text, mpn=text)])
        save_sellers(
            session, [AuthorisedSeller(mark_id=mark.mark_id, market="tiki_vn", seller_id=brand, seller_name=text)]
        )
        add_user(session, login, text, "senior", "", NOW, (brand,), "vi", f"{login}@example.test")
        open_session(
            session,
            digest(text + login),
            login,
            NOW,
            NOW + timedelta(hours=1),
            address=text,
            agent=text,
            means="password",
        )
        add_token(session, digest(brand), login, text, ("read",), NOW, None)
        save_view(session, "quan", f"{number} {text}"[:60], "text=" + quote(text), NOW)
        schedule = add_schedule(session, "tiki_vn", {"query": text}, "0 2 * * *", "UTC", text, NOW, tags=(text,))
        pause_schedule(session, schedule.schedule_id, text)
        run = open_run(session, "tiki_vn", {"query": text, "url": (text + "|") * 9}, NOW, text)
        start_run(session, run.run_id, NOW, 1)
        record_event(session, run.run_id, NOW, "warning", text)
        close_run(session, run.run_id, "failed", NOW, {"pages": 1, f"skip.{text}": 1}, (text,))
        hold_chain(session)
        record_audit(session, NOW, text, text, text, {"text": text})
    store(database, [hit(sold, mark.mark_id, 0.99, "high", exact(sold, "Kumazo", text))])
    place = quote(brand, safe="")
    return [
        "/review?saving=1", f"/review?brand={place}", "/brands", f"/sellers/tiki_vn?id={place}", "/sellers", "/ledger",
        *(f"/brands/{place}?tab={tab}" for tab in ("overview", "marks", "prices", "sellers", "matching")),
        f"/brands/{place}?tab=matching&title={quote(text)}&flag_from={quote(text)}",
        "/schedules", f"/schedules/{schedule.schedule_id}", "/runs", f"/runs/{run.run_id}",
        f"/runs/{run.run_id}?tab=requests", f"/runs/{run.run_id}?tab=events", "/people", f"/people/{login}", "/audit",
        "/mails", "/mails/preview", "/me/keys?problem=" + quote(text), "/lists",
    ]  # fmt: skip


def import_list(page: Page, text: str, folder: Path) -> None:
    """Show the preview of a list whose every cell holds the text."""
    rows = [{"mark_id": text, "text": text, "valid_until": text, "brand": text, text: text}, {"mark_id": text}]
    file = folder / "marks.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    page.goto("/lists")
    page.set_input_files("input[type=file]", file)
    page.locator("form[enctype] button").first.click()
    page.wait_for_load_state()


def test_no_text_of_an_account_a_schedule_a_list_or_a_name_runs(
    app: FastAPI,
    database: Database,
    log_in: LogIn,
    tmp_path: Path,
) -> None:
    client = log_in("quan")
    ran: list[str] = []
    looked = 0
    with served(app) as port, chromium() as browser:
        context = context_for(browser, client, port, "vi", "light")
        page = context.new_page()
        page.on("dialog", lambda dialog: ran.append(f"dialog {dialog.message}"))
        page.on("console", lambda said: ran.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("request", lambda asked: ran.append(asked.url) if f"localhost:{port}" not in asked.url else None)
        for number, text in enumerate(TEXTS):
            for address in spread(database, text, number):
                answer = page.goto(address)
                assert answer is not None
                assert answer.status in {200, 404}, address
                looked += answer.status == 200
            import_list(page, text, tmp_path)
        context.close()
    print(f"{len(TEXTS)} texts in every field, {looked} pages, {len(ran)} executions or reports")  # noqa: T201 - a figure
    assert ran == []
    assert looked > 15 * len(TEXTS)
