"""Operators plan crawls, stop them, open ways and try pages; nothing is kept that was only looked at."""

import re
from collections.abc import Callable
from datetime import timedelta

from fastapi.testclient import TestClient

from storage.access import record_grant
from storage.audit import load_audit
from storage.database import Database
from storage.runs import load_runs, open_run, record_heartbeat, start_run
from storage.schedules import add_schedule, load_schedules
from tests.review.conftest import Clock, token_of

LogIn = Callable[[str], TestClient]
FORM = {"market": "tiki_vn", "queries": "kem\nson", "kind": "daily", "times": "02:00, 14:00", "zone": "Asia/Tokyo"}


def opened(database: Database, clock: Clock) -> None:
    with database.write() as session:
        record_grant(session, "tiki_vn", "pages", "a test's own", clock.now.replace(year=2099), "test", clock())


def test_a_schedule_shows_its_next_five_times_before_it_is_saved(
    log_in: LogIn, database: Database, clock: Clock
) -> None:
    opened(database, clock)
    client = log_in("binh")
    data = {**FORM, "form_token": token_of(client)}
    looked = client.post("/schedules", data={**data, "act": "look"})
    assert "02:00" in looked.text
    times = re.search(r'<ol class="next-times">(.*?)</ol>', looked.text, flags=re.DOTALL)
    assert times
    assert times[1].count("<li>") == 5
    with database.read() as session:
        before = {one.schedule_id for one in load_schedules(session)}
    assert client.post("/schedules", data={**data, "act": "save"}).status_code == 303
    with database.read() as session:
        kept = [one for one in load_schedules(session) if one.schedule_id not in before]
    assert len(kept) == 1
    assert (kept[0].zone, dict(kept[0].arguments)) == ("Asia/Tokyo", {"query": "kem|son"})


def test_what_is_wrong_with_a_schedule_stands_at_its_place_and_nothing_is_kept(
    log_in: LogIn, database: Database, clock: Clock
) -> None:
    opened(database, clock)
    client = log_in("binh")
    for wrong in ({"market": "nowhere"}, {"times": "25:00"}, {"zone": "Asia/Saigonn"}, {"hours": "night"},
                  {"kind": "cron", "cron": "61 * * * *"}, {"jitter_minutes": "999"},
                  {"further": "base_url=http://127.0.0.1"}, {"further": "allow_host=127.0.0.1:80"}):  # fmt: skip
        answer = client.post("/schedules", data={**FORM, **wrong, "act": "save", "form_token": token_of(client)})
        assert answer.status_code == 422, wrong
        assert 'class="badge badge-bad nowrap-normal wide"' in answer.text, wrong
    with database.read() as session:
        assert len(load_schedules(session)) == 1


def test_a_schedule_is_paused_with_a_reason_resumed_and_removed(log_in: LogIn, database: Database) -> None:
    client = log_in("binh")
    with database.read() as session:
        schedule_id = load_schedules(session)[0].schedule_id
    data = {"form_token": token_of(client)}
    wrong = client.post(f"/schedules/{schedule_id}/pause", data={**data, "reason": "Tết", "until": "31/02/2026"})
    assert "problem=" in wrong.headers["location"]
    client.post(f"/schedules/{schedule_id}/pause", data={**data, "reason": "nghỉ Tết", "until": "2027-02-10"})
    assert "nghỉ Tết" in client.get("/schedules").text
    client.post(f"/schedules/{schedule_id}/resume", data=data)
    assert "nghỉ Tết" not in client.get("/schedules").text
    client.post(f"/schedules/{schedule_id}/remove", data=data)
    with database.read() as session:
        assert load_schedules(session) == ()
        actions = [row.action for row in load_audit(session) if row.actor == "binh"]
    assert actions == ["schedule.pause", "schedule.resume", "schedule.remove"]


