"""A stored hit as the pages show it: highlighted texts, evidence cards, chips, and the price against its reference."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from records.hit import ChainStep, Evidence, Hit, Span
from records.listing import Listing
from records.watchlist import Mark
from review import wording
from review.chain import Gap, gap_of, value_words
from review.console import Reading
from review.formats import Formats
from review.groups import ShownGroup
from review.highlight import Highlight, Kind, Piece, cut
from review.languages import message as _
from review.letters import MAX_LETTERS, Letter, altered_offsets, letters_of
from review.security import web_address
from storage.claims import Claim
from storage.hit_records import StoredHit

# The market of every shop that is no marketplace.
WEB_SHOP: Final = "shop"
EXCERPT_MARGIN: Final = 48
MAX_CHIPS: Final = 4
MAX_SEEN: Final = 24
MAX_EXCERPTS: Final = 4
# Facts whose values are the matcher's own words; all others are printed text and stay as they are.
OWN_WORDS: Final = frozenset({"because", "change", "kind", "band"})
# Facts that are figures of the matcher's own, with a point for the decimal mark.
FIGURES: Final = frozenset({"share", "count", "days", "before", "struck", "highest", "lowest"})
# What a listing may have changed in, as storage names it in `reopened_because`.
CHANGES: Final = {
    "title": _("title"),
    "price": _("price"),
    "images": _("pictures"),
    "seller": _("seller"),
    "found again": _("presence"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One reason in a row of the queue."""

    kind: Kind
    name: str
    seen: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The surroundings of one span."""

    field: str
    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One signal, explained."""

    number: int
    kind: Kind
    name: str
    explanation: str
    evidence: Evidence
    letters: tuple[Letter, ...]
    excerpts: tuple[Excerpt, ...]

    @property
    def bar(self) -> float:
        """Length of the score bar, 0 to 100."""
        return round(min(abs(self.evidence.weight), 1.0) * 100, 1)

    def sentence(self, reading: Reading) -> str:
        """The finding in the reader's language, its facts filled in."""
        return finding_sentence(self.evidence, reading)


def finding_sentence(evidence: Evidence, reading: Reading) -> str:
    """Return a finding in the reader's language, its facts filled in; mails say it in the same words."""
    facts = {name: _said(name, value, reading) for name, value in evidence.facts.items()}
    return filled(reading.translate(evidence.message), facts, evidence)


def _said(name: str, value: str, reading: Reading) -> str:
    if name == "gap":
        return value_words(ChainStep(name="gap", value=value), reading)
    if name in FIGURES:
        return reading.formats.measured(value)
    return reading.translate(value) if name in OWN_WORDS else value


def filled(sentence: str, facts: dict[str, str], evidence: Evidence) -> str:
    """Fill the facts in; a translation whose places do not fit falls back to the English sentence."""
    try:
        return sentence % facts
    except (KeyError, ValueError, TypeError):
        try:
            return evidence.detail
        except (KeyError, ValueError, TypeError):
            return evidence.message


def language_of(text: str | None, market: str) -> str:
    """Return the language to declare for a text: kana is Japanese, else what the marketplace's country says."""
    if text and any("\u3040" <= character <= "\u30ff" for character in text):
        return "ja"
    return {"jp": "ja", "cn": "zh"}.get(market.rpartition("_")[2], "vi")


