"""Everything that a hit page shows beside the hit itself, read in one go."""

from dataclasses import dataclass, replace
from datetime import datetime

from review.access import known_decisions
from review.console import Console, Reading
from review.differences import FIELDS, FieldChange, changes_between
from review.filters import QueueAddress
from review.groups import PICTURES
from review.history import Event, history_of
from review.price_chart import PriceChart, chart_of
from review.sessions import Visitor
from storage.captures import StoredCapture, load_captures
from storage.claims import Claim, load_claims
from storage.decisions import load_decisions
from storage.groups import Similar, load_peers, load_similar
from storage.hit_records import Neighbours, StoredHit
from storage.hits import count_matching, load_hits, load_neighbours, place_in_queue
from storage.last_acts import LastAct, load_last_act
from storage.listings import PriceObservation, load_prices
from storage.owner_answers import load_answers
from storage.second_looks import Look, load_look
from storage.sellers import SellerRow, load_seller_row
from storage.thumbnails import load_thumbnail_keys
from storage.versions import load_versions

DECIDED_SHOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVersion:
    """What changed when a listing was replaced by its next version."""

    at: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitContext:
    """What stands around a hit; empty parts are those the visitor may not see."""

    prices: tuple[PriceObservation, ...]
    chart: PriceChart | None
    captures: tuple[StoredCapture, ...]
    history: tuple[Event, ...]
    versions: tuple[ShownVersion, ...]
    similar: Similar
    similar_decided: tuple[StoredHit, ...]
    pictured: tuple[str, ...]
    """Similar hits with a picture."""
    has_picture: bool
    seller: SellerRow | None
    neighbours: Neighbours
    position: int | None
    total: int | None
    claim: Claim | None
    look: Look | None
    """The latest second look at the hit, whatever became of it."""
    last: LastAct | None


def load_context(
    console: Console, visitor: Visitor, address: QueueAddress, stored: StoredHit, reading: Reading
) -> HitContext:
    """Read what belongs on the page of a hit that the visitor may see."""
    listing, now = stored.hit.listing, console.services.clock()
    is_staff = visitor.may("read")
    seller_id = listing.seller.seller_id
    with console.database.read() as session:
        answers = load_answers(session, stored.hit_id) if visitor.may("read") else ()
        prices = load_prices(session, listing.market, listing.listing_id)
        peer_ids: tuple[str, ...] = ()
        if stored.hit.product_id is not None:
            peer_ids = load_peers(session, stored.hit_id, stored.hit.mark_id, stored.hit.product_id)
        peers = [(load_prices(session, *peer.hit.listing.key), peer.hit.chain) for peer in load_hits(session, peer_ids)]
        known = load_decisions(session, stored.hit_id) if is_staff else ()
        similar = load_similar(session, stored.hit_id, stored.alike_key if is_staff else None)
        look = load_look(session, stored.hit_id) if is_staff else None
        keys = [(one.market, one.listing_id) for one in similar.members[: 4 * PICTURES]]
        pictures = load_thumbnail_keys(session, [*keys, listing.key])
        versions = load_versions(session, stored.hit_id) if is_staff else ()
        context = HitContext(
            prices=prices,
            chart=chart_of(prices, stored.hit.chain, peers if is_staff else (), now),
            captures=load_captures(session, listing.market, listing.listing_id) if is_staff else (),
            history=(),
            versions=(),
            similar=similar,
            similar_decided=load_hits(session, similar.decided_ids[:DECIDED_SHOWN]),
            pictured=tuple(one.hit_id for one in similar.members if (one.market, one.listing_id) in pictures)[
                :PICTURES
            ],
            has_picture=listing.key in pictures,
            seller=load_seller_row(session, listing.market, seller_id) if is_staff and seller_id else None,
            neighbours=load_neighbours(session, stored.hit_id, address.hit_filter, address.sort)
            if is_staff
            else Neighbours(previous_id=None, next_id=None),
            position=place_in_queue(session, stored.hit_id, address.hit_filter, address.sort) if is_staff else None,
            total=count_matching(session, address.hit_filter) if is_staff else None,
            claim=load_claims(session, (stored.hit_id,), now).get(stored.hit_id) if is_staff else None,
            look=look,
            last=load_last_act(session, visitor.user.login) if visitor.may("decide") else None,
        )
    listings = [listing, *(version.listing for version in versions)]
    shown = tuple(
        ShownVersion(at=version.replaced_at, changes=changes_between(version.listing, after, reading.formats))
        for version, after in zip(versions, listings, strict=False)
    )
    shown = tuple(version for version in shown if version.changes)
    opinions = look.opinions if look is not None and may_know(stored, visitor) else ()
    changes = [(version.at, tuple(change.name for change in version.changes)) for version in shown]
    history = history_of(
        stored,
        known_decisions(known, stored, visitor),
        opinions,
        [(at, tuple(FIELDS[name] for name in found)) for at, found in changes],
        answers,
    )
    return replace(context, history=history, versions=shown)


def may_know(stored: StoredHit, visitor: Visitor) -> bool:
    """Return whether the visitor may know what others said in a second look: once it is over, or to settle it."""
    return stored.state != "second_look" and (stored.state != "disputed" or visitor.may("settle"))
