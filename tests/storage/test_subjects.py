"""A seller's personal data is found everywhere, and erased where no case needs it."""

from dataclasses import replace

from records.listing import Listing, Seller
from storage.audit import load_audit, verify_audit
from storage.captures import load_capture_hashes, record_capture
from storage.database import Database
from storage.decisions import record_decision
from storage.hits import load_hit
from storage.holds import place_hold
from storage.listings import load_listing, load_seller, save_listing
from storage.page_captures import load_page_captures, record_page_capture
from storage.subjects import erase_seller, find_subject, standings_of
from tests.storage.factories import DAY, START, full_listing, make_hit, make_listing, store

NAME = "Nguyễn Thị Mộng Mơ"
SELLER = Seller(seller_id="77", name=NAME, official=False, location="Quận 3")
LATER = START + 5 * DAY


def listing_of(listing_id: str) -> Listing:
    return make_listing(listing_id, seller=SELLER, description=f"Liên hệ {NAME}, 0901 234 567")


def filled(database: Database) -> dict[str, str]:
    """One listing a state: open, confirmed, rejected, held, plain; each with an answer and a page capture."""
    found = {}
    for state in ("open", "confirmed", "rejected", "held"):
        hit = store(database, make_hit(listing_of(state)))[0]
        found[state] = hit.hit_id
        with database.write() as session:
            if state in {"confirmed", "rejected", "held"}:
                verdict, reason = ("violation", "counterfeit") if state == "confirmed" else ("no_violation", "genuine")
                record_decision(session, hit.hit_id, hit.revision, verdict, reason, "lan", START)  # type: ignore[arg-type]
    page = full_listing().page_copy
    assert page is not None
    with database.write() as session:
        save_listing(session, listing_of("plain"), "run", START)
        place_hold(session, "tiki_vn", "held", "case 12", "lan", START)
        keys = [("tiki_vn", name) for name in ("open", "confirmed", "rejected", "held", "plain")]
        for number, key in enumerate(keys):
            record_capture(session, replace(page, sha256=f"{number:064x}"), (key,), None, "x")
            record_page_capture(
                session, manifest_sha256=f"{number:064x}", market=key[0], listing_id=key[1], url="u", hit_ids=(),
                cause="queued", requested_by="crawl", outcome="seen", detail="", started_at=START, ended_at=START,
            )  # fmt: skip
        # One answer shows an innocent listing and one that is needed.
        record_capture(session, replace(page, sha256="f" * 64), (keys[0], keys[2]), None, "x")
    return found


def tables_with(database: Database, text: str) -> set[str]:
    with database.read() as session:
        return {found.table for found in find_subject(session, text)}


def test_a_name_is_found_in_every_table_that_holds_it(database: Database) -> None:
    filled(database)
    assert {"sellers", "listings", "hit_documents"} <= tables_with(database, NAME)
    assert "sellers" in tables_with(database, NAME.lower()) | tables_with(database, NAME.title())
    assert tables_with(database, "Trần Văn Không") == set()
    assert "audit" not in tables_with(database, NAME)


def test_each_listing_says_whether_it_is_held_needed_or_free(database: Database) -> None:
    filled(database)
    with database.read() as session:
        standings = standings_of(
            session, [("tiki_vn", name) for name in ("open", "confirmed", "rejected", "held", "plain")]
        )
    assert {key[1]: standing for key, standing in standings.items()} == {
        "open": "needed", "confirmed": "needed", "rejected": "free", "held": "held", "plain": "free",
    }  # fmt: skip


def test_an_erasure_takes_what_no_case_needs_and_says_what_it_kept(database: Database) -> None:
    ids = filled(database)
    with database.write() as session:
        done = erase_seller(session, "tiki_vn", "77", "quan", LATER, "request of 2026-11-20")
    assert done.erased == ("plain", "rejected")
    assert done.held == ("held",)
    assert done.needed == ("confirmed", "open")
    assert done.captures == 4
    with database.read() as session:
        assert load_listing(session, "tiki_vn", "plain") is None
        erased = load_listing(session, "tiki_vn", "rejected")
        assert erased is not None
        assert (erased.seller.name, erased.seller.location, erased.description) == (None, None, None)
        assert erased.title == listing_of("x").title
        assert load_hit(session, ids["rejected"]).hit.listing.seller.name is None
        assert load_hit(session, ids["open"]).hit.listing.seller.name == NAME
        # The answer that an open case needs stays, and so does everything held.
        assert "f" * 64 in load_capture_hashes(session)
        assert load_page_captures(session, "tiki_vn", "held")
        assert not load_page_captures(session, "tiki_vn", "rejected")
        assert load_seller(session, "tiki_vn", "77") is not None
        assert verify_audit(session) == ()
        row = next(row for row in load_audit(session) if row.action == "subject.erase")
    assert NAME not in str(row.data)
    assert row.data["captures"] == 4


def test_a_dry_run_says_the_same_and_changes_nothing(database: Database) -> None:
    filled(database)
    with database.write() as session:
        would = erase_seller(session, "tiki_vn", "77", "quan", LATER, "why", dry_run=True)
        assert load_listing(session, "tiki_vn", "plain") is not None
        assert erase_seller(session, "tiki_vn", "77", "quan", LATER, "why") == would


def test_a_seller_without_a_case_leaves_no_trace_but_ids(database: Database) -> None:
    hit = store(database, make_hit(listing_of("rejected")))[0]
    with database.write() as session:
        save_listing(session, listing_of("plain"), "run", START)
        record_decision(session, hit.hit_id, hit.revision, "no_violation", "genuine", "lan", START)
        erase_seller(session, "tiki_vn", "77", "quan", LATER, "request")
    # A decision keeps what the person saw; it is never changed.
    assert tables_with(database, NAME) <= {"decisions"}


def test_an_unknown_seller_has_nothing_to_erase(database: Database) -> None:
    with database.write() as session:
        done = erase_seller(session, "tiki_vn", "nobody", "quan", LATER, "request")
    assert (done.erased, done.held, done.needed, done.captures) == ((), (), (), 0)
