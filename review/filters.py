"""The queue's address: which hits, in which order, from where on. Every page that shows hits keeps it."""

from dataclasses import dataclass, replace
from typing import Annotated, Final, cast, get_args
from urllib.parse import urlencode

from fastapi import Depends, Query

from records.hit import Tier, Track
from review.languages import message as _
from storage.hit_records import HitFilter, Sort, View

# Saved views in the order of the rail, with the key that opens each.
VIEWS: Final[dict[View, str]] = {
    "unreviewed": _("Unreviewed"),
    "price": _("Price undercut"),
    "disguised": _("Look-alike spelling"),
    "unsure": _("Unsure"),
    "confirmed": _("Confirmed"),
    "rejected": _("Not a violation"),
    "below": _("Below threshold"),
}
SORTS: Final[dict[Sort, str]] = {"score": _("risk"), "newest": _("newest")}
FILTERS: Final = {
    "brand": _("Brand"),
    "market": _("Marketplace"),
    "tier": _("Level"),
    "track": _("Track"),
    "seller": _("Seller"),
    "signal": _("Signal"),
    "text": _("Text"),
}
PAGE_LENGTH: Final = 50
MAX_TEXT: Final = 200
_TIERS: Final = ("high", "medium", "low")
_TRACKS: Final = ("ip", "price")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAddress:
    """What the query string of a queue says; unknown values are left out."""

    view: View = "unreviewed"
    brand: str | None = None
    market: str | None = None
    tier: str | None = None
    track: str | None = None
    seller: str | None = None
    signal: str | None = None
    text: str | None = None
    sort: Sort = "score"
    after: str | None = None
    own_brands: tuple[str, ...] | None = None
    """The brands that the visitor is limited to; never in the address itself."""

    @property
    def hit_filter(self) -> HitFilter:
        """The filter that storage understands."""
        return HitFilter(
            view=self.view,
            brand=self.brand,
            market=self.market,
            tier=cast("Tier | None", self.tier),
            track=cast("Track | None", self.track),
            seller_id=self.seller,
            signal=self.signal,
            text=self.text,
            brands=self.own_brands,
        )

    @property
    def active(self) -> dict[str, str]:
        """The filters that are set, by name."""
        values = {name: getattr(self, name) for name in FILTERS}
        return {name: value for name, value in values.items() if value is not None}

    def query(self, **changes: str | None) -> str:
        """Return the query string with those changes; the first page of the default view has none."""
        changed = replace(self, **changes)  # type: ignore[arg-type]  # names are this class's own, given by templates
        values = {"view": None if changed.view == "unreviewed" else changed.view, **changed.active}
        values["sort"] = None if changed.sort == "score" else changed.sort
        values["after"] = changed.after
        return urlencode({name: value for name, value in values.items() if value is not None})

    def queue_url(self, **changes: str | None) -> str:
        """Return the queue's address with those changes, from its first page unless `after` is among them."""
        query = self.query(**{"after": None, **changes})
        return f"/review?{query}" if query else "/review"

    def hit_url(self, hit_id: str, **extra: str) -> str:
        """Return a hit's address inside this queue."""
        query = "&".join(part for part in (self.query(after=None), urlencode(extra)) if part)
        return f"/hits/{hit_id}?{query}" if query else f"/hits/{hit_id}"

    def act_url(self, hit_id: str, act: str) -> str:
        """Return the address that an act on a hit is posted to."""
        query = self.query(after=None)
        return f"/hits/{hit_id}/{act}?{query}" if query else f"/hits/{hit_id}/{act}"


def _clean(value: str | None, known: tuple[str, ...] | None = None) -> str | None:
    """Return the value without blanks around it, or None where it says nothing or nothing known."""
    value = (value or "").strip()[:MAX_TEXT]
    return value if value and "\x00" not in value and (known is None or value in known) else None


def queue_address(
    view: Annotated[str, Query()] = "unreviewed",
    brand: Annotated[str | None, Query()] = None,
    market: Annotated[str | None, Query()] = None,
    tier: Annotated[str | None, Query()] = None,
    track: Annotated[str | None, Query()] = None,
    seller: Annotated[str | None, Query()] = None,
    signal: Annotated[str | None, Query()] = None,
    text: Annotated[str | None, Query()] = None,
    sort: Annotated[str, Query()] = "score",
    after: Annotated[str | None, Query()] = None,
) -> QueueAddress:
    """Read the address; what it does not know it leaves out, so that an old bookmark still opens."""
    return QueueAddress(
        view=cast("View", view) if view in get_args(View) else "unreviewed",
        brand=_clean(brand),
        market=_clean(market),
        tier=_clean(tier, _TIERS),
        track=_clean(track, _TRACKS),
        seller=_clean(seller),
        signal=_clean(signal),
        text=_clean(text),
        sort=sort if sort in SORTS else "score",
        after=_clean(after),
    )


Address = Annotated[QueueAddress, Depends(queue_address)]
