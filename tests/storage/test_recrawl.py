"""Any sequence of visits, decisions and repeats keeps the promises about listings, prices and hits."""

import os
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.listing import Offer
from storage.database import Database
from storage.decisions import load_decisions, record_decision, undo_decision
from storage.errors import NotFound
from storage.hits import hit_id_of, load_hit, save_hits
from storage.listing_rows import PRICE_REPEATED_AFTER
from storage.listings import count_listings, load_listing, load_prices, save_listing
from tests.storage.factories import START, make_hit, make_listing, vnd

LONG = bool(os.environ.get("MARKWATCH_LONG"))
VISIT = st.fixed_dictionaries(
    {
        "listing": st.sampled_from(["1", "2"]),
        "title": st.sampled_from(["ni.ke", "ni.ke A", "nike \x00"]),
        "price": st.sampled_from([None, 100, 200]),
        "is_found": st.booleans(),
        "hours": st.integers(-2, 30),
        "act": st.sampled_from(["none", "none", "dismiss", "confirm", "undo"]),
    }
)


@pytest.mark.slow
@settings(
    max_examples=200 if LONG else 15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(visits=st.lists(VISIT, max_size=50 if LONG else 8))
def test_recrawls_are_idempotent_prices_monotone_and_dismissals_last(
    database: Database, visits: list[dict[str, object]]
) -> None:
    run_through(database, visits)
    assert database.check() == ()


_examples = iter(range(10**9))


def run_through(database: Database, visits: list[dict[str, object]]) -> None:
    """Play the visits on listings of their own and check every promise after each."""
    example = next(_examples)
    now = START
    latest: dict[tuple[str, str], datetime] = {}
    dismissed: dict[str, tuple[str, object]] = {}
    known_prices: dict[str, object] = {}
    with database.read() as session:
        count_before = count_listings(session)
    for visit in visits:
        now += timedelta(hours=int(str(visit["hours"])))
        price = visit["price"]
        offer = Offer(price=None if price is None else vnd(int(str(price))))
        listing = make_listing(f"{example}-{visit['listing']}", title=visit["title"], offer=offer)
        hit = make_hit(listing)
        hit_id = hit_id_of(hit.key)
        found = [hit] if visit["is_found"] else []
        with database.write() as session:
            save_listing(session, listing, "run", now)
            save_hits(session, listing, found, "run", now)
            # Once more: nothing may change.
            prices = load_prices(session, *listing.key)
            assert save_listing(session, listing, "run", now) == "unchanged"
            again = save_hits(session, listing, found, "run", now)
            assert (again.new, again.changed, again.reopened, again.lapsed) == (0, 0, 0, 0)
            assert load_prices(session, *listing.key) == prices
            is_latest = now >= latest.get(listing.key, now)
            if is_latest:
                latest[listing.key] = now
                loaded = load_listing(session, *listing.key)
                assert loaded is not None
                assert (loaded.title, loaded.offer) == (listing.title.replace("\x00", "\ufffd"), offer)
            moments = [seen.seen_at for seen in prices]
            assert moments == sorted(set(moments))
            for before, after in pairwise(prices):
                assert before.price != after.price or after.seen_at - before.seen_at > PRICE_REPEATED_AFTER
        if visit["is_found"] and is_latest:
            known_prices[hit_id] = price or known_prices.get(hit_id)
            _check_dismissal(database, hit_id, dismissed, (str(visit["title"]), price))
        _act(database, hit_id, str(visit["act"]), dismissed, known_prices.get(hit_id), now)
    with database.read() as session:
        assert count_listings(session) - count_before == len({visit["listing"] for visit in visits})


def _check_dismissal(
    database: Database, hit_id: str, dismissed: dict[str, tuple[str, object]], seen: tuple[str, object]
) -> None:
    """A dismissed hit stays dismissed while title and price are the same, else reopens naming what changed."""
    with database.read() as session:
        stored = load_hit(session, hit_id)
    if hit_id not in dismissed:
        return
    title, price = dismissed[hit_id]
    changed = (["title"] if seen[0] != title else []) + (["price"] if seen[1] not in (None, price) else [])
    if changed:
        assert (stored.state, stored.reopened_because) == ("new", ", ".join(changed))
        del dismissed[hit_id]
    else:
        assert stored.state == "rejected"


def _act(
    database: Database,
    hit_id: str,
    act: str,
    dismissed: dict[str, tuple[str, object]],
    known_price: object,
    now: datetime,
) -> None:
    with database.write() as session:
        try:
            stored = load_hit(session, hit_id)
        except NotFound:
            return
        if act == "undo" and stored.decision is not None:
            undo_decision(session, hit_id, "an", now)
            dismissed.pop(hit_id, None)
        elif stored.decision is None and act in {"dismiss", "confirm"}:
            verdict = ("no_violation", "genuine") if act == "dismiss" else ("violation", "counterfeit")
            record_decision(session, hit_id, stored.revision, *verdict, "an", now)  # type: ignore[arg-type]
            if act == "dismiss":
                dismissed[hit_id] = (stored.hit.listing.title.replace("\ufffd", "\x00"), known_price)
        rows = load_decisions(session, hit_id)
        assert sum(row.undone_at is None for row in rows) >= (stored.decision is not None and act != "undo")