class ShownHit:
    """One hit with everything that a template asks for; nothing in it is markup."""

    def __init__(
        self, stored: StoredHit, mark: Mark | None = None, explanations: dict[str, str] | None = None, *,
        picture: bool = False, claim: Claim | None = None, group: ShownGroup | None = None,
        repeats: int = 0,
    ) -> None:  # fmt: skip
        self.stored = stored
        self.has_picture = picture
        self.claim = claim
        self.group = group
        self.repeats = repeats
        self._mark = mark
        self._explanations = explanations or {}

    @property
    def seen(self) -> tuple[Hashable, ...]:
        """What a row of the queue is made of: two rows of equal values look the same.

        A judgement or listing that changed has another revision or a later sighting.
        """
        stored = self.stored
        known = (
            stored.hit_id,
            stored.revision,
            stored.last_seen_at,
            stored.state,
            stored.brand,
            stored.reopened_because,
        )
        return (*known, self.has_picture, self.claim, self.group, self.repeats, self._mark)

    @property
    def id(self) -> str:
        """The hit's lasting id."""
        return self.stored.hit_id

    @property
    def hit(self) -> Hit:
        """The judgement."""
        return self.stored.hit

    @property
    def listing(self) -> Listing:
        """The listing as it was judged."""
        return self.stored.hit.listing

    @property
    def market_name(self) -> str:
        """The marketplace's display name; of a shop of its own the host, because "web shop" tells nobody which."""
        address = web_address(self.listing.url) if self.listing.market == WEB_SHOP else None
        host = urlsplit(address).hostname if address else None
        # A host in other scripts may imitate one; as a page's own words it stands on the hit page.
        return host.removeprefix("www.") if host and host.isascii() else wording.market_name(self.listing.market)

    @property
    def title_language(self) -> str:
        """Language code of the title."""
        return language_of(self.listing.title, self.listing.market)

    @property
    def seller_language(self) -> str:
        """Language code of the seller's name."""
        return language_of(self.listing.seller.name, self.listing.market)

    @property
    def is_authorised(self) -> bool:
        """True where the owner's list names this seller."""
        return any(evidence.signal == "authorised_seller" for evidence in self.hit.evidence)

    def _kind(self, evidence: Evidence) -> Kind:
        return wording.signal_kind(evidence.signal, evidence.weight, self.hit.track)

    @cached_property
    def _highlights(self) -> dict[str, list[Highlight]]:
        found: dict[str, list[Highlight]] = {}
        for number, evidence in enumerate(self.hit.evidence, 1):
            kind = self._kind(evidence)
            for span in evidence.spans:
                spans = found.setdefault(span.field, [])
                outer: Kind = "mark" if kind == "alter" else kind
                spans.append(Highlight(start=span.start, end=span.end, kind=outer, number=number))
                if kind == "alter":
                    spans.extend(self._altered(span, number))
        return found

    def _altered(self, span: Span, number: int) -> list[Highlight]:
        offsets = altered_offsets(span.text, self._mark) if len(span.text) <= MAX_LETTERS else ()
        return [
            Highlight(start=span.start + offset, end=span.start + offset + 1, kind="alter", number=number)
            for offset in offsets
        ]

    def _pieces(self, field: str, start: int = 0, end: int | None = None) -> tuple[Piece, ...]:
        return cut(self.listing.text_of(field) or "", self._highlights.get(field, ()), start, end)

    @cached_property
    def title(self) -> tuple[Piece, ...]:
        """The title in pieces."""
        return self._pieces("title")

    @cached_property
    def description(self) -> tuple[Piece, ...]:
        """The description in pieces."""
        return self._pieces("description")

    @cached_property
    def chips(self) -> tuple[Chip, ...]:
        """The reasons in short, strongest first."""
        chips = []
        for evidence in self.hit.evidence[:MAX_CHIPS]:
            seen = evidence.spans[0].text if evidence.spans else ""
            seen = seen if len(seen) <= MAX_SEEN else seen[: MAX_SEEN - 1] + "…"
            seen = "".join(character if character.isprintable() else "␣" for character in seen)
            kind = self._kind(evidence)
            chips.append(Chip(kind, wording.chip_word(evidence.signal), "" if kind == "price" else seen))
        return tuple(chips)

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """Every signal with its spans and its sentence."""
        return tuple(self._card(number, evidence) for number, evidence in enumerate(self.hit.evidence, 1))

    def _card(self, number: int, evidence: Evidence) -> Card:
        kind = self._kind(evidence)
        letters: tuple[Letter, ...] = ()
        if kind == "alter" and evidence.spans and len(evidence.spans[0].text) <= MAX_LETTERS:
            letters = letters_of(evidence.spans[0].text, self._mark)
        return Card(
            number=number,
            kind=kind,
            name=wording.signal_name(evidence.signal),
            explanation=self._explanations.get(evidence.signal, ""),
            evidence=evidence,
            letters=letters,
            excerpts=() if letters else self._excerpts(evidence),
        )

    def _excerpts(self, evidence: Evidence) -> tuple[Excerpt, ...]:
        """Return what the spans point at: alone in the title, which stands above, with its surroundings elsewhere."""
        places: list[tuple[str, int, int]] = []
        for span in sorted(evidence.spans, key=lambda span: (span.field, span.start)):
            length, margin = len(self.listing.text_of(span.field) or ""), EXCERPT_MARGIN * (span.field != "title")
            start, end = max(0, span.start - margin), min(length, span.end + margin)
            if places and places[-1][0] == span.field and start <= places[-1][2]:
                places[-1] = (span.field, places[-1][1], max(end, places[-1][2]))
            else:
                places.append((span.field, start, end))
        return tuple(
            Excerpt(
                field=field,
                pieces=self._pieces(field, start, end),
                cut_before=start > 0 and field != "title",
                cut_after=field != "title" and end < len(self.listing.text_of(field) or ""),
            )
            for field, start, end in places[:MAX_EXCERPTS]
        )

    def _step(self, name: str) -> ChainStep | None:
        return next((step for step in self.hit.chain if step.name == name), None)

    @property
    def gap(self) -> Gap | None:
        """How far the price lies from its reference, on the price track."""
        return gap_of(self._step("gap"))

    @property
    def reference(self) -> ChainStep | None:
        """What the price was compared with."""
        return self._step("reference")

    @property
    def unit_price(self) -> ChainStep | None:
        """The price of one unit, where the pack could be read."""
        return self._step("unit_price")

    @property
    def gap_is_low(self) -> bool:
        """True where the price lies below its reference and the two may be compared."""
        return self.gap is not None and self.gap.is_low and self.hit.relation != "compatible"

    def price_words(self, formats: Formats) -> str:
        """The price or its range; empty when unknown."""
        offer = self.listing.offer
        if offer.price is None:
            return ""
        lowest = formats.money(offer.price)
        return lowest if offer.price_max is None else f"{lowest} – {formats.money(offer.price_max)}"

    def reopened_words(self, reading: Reading) -> str:
        """What changed in a listing that had been cleared."""
        names = [name.strip() for name in (self.stored.reopened_because or "").split(",") if name.strip()]
        return ", ".join(reading.translate(CHANGES.get(name, name)) for name in names)
