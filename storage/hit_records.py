"""What storage says about a hit beyond the judgement itself: its state, its decision, its place in the queue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from records.decision import Decision
from records.hit import Hit, Tier, Track

HitState = Literal["new", "confirmed", "rejected", "unsure", "lapsed", "second_look", "disputed"]
View = Literal[
    "unreviewed", "second_look", "disputed", "price", "misuse", "disguised", "mine", "unsure", "confirmed", "rejected",
    "below", "sample", "all",
]  # fmt: skip
Sort = Literal["score", "newest", "oldest"]
Group = Literal["alike", "seller", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision:
    """A decision with its row's number and what became of it."""

    decision_id: int
    """Number of its row; later decisions have higher ones."""
    hit_id: str
    """The hit decided."""
    decision: Decision
    """Verdict, reason, actor, time and note."""
    revision: int
    """Revision of the hit that the person looked at."""
    undone_at: datetime | None = None
    """When it was undone; None while it was not."""
    undone_by: str | None = None
    """Who undid it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHit:
    """A hit with everything that storage knows about it."""

    hit_id: str
    """13 letters and digits; the same for ever for the same (listing, mark or product, track)."""
    hit: Hit
    """The judgement, with the listing as it was judged."""
    state: HitState
    """new, confirmed, rejected, unsure; lapsed: no longer found and never decided; second_look, disputed: decided,
    but not final before another person has looked."""
    revision: int
    """Grows with every change of the judgement and every decision; a decision names the one it was made on."""
    brand: str
    """Brand of the mark; the mark's own text where it has none."""
    owner: str | None
    """Owner of the mark."""
    first_seen_at: datetime
    """When it was first found."""
    last_seen_at: datetime
    """When it was last found."""
    reopened_because: str | None
    """What changed after it was dismissed, such as "title, price"; None unless it was reopened."""
    decision: StoredDecision | None
    """The decision in force."""
    capture_sha256: str | None
    """Hash of the kept answer that the listing was read from; None where none is kept."""
    settled_at: datetime | None = None
    """Since when the decision in force is final; None while there is none or a second look is open."""
    alike_key: str | None = None
    """What it shares with near-identical hits; None where its title says too little."""
    flagged: bool = True
    """Whether its tier, or the brand's own threshold, sent it to the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitFilter:
    """Which hits to show. Every condition that is set must hold."""

    view: View = "unreviewed"
    """unreviewed = flagged by tier or threshold and not decided; below = found, not flagged, not decided; sample = a
    random 32nd of those; price, misuse, disguised = the unreviewed ones of a track, or with an altered spelling;
    second_look, disputed = waiting for another person; mine = held by `actor`; all = really all."""
    brand: str | None = None
    """Brand name."""
    market: str | None = None
    """Spider name."""
    tier: Tier | None = None
    """Tier."""
    track: Track | None = None
    """ip or price."""
    seller_id: str | None = None
    """The marketplace's id of the seller."""
    signal: str | None = None
    """Name of a signal among the evidence."""
    text: str | None = None
    """Words in title, brand field, seller name or listing id; letter case and accents do not matter."""
    owner: str | None = None
    """Owner name."""
    brands: tuple[str, ...] | None = None
    """Only these brands, such as those a brand viewer may see; empty shows nothing, None does not limit."""
    alike_key: str | None = None
    """Only the hits of one group of near-identical ones."""
    mark_id: str | None = None
    """Mark."""
    group: Group = "none"
    """alike, seller: of each group (near-identical title, or same seller; always same mark) only the first is shown."""
    actor: str | None = None
    """Who asks: `mine` shows this person's claims, `second_look` leaves out this person's own decisions."""
    now: datetime | None = None
    """Until when a claim must hold to count in `mine`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page of the queue."""

    rows: tuple[StoredHit, ...]
    """The hits, in order."""
    next_cursor: str | None
    """Opaque; pass it as `after` for the next page. None on the last page."""
    previous: bool
    """True when this is not the first page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The hits before and after one in a queue."""

    previous_id: str | None
    """None for the first."""
    next_id: str | None
    """None for the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The values that filters can offer."""

    brands: tuple[str, ...]
    """Brands that have hits."""
    markets: tuple[str, ...]
    """Marketplaces that have hits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedHits:
    """What one judgement of one listing changed."""

    new: int = 0
    """Found for the first time."""
    changed: int = 0
    """Judged differently, or the listing changed."""
    unchanged: int = 0
    """As before."""
    reopened: int = 0
    """Dismissed before, open again because the listing changed; or lapsed before and found again."""
    lapsed: int = 0
    """No longer found and never decided."""
