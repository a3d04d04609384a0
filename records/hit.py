"""What a matcher found: spans in the printed text, evidence that explains itself, and the hit that joins them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from records.listing import Listing

Track = Literal["ip", "price"]
Relation = Literal["brand", "theme", "compatible", "homonym"]
Spelling = Literal["exact", "altered"]
Intent = Literal["imitation", "genuine_claim", "neutral"]
Tier = Literal["high", "medium", "low", "none"]
Right = Literal["valid", "expired", "other_class", "unknown"]

QUEUE_TIERS: tuple[Tier, ...] = ("high", "medium")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of the listing's printed text: `text_of(field)[start:end] == text`, always."""

    field: str
    """title, brand, seller_name, description, price_raw or category.N."""
    start: int
    """First code point, from 0."""
    end: int
    """One past the last code point."""
    text: str
    """The printed characters themselves."""

    @classmethod
    def cut(cls, listing: Listing, field_name: str, start: int, end: int) -> "Span":
        """Return the span of those code points, its text taken from the listing itself."""
        text = listing.text_of(field_name)
        if text is None or not 0 <= start < end <= len(text):
            raise ValueError(f"span {field_name}[{start}:{end}] lies outside the printed text")
        return cls(field=field_name, start=start, end=end, text=text[start:end])


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One signal's finding, in words that a reviewer understands without the code."""

    signal: str
    """Name of the signal that found it (file and function in matchers/signals)."""
    weight: float
    """How much it speaks for (positive) or against (negative) an infringement, -1 to 1."""
    message: str
    """Whole English sentence with %(name)s places; the console translates it before filling it in."""
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Values for the places of `message`, as printed or as numbers with their unit."""
    spans: tuple[Span, ...] = ()
    """Where in the listing it was seen; empty only for findings that are not in a text."""

    @property
    def detail(self) -> str:
        """The message with its facts filled in."""
        return self.message % self.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainStep:
    """One step from the printed price to the judgement."""

    name: str
    """raw, amount, pack, unit_price, reference or gap."""
    value: str
    """The result of the step, with its unit."""
    detail: str = ""
    """How it came about, in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitKey:
    """What makes two hits the same hit, also after a recrawl."""

    market: str
    """Spider name of the marketplace."""
    listing_id: str
    """The listing's id on it."""
    track: Track
    """ip or price."""
    subject: str
    """mark_id on the IP track, product_id on the price track."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One judgement about one listing: by mark on the IP track, by product on the price track."""

    listing: Listing
    """The listing as it was judged."""
    mark_id: str
    """The mark; on the price track the mark of the product."""
    product_id: str | None = None
    """The product; set on the price track only."""
    track: Track
    """ip or price; the two never mix."""
    relation: Relation
    """What the listing does with the mark."""
    spelling: Spelling
    """exact, or altered in any way beyond case, accents and ordinary spacing."""
    intent: Intent
    """What the words of the listing admit or claim."""
    right: Right
    """State of the registration; all but valid are watch only."""
    score: float
    """0 to 1, four decimals."""
    tier: Tier
    """high and medium enter the queue; low is stored; none is kept only when asked for."""
    rule_version: str
    """Version of the rules that judged."""
    evidence: tuple[Evidence, ...]
    """Every finding that made the score, strongest first."""
    chain: tuple[ChainStep, ...] = ()
    """Price steps; empty on the IP track."""

    def __post_init__(self) -> None:
        """Refuse a hit whose track and subject do not fit."""
        if (self.track == "price") != (self.product_id is not None):
            raise ValueError(f"track {self.track}: product_id is {self.product_id!r}")

    @property
    def key(self) -> HitKey:
        """The hit's lasting identity."""
        return HitKey(
            market=self.listing.market,
            listing_id=self.listing.listing_id,
            track=self.track,
            subject=self.mark_id if self.product_id is None else self.product_id,
        )
