"""What a round of queueing, a mail and a monthly report ask of the database, on both databases."""

from datetime import timedelta

import pytest

from records.mail import BrandRule, default_preference
from records.watchlist import Mark, Owner
from storage.audit import record_audit
from storage.database import Database
from storage.decisions import record_decision, undo_decision
from storage.hits import hit_id_of, save_hits
from storage.listings import save_listing
from storage.mail_deeds import load_deeds, load_kept_pages
from storage.mail_months import count_released, list_hits, load_released_in
from storage.mail_news import still_released
from storage.mail_people import (
    address_id_of,
    forget_slot,
    join_members,
    load_preference,
    load_slot,
    owns_brand,
    save_preference,
    save_rule,
    save_slot,
)
from storage.mail_round import load_fresh_brands, load_mail_settings
from storage.outbox import close_mail, count_refused, load_last_digest, load_state, mark_sent, queue_mail
from storage.page_captures import record_page_capture
from storage.runs import close_run, load_ended_runs, open_run, start_run
from storage.watchlist import load_owner, save_marks, save_owners
from tests.storage.factories import DAY, HOUR, START, make_hit, make_listing
from tests.storage.test_mails import ADDRESS, OWNER, new_mail

RELEASED = START + HOUR
RULE = BrandRule(urgent_score=0.5)


@pytest.fixture
def hit_id(database: Database) -> str:
    """A hit of the owner, confirmed at START."""
    listing = make_listing()
    hit = make_hit(listing)
    with database.write() as session:
        save_owners(session, [OWNER, Owner(name="Other", emails=())])
        save_marks(session, [Mark(mark_id=hit.mark_id, text="Nike", brand="Nike", owner=OWNER.name)])
        save_listing(session, listing, None, START)
        save_hits(session, listing, [hit], None, START)
        record_decision(session, hit_id_of(hit.key), 1, "violation", "counterfeit", "lan", START)
        join_members(session, OWNER.name, OWNER.emails, START)
    return hit_id_of(hit.key)


def test_a_round_knows_recipients_wishes_rules_and_what_was_seen_to(database: Database, hit_id: str) -> None:
    wish = default_preference(OWNER, "digest", START)
    with database.write() as session:
        save_preference(session, ADDRESS, OWNER.name, "Nike", "digest", wish, START, "test")
        save_rule(session, OWNER.name, "Nike", RULE, START, "test")
        save_slot(session, ADDRESS, OWNER.name, "Nike", "digest", START)
        found = load_mail_settings(session)
        assert [owner.name for owner in found.owners] == ["Nike Inc", "Other"]
        assert found.brands == {"Nike Inc": ("Nike",)}
        assert [one.address.address for one in found.members["Nike Inc"]] == ["a@x.example"]
        assert found.preferences == {"Nike Inc": {(ADDRESS, "Nike", "digest"): wish}}
        assert found.rules == {("Nike Inc", "Nike"): RULE}
        assert found.slots == {(ADDRESS, "Nike Inc", "Nike", "digest"): START}
        assert load_preference(session, ADDRESS, OWNER.name, "Nike", "digest") == wish
        assert load_preference(session, ADDRESS, OWNER.name, "Nike", "urgent") is None
        assert load_owner(session, OWNER.name) == OWNER
        assert load_owner(session, "nobody") is None
        assert owns_brand(session, OWNER.name, "Nike")
        assert not owns_brand(session, "Other", "Nike")
        forget_slot(session, ADDRESS, OWNER.name, "Nike", "digest")
        assert load_slot(session, ADDRESS, OWNER.name, "Nike", "digest") is None
        assert load_fresh_brands(session, RELEASED, START) == {("Nike Inc", "Nike")}
        assert load_fresh_brands(session, START, START) == frozenset(), "the undo window is open"
        assert load_fresh_brands(session, RELEASED, RELEASED) == frozenset()
    assert hit_id


def test_deeds_and_kept_pages_are_counted_for_the_brand_they_are_about(database: Database, hit_id: str) -> None:
    listing = make_listing()
    with database.write() as session:
        for manifest, hits in (("a" * 64, (hit_id,)), ("b" * 64, ("another",))):
            record_page_capture(
                session, manifest_sha256=manifest, market=listing.market, listing_id=listing.listing_id,
                url="https://x.example", hit_ids=hits, cause="queued", requested_by="lan", outcome="seen", detail="",
                started_at=START, ended_at=START + HOUR,
            )  # fmt: skip
        record_audit(session, START + HOUR, "lan", "evidence.pack", "pack", {"hits": [hit_id], "cases": 1})
        kept = load_kept_pages(session, {hit_id: listing.key})
        assert {one: page.manifest_sha256 for one, page in kept.items()} == {hit_id: "a" * 64}
        deeds = load_deeds(session, START, START + DAY)
        assert deeds == {("Nike Inc", "Nike"): {"confirmed": 1, "captured": 1, "packs": 1}}
        assert load_deeds(session, START + DAY, START + 2 * DAY) == {}


def test_a_month_lists_what_was_released_and_a_report_is_held_when_one_is_taken_back(
    database: Database, hit_id: str
) -> None:
    with database.write() as session:
        wanted = (OWNER.name, "Nike", START, START + DAY, RELEASED)
        assert [stored.hit_id for stored in load_released_in(session, *wanted, 9)] == [hit_id]
        assert sum(count_released(session, *wanted).values()) == 1
        mail_id = queue_mail(session, new_mail("month", kind="monthly"), RELEASED)
        assert mail_id is not None
        list_hits(session, mail_id, [hit_id, hit_id])
        assert still_released(session, mail_id, RELEASED)
        undo_decision(session, hit_id, "lan", RELEASED)
        assert not still_released(session, mail_id, RELEASED)
        assert load_released_in(session, *wanted, 9) == ()


def test_refusals_and_the_digest_before_are_counted(database: Database, hit_id: str) -> None:
    with database.write() as session:
        assert load_last_digest(session, ADDRESS, OWNER.name, "Nike") is None
        first = queue_mail(session, new_mail("one"), START, [(hit_id, "new"), (hit_id, "price")])
        second = queue_mail(session, new_mail("two"), START)
        assert first is not None
        assert second is not None
        mark_sent(session, first, START)
        close_mail(session, second, START, "failed", "554 5.7.1 spam")
        assert count_refused(session, START, ("digest",)) == (2, 1)
        assert count_refused(session, START + HOUR, ("digest",)) == (0, 0)
        assert load_last_digest(session, ADDRESS, OWNER.name, "Nike") == (START, 1), "the failed one told nothing"
        assert load_state(session, "two") == "failed"
        assert load_state(session, "three") is None
    assert address_id_of("A@x.example") == ADDRESS


def test_every_run_that_ended_in_a_time_is_found_however_many_there_are(database: Database) -> None:
    with database.write() as session:
        for hours, outcome in ((1, "finished"), (2, "blocked"), (30, "finished")):
            run = open_run(session, "tiki_vn", {"query": "x"}, START + hours * HOUR, "test")
            start_run(session, run.run_id, START + hours * HOUR, 1)
            close_run(session, run.run_id, outcome, START + hours * HOUR + timedelta(minutes=5), {"pages": 3}, ())  # type: ignore[arg-type]
        open_run(session, "shop", {"query": "x"}, START + HOUR, "test")
        found = load_ended_runs(session, START, START + DAY)
        assert [run.outcome for run in found] == ["finished", "blocked"]
        assert len(load_ended_runs(session, START, START + 2 * DAY)) == 3
