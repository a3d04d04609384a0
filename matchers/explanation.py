"""What the matcher saw on the way to its judgement, for `markwatch explain` and the console."""

from dataclasses import dataclass

from records.hit import ChainStep, Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldViews:
    """One printed text and its folded views."""

    field: str
    """Name of the span field."""
    printed: str
    """The text as printed."""
    accented: str
    """Folded in case, width and style; accents kept."""
    plain: str
    """Folded further: no accents, look-alike letters read as Latin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMention:
    """One mention and how it was read."""

    mark_id: str
    """The mark."""
    form: str
    """The spelling of the watch list that was recognised."""
    field: str
    """Where it stands."""
    start: int
    """First code point."""
    end: int
    """One past the last code point."""
    text: str
    """The printed characters."""
    change: str
    """What was done to the spelling, in words."""
    relation: str
    """brand, theme, compatible or homonym."""
    because: str
    """Why that relation was chosen, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOffer:
    """One product that the listing offers, with every step of its price, suspicious or not."""

    product_id: str
    """The product."""
    problem: str
    """Why the price cannot be compared; empty where it can."""
    chain: tuple[ChainStep, ...]
    """The steps, up to the band or up to the problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The whole way from the printed texts to the hits."""

    views: tuple[FieldViews, ...]
    """Every field that was read, with its folded views."""
    mentions: tuple[SeenMention, ...]
    """Every place that names a mark."""
    hits: tuple[Hit, ...]
    """The judgements with their signals, scores and price chains, innocent ones included."""
    offers: tuple[SeenOffer, ...]
    """The owners' products that it offers, also where their price says nothing."""