def test_a_running_crawl_is_stopped_and_a_second_of_its_market_is_not_started(
    log_in: LogIn, database: Database, clock: Clock
) -> None:
    client = log_in("binh")
    with database.write() as session:
        run = open_run(session, "tiki_vn", {"query": "kem"}, clock(), "binh")
        start_run(session, run.run_id, clock(), 7)
        record_heartbeat(
            session, run.run_id, clock(), {"pages": 12, "listings": 240, "errors": 1, "missing.seller": 60}
        )
    page = client.get(f"/runs/{run.run_id}").text
    assert 'src="/static/live.js"' in page
    assert "240" in page
    assert "75,0" in client.get(f"/runs/{run.run_id}?tab=fields").text
    stopped = client.post(f"/runs/{run.run_id}/stop", data={"form_token": token_of(client)})
    assert stopped.status_code == 303
    with database.read() as session:
        assert [row.action for row in load_audit(session, run.run_id)] == ["run.stop"]


def test_every_tab_of_a_run_opens_for_every_run(log_in: LogIn, database: Database) -> None:
    client = log_in("hanh")
    with database.read() as session:
        runs = load_runs(session, 10)
    for run in runs:
        for tab in ("summary", "fields", "requests", "events", "log", "nothing"):
            assert client.get(f"/runs/{run.run_id}?tab={tab}").status_code == 200
    assert "/stop" not in client.get(f"/runs/{runs[0].run_id}").text


def test_a_way_is_opened_by_an_administrators_record_and_closed_again(log_in: LogIn, database: Database) -> None:
    chief = log_in("quan")
    data = {"form_token": token_of(chief), "ground": "letter of Tiki, 3 Nov 2026", "until": "2027-11-03"}
    refused = chief.post("/markets/tiki_vn/ways/pages/allow", data={**data, "until": "2020-01-01"})
    assert "problem=" in refused.headers["location"]
    assert chief.post("/markets/tiki_vn/ways/pages/allow", data=data).headers["location"] == "/markets/tiki_vn"
    assert "letter of Tiki" in chief.get("/markets/tiki_vn").text
    assert "/ways/pages/allow" not in log_in("binh").get("/markets/tiki_vn").text
    chief.post("/markets/tiki_vn/ways/pages/close", data={"form_token": token_of(chief), "reason": "withdrawn"})
    with database.read() as session:
        assert [row.action for row in load_audit(session, "tiki_vn pages")] == ["access.allow", "access.end"]


def test_a_saved_page_is_read_as_if_it_had_come_from_its_address_and_nothing_is_kept(
    log_in: LogIn, database: Database
) -> None:
    client = log_in("binh")
    page = b"""<html><script type="application/ld+json">{"@context": "https://schema.org", "@type": "Product",
        "name": "Sorano <b>Perfect</b> Milk", "sku": "M1", "offers": {"@type": "Offer", "price": "129000",
        "priceCurrency": "VND"}}</script></html>"""
    answer = client.post(
        "/markets/shop/try",
        data={"form_token": token_of(client), "url": "https://shop.example/p/1"},
        files={"file": ("../../page.html", page, "text/html")},
    )
    assert answer.status_code == 200
    assert "Sorano &lt;b&gt;Perfect&lt;/b&gt; Milk" in answer.text
    assert "129000" in answer.text
    with database.read() as session:
        assert not [row for row in load_audit(session) if row.actor == "binh"]


def test_a_page_that_may_not_be_asked_for_is_refused_in_words(log_in: LogIn) -> None:
    client = log_in("binh")
    for url in ("https://tiki.vn/x", "http://127.0.0.1/", "not an address", "file:///etc/passwd"):
        answer = client.post("/markets/tiki_vn/try", data={"form_token": token_of(client), "url": url})
        assert answer.status_code == 200
        assert 'class="badge badge-bad nowrap-normal"' in answer.text, url


def test_what_was_expected_but_did_not_run_is_a_red_row_among_the_crawls(
    log_in: LogIn, database: Database, clock: Clock
) -> None:
    with database.write() as session:
        made = add_schedule(
            session, "tiki_vn", {"query": "kem"}, "0 2 * * *", "UTC", "binh", clock() - timedelta(days=2, hours=1)
        )
    client = log_in("binh")
    page = client.get("/runs?market=tiki_vn").text
    red = re.findall(r'<tr class="is-bad"><td><a href="/schedules/([^"]+)">', page)
    assert red.count(made.schedule_id) == 2
    assert page.count(">không chạy<") + page.count("không chạy</span>") >= 2
    assert made.schedule_id not in client.get("/runs?market=rakuten_jp").text
    assert re.search(r'<tr class="is-bad"><td><a href="/schedules/' + made.schedule_id, client.get("/schedules").text)
