"""Identity of a hit, the words it is searched by, and what counts as a changed listing."""

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any

from records.hit import Hit, HitKey
from records.listing import Listing
from storage.column_types import canonical
from storage.documents import chain_to_document, evidence_to_document

# Crockford's base 32: no I, L, O, U, so that an id can be read aloud.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_LENGTH = 13


def encode(number: int, length: int) -> str:
    """Return the lowest bits of the number as that many letters of Crockford's base 32."""
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(length - 1, -1, -1))


def hit_id_of(key: HitKey) -> str:
    """Return the hit's id: 13 letters made from its key, so the same hit has the same id for ever."""
    text = canonical([key.market, key.listing_id, key.track, key.subject])
    return encode(int.from_bytes(hashlib.sha256(text.encode()).digest()[:9], "big"), _ID_LENGTH)


def search_form(text: str) -> str:
    """Return the text in lower case without accents, as the search compares it."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def search_text(listing: Listing) -> str:
    """Return the words that a listing's hits are searched by."""
    parts = (listing.title, listing.brand, listing.seller.name, listing.listing_id)
    return search_form("\n".join(part for part in parts if part))


def judgement_sha256(hit: Hit) -> str:
    """Return the hash of everything that the rules said; equal judgements have equal hashes."""
    said = [
        hit.mark_id,
        hit.relation,
        hit.spelling,
        hit.intent,
        hit.right,
        hit.score,
        hit.tier,
        hit.rule_version,
        [evidence_to_document(evidence) for evidence in hit.evidence],
        chain_to_document(hit.chain),
    ]
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def content_of(listing: Listing) -> dict[str, Any]:
    """Return what a dismissal rests on: title, price, images and seller, as comparable values."""
    offer, seller = listing.offer, listing.seller
    price = None
    if offer.price is not None:
        top = offer.price if offer.price_max is None else offer.price_max
        price = [f"{offer.price.amount:f}", f"{top.amount:f}", offer.price.currency]
    return {
        "title": listing.title,
        "price": price,
        "images": sorted(set(listing.images)) or None,
        "seller": {"id": seller.seller_id, "name": seller.name} if seller.seller_id or seller.name else None,
    }


def changed_parts(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the parts that changed.

    A part that one of the two answers does not hold has not changed: a search answer often names no images or seller
    where the listing's own page does, and would otherwise reopen every dismissal at each visit.
    """
    return tuple(name for name in now if _differs(name, before.get(name), now[name]))


def _differs(name: str, before: Any, now: Any) -> bool:
    if before is None or now is None:
        # A price that becomes known is news; everything else that appears or disappears is not.
        return name == "price" and before is None and now is not None
    if name == "seller":
        field = "id" if before["id"] and now["id"] else "name"
        return bool(before[field] and now[field] and before[field] != now[field])
    return bool(before != now)


def merged_content(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the newest known value of every part."""
    return {name: before.get(name) if value is None else value for name, value in now.items()}
