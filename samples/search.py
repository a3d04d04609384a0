"""What a sample market finds for the words of a search."""

import unicodedata
from dataclasses import dataclass

from samples.goods import SEARCHES, Offered, load_offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of what a search found."""

    offers: tuple[Offered, ...]
    """The offers of this page."""
    total: int
    """Offers on all pages."""
    first: int
    """Place of the page's first offer, from 0."""


def search(market: str, words: str, first: int, limit: int) -> Found:
    """Return the offers of a market from that place on: a topic's own search finds its goods, others find titles."""
    wanted = plain(words)
    topics = [topic for topic, queries in SEARCHES.items() if wanted in {plain(query) for query in queries}]
    found = [
        offer
        for offer in load_offers()
        if offer.market == market
        and (offer.goods.topic in topics or (wanted and wanted.split() and _has_all(wanted, offer.title)))
    ]
    return Found(offers=tuple(found[first : first + limit]), total=len(found), first=first)


def find(market: str, listing_id: str) -> Offered | None:
    """Return the offer with that id, or None."""
    return next((offer for offer in load_offers() if (offer.market, offer.listing_id) == (market, listing_id)), None)


def plain(text: str) -> str:
    """Return the text in lower case, without accents, blanks made single."""
    letters = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def slug(text: str) -> str:
    """Return the text as it stands in an address: plain ASCII words joined by hyphens."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in plain(text))
    return "-".join(kept.split()) or "san-pham"


def _has_all(words: str, title: str) -> bool:
    in_title = plain(title)
    return all(word in in_title for word in words.split())
