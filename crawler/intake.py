"""Takes listings in: judged, stored with their hits in one transaction, and the answers of queued hits kept."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from captures.errors import DiskFull, NoRoom
from captures.store import CaptureStore
from crawler.capture_requests import ask_for_captures
from crawler.imports import Imported
from crawler.rejudging import meet_peers
from crawler.surroundings import price_context
from matchers.match import Matcher
from records.hit import QUEUE_TIERS, Hit
from records.listing import Listing, Seller
from records.offers import ProductOffer, SellerKey
from spiders.addresses import origin_of
from spiders.registry import load_markets
from storage.captures import record_capture
from storage.database import Database
from storage.hits import hit_id_of, save_hits_of
from storage.listing_bulk import store_listings
from storage.listing_rows import prepare_listing
from storage.listings import load_listings_of
from storage.product_offers import save_offers_of

logger = logging.getLogger(__name__)


class Intake:
    """Stores what a crawl or an import found; taking the same listing twice changes nothing."""

    def __init__(
        self,
        database: Database,
        matcher: Matcher,
        captures: CaptureStore | None,
        run_id: str | None,
        *,
        captures_pages: bool = False,
    ) -> None:
        self.database = database
        self.matcher = matcher
        self.captures = captures
        self.run_id = run_id
        self.captures_pages = captures_pages
        self.flagged: list[Listing] = []
        """Listings with a hit for the queue, until somebody fetches their pictures."""
        self.changed_products: set[str] = set()
        """Products of which an offer is new, changed or gone since peers were last met."""
        self.changed_sellers: set[SellerKey] = set()
        """The shops of these offers."""

    def take(self, batch: Iterable[Imported], at: datetime) -> Mapping[str, int]:
        """Judge and store one batch in one transaction; return counts of what was new, changed and flagged."""
        items = list(self._filled(batch))
        # One call for the batch: looking marks up together costs a tenth of doing it listing by listing.
        readings = list(self.matcher.read_many([item.listing for item in items]))
        context = price_context(self.database, readings, at)
        judged = [
            (item, reading, self.matcher.judge(reading, context=context))
            for item, reading in zip(items, readings, strict=True)
        ]
        counts: Counter[str] = Counter()
        # Files first: a capture without its row is found again by the next sighting, a row without its file is a lie.
        kept = [(item.listing, self._keep(item, hits, counts)) for item, _, hits in judged]
        # Made ready before the transaction, which others may wait for.
        is_sqlite = self.database.is_sqlite
        rows = [
            prepare_listing(item.listing, self.run_id, item.listing.fetched_at or at, is_sqlite=is_sqlite)
            for item, _, _ in judged
        ]
        flagged: list[tuple[Listing, tuple[str, ...]]] = []
        changed: tuple[ProductOffer, ...] = ()
        with self.database.write() as session:
            counts["listings"] += len(rows)
            counts.update(store_listings(session, rows))
            if self.matcher.watchlist.products:
                changed = save_offers_of(
                    session,
                    [
                        (item.listing, reading.product_offers, item.listing.fetched_at or at)
                        for item, reading, _ in judged
                    ],
                )
            found = [(item.listing, hits, item.listing.fetched_at or at) for item, _, hits in judged]
            for (listing, hits, _), saved in zip(found, save_hits_of(session, found, self.run_id), strict=True):
                counts["hits"] += saved.new
                if saved.reopened:
                    counts["reopened"] += saved.reopened
                if self.captures_pages and (saved.new or saved.reopened):
                    flagged.append((listing, tuple(hit_id_of(hit.key) for hit in hits if hit.tier in QUEUE_TIERS)))
            if flagged:
                counts["captures_asked"] += ask_for_captures(session, flagged, "queued", "crawl", at)
            self.flagged = [item.listing for item, _, hits in judged if any(hit.tier in QUEUE_TIERS for hit in hits)]
            for listing, path in kept:
                if path is not None and listing.page_copy is not None:
                    record_capture(session, listing.page_copy, (listing.key,), self.run_id, path)
        self.changed_products.update(offer.product_id for offer in changed)
        self.changed_sellers.update((offer.market, offer.seller) for offer in changed if offer.seller is not None)
        return counts

    def meet_peers(self, at: datetime) -> Mapping[str, int]:
        """Judge again, at the end of a run, the prices that were judged before all of their peers were stored.

        Only listings whose peers changed; return counts of what that changed.
        """
        if not self.changed_products:
            return {}
        counts: Counter[str] = Counter()
        for saved in meet_peers(self.database, self.matcher, self.changed_products, self.changed_sellers, at):
            counts["hits"] += saved.new
            counts["reopened"] += saved.reopened
            counts["peers_met"] += saved.new + saved.changed + saved.reopened + saved.lapsed
        self.changed_products, self.changed_sellers = set(), set()
        return {name: number for name, number in counts.items() if number}

    def _filled(self, batch: Iterable[Imported]) -> Iterator[Imported]:
        """Yield the items with what an earlier answer said and this one does not (a search says less than a page)."""
        items = list(batch)
        with self.database.read() as session:
            seen = dict(load_listings_of(session, [item.listing.key for item in items]))
        for item in items:
            listing = may_be_stored(item.listing)
            earlier = seen.get(listing.key)
            filled = listing if earlier is None else listing.filled_from(earlier)
            seen[listing.key] = filled
            yield Imported(filled, item.body)

    def _keep(self, item: Imported, hits: tuple[Hit, ...], counts: Counter[str]) -> str | None:
        copy = item.listing.page_copy
        is_queued = any(hit.tier in QUEUE_TIERS for hit in hits)
        if self.captures is None or item.body is None or copy is None or not is_queued:
            return None
        if not may_be_kept(item.listing.market, copy.url):
            return None
        facts = {"market": item.listing.market, "run_id": self.run_id or ""}
        try:
            return str(self.captures.keep(copy, item.body, facts).relative_to(self.captures.folder))
        except (NoRoom, DiskFull) as problem:
            # The hit without its answer is worth more than neither; the doctor and operators' alerts tell of the disk.
            logger.warning("answer not kept: %s", problem)
            counts["captures_without_room"] += 1
            return None


def may_be_stored(listing: Listing) -> Listing:
    """Return the listing without its seller where the market's terms forbid to store one."""
    market = load_markets().get(listing.market)
    if market is None or market.rules.keeps_sellers:
        return listing
    return replace(listing, seller=Seller(location=listing.seller.location))


def may_be_kept(market_name: str, url: str) -> bool:
    """Return whether the market's terms let us keep the answer of that address as it came."""
    market = load_markets().get(market_name)
    if market is None or market.rules.keeps_answers == "all":
        return True
    is_api = market.api is not None and origin_of(url) == market.api.host
    return market.rules.keeps_answers == "pages" and not is_api
