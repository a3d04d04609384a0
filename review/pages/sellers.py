"""Sellers: a list with what was confirmed, and a page for each with its hits, prices, and shops that may be its own."""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from review.console import Console, console_of, render
from review.errors import Absent
from review.filters import QueueAddress
from review.languages import message as _
from review.sessions import Decider, Visitor, allowed, from_own_form
from review.shown import ShownHit, language_of
from storage.contact_key import Contact
from storage.contacts import KeyAbsent, contacts_of, load_unlock, unlock_contacts
from storage.hit_records import HitFilter
from storage.hits import load_choices, load_queue
from storage.ledger import wilson
from storage.seller_facts import FactKind, load_contacts, load_links
from storage.sellers import load_seller_row, load_sellers
from storage.thumbnails import load_thumbnail_keys
from storage.watchlist import load_watchlist

router = APIRouter(include_in_schema=False, dependencies=[Depends(allowed("read"))])

SELLERS_SHOWN: Final = 100
HITS_SHOWN: Final = 60
LINKS: Final[dict[FactKind, str]] = {
    "name": _("the same name: %(shown)s"),
    "phone": _("the same telephone number: %(shown)s"),
    "email": _("the same e-mail address: %(shown)s"),
    "image": _("the same picture file: %(shown)s"),
    "text": _("the same description: “%(shown)s”"),
}
SHELVES: Final = {
    "confirmed": _("Violations"),
    "rejected": _("Not violations"),
    "unsure": _("Unsure"),
    "unreviewed": _("Waiting"),
    "second_look": _("Second look"),
    "disputed": _("Disputed"),
    "below": _("Below threshold"),
    "lapsed": _("No longer found"),
}
MAX_REASON: Final = 500
Text = Annotated[str | None, Query(max_length=200)]
SellerId = Annotated[str, Query(alias="id", max_length=200)]
Staff = Annotated[Visitor, Depends(allowed("read"))]


@router.get("/sellers")
def show_sellers(request: Request, brand: Text = None, market: Text = None, text: Text = None) -> Response:
    """Show the sellers of flagged listings, those with most confirmed violations first."""
    brand, market, text = brand or None, market or None, (text or "").strip() or None
    with console_of(request).database.read() as session:
        rows = load_sellers(session, brand=brand, market=market, text=text, limit=SELLERS_SHOWN)
        choices = load_choices(session)
    return render(
        request, "sellers.html",
        rows=rows, brand=brand, market=market, text=text, choices=choices, language_of=language_of, wilson=wilson,
    )  # fmt: skip


@router.get("/sellers/{market}")
def show_seller(request: Request, visitor: Staff, market: str, seller_id: SellerId = "") -> Response:
    """Show one seller: who it is, what was found, its prices against the owners', and shops that share a fact."""
    console = console_of(request)
    now = console.services.clock()
    with console.database.read() as session:
        seller = load_seller_row(session, market, seller_id)
        if seller is None:
            raise Absent
        page = load_queue(session, HitFilter(view="all", market=market, seller_id=seller_id), None, HITS_SHOWN)
        links = load_links(session, market, seller_id)
        masked = load_contacts(session, market, seller_id)
        unlock = load_unlock(session, market, seller_id, visitor.user.login, now)
        pictures = load_thumbnail_keys(session, [stored.hit.listing.key for stored in page.rows])
        permissions = [
            one for one in load_watchlist(session, None).sellers if one.market == market and one.seller_id == seller_id
        ]
    rows = [
        ShownHit(one, console.marks.find(one.hit.mark_id, now), picture=one.hit.listing.key in pictures)
        for one in page.rows
    ]
    address = QueueAddress(view="all", market=market, seller=seller_id, group="none")
    return render(
        request, "seller.html",
        seller=seller, rows=rows, links=links, link_words=LINKS, shelves=SHELVES, address=address,
        language=language_of(seller.seller.name, market), is_more=page.next_cursor is not None,
        interval=wilson(seller.confirmed, seller.confirmed + seller.rejected), prices=price_map(rows),
        permissions=permissions, marks={row.hit.mark_id: row.stored.brand for row in rows},
        market=market, masked=masked, unlock=unlock,
        contacts=contacts_of(stored.hit.listing for stored in page.rows) if unlock else (),
    )  # fmt: skip


@router.post("/sellers/{market}/contacts", dependencies=[Depends(from_own_form)])
def unlock_contact_data(
    request: Request, visitor: Decider, market: str, seller_id: SellerId = "", reason: Annotated[str, Form()] = ""
) -> Response:
    """Show the visitor the seller's contact data in full for an hour; the reason is written down."""
    console = console_of(request)
    let_see(console, visitor, market, seller_id, reason)
    return RedirectResponse(f"/sellers/{quote(market, safe='')}?{urlencode({'id': seller_id})}#contacts", 303)


def let_see(console: Console, visitor: Visitor, market: str, seller_id: str, reason: str) -> tuple[Contact, ...]:
    """Unlock a seller's contact data for the visitor and return it; Absent without such a seller or a reason."""
    said = reason.strip()[:MAX_REASON]
    with console.database.read() as session:
        is_known = load_seller_row(session, market, seller_id) is not None
        page = load_queue(session, HitFilter(view="all", market=market, seller_id=seller_id), None, HITS_SHOWN)
    if not is_known or not said:
        raise Absent
    try:
        with console.database.write() as session:
            unlock_contacts(session, market, seller_id, visitor.user.login, said, console.services.clock())
    except KeyAbsent:
        raise Absent from None
    return contacts_of(stored.hit.listing for stored in page.rows)


def price_map(rows: list[ShownHit]) -> list[Mapping[str, object]]:
    """Return the hits whose price was compared, the lowest share of its reference first, with the place of its dot."""
    found = sorted(((row.gap.share, row.id, row) for row in rows if row.gap is not None), key=lambda one: one[:2])
    return [{"row": row, "x": round(min(float(share), 150.0) / 150 * 288 + 6, 1)} for share, _id, row in found]
