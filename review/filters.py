"""The queue's address: which hits, in which order, from where on. Every page that shows hits keeps it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Final, cast, get_args
from urllib.parse import urlencode

from fastapi import Depends, Query

from records.hit import Tier, Track
from review.languages import message as _
from storage.hit_records import Group, HitFilter, Sort, StoredHit, View
from storage.last_acts import LastAct

# Views in the order of the rail; the first ten have the figures as keys. Disputes are shown to those who settle them.
VIEWS: Final[dict[View, str]] = {
    "unreviewed": _("Unreviewed"),
    "second_look": _("Second look"),
    "disputed": _("Disputed"),
    "price": _("Price undercut"),
    "misuse": _("Mark misuse"),
    "disguised": _("Look-alike spelling"),
    "mine": _("Held by me"),
    "unsure": _("Unsure"),
    "confirmed": _("Confirmed"),
    "rejected": _("Not a violation"),
    "below": _("Below threshold"),
    "sample": _("Random sample below"),
}
VIEW_KEYS: Final[dict[View, str]] = {
    "unreviewed": "1", "second_look": "2", "price": "3", "misuse": "4", "disguised": "5", "mine": "6", "unsure": "7",
    "confirmed": "8", "rejected": "9", "below": "0",
}  # fmt: skip
SORTS: Final[dict[Sort, str]] = {"score": _("risk"), "newest": _("newest"), "oldest": _("oldest")}
GROUPS: Final[dict[Group, str]] = {
    "alike": _("similar titles"),
    "seller": _("same seller"),
    "none": _("not at all"),
}
FILTERS: Final = {
    "brand": _("Brand"),
    "market": _("Marketplace"),
    "tier": _("Level"),
    "track": _("Track"),
    "seller": _("Seller"),
    "signal": _("Signal"),
    "text": _("Text"),
    "alike": _("Group"),
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
    alike: str | None = None
    """Key of one group of near-identical hits."""
    mark: str | None = None
    """Mark, where a group of one seller is open."""
    group: Group = "alike"
    sort: Sort = "score"
    after: str | None = None
    # Never in the address itself, hence of no account when two are compared.
    actor: str | None = field(default=None, compare=False)
    """Who looks."""
    now: datetime | None = field(default=None, compare=False)
    """When."""
    own_brands: tuple[str, ...] | None = field(default=None, compare=False)
    """The brands that the visitor is limited to."""

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
            alike_key=self.alike,
            mark_id=self.mark,
            # Inside an open group every hit is a row; views over all shelves have no index to group along.
            group="none" if self.alike or self.mark or self.view in {"all", "mine"} else self.group,
            actor=self.actor,
            now=self.now,
        )

    @property
    def active(self) -> dict[str, str]:
        """The filters that are set, by name."""
        values = {name: getattr(self, name) for name in FILTERS}
        return {name: value for name, value in values.items() if value is not None}

    def query(self, **changes: str | None) -> str:
        """Return the query string with those changes; the first page of the default view has none."""
        return _query(self, tuple(changes.items()))

    @property
    def cleared(self) -> dict[str, None]:
        """The changes that drop every filter."""
        return {**dict.fromkeys(FILTERS), "mark": None}

    def view_url(self, view: View) -> str:
        """Return the address of a view; of the filters only the brand stays."""
        return self.queue_url(**{**self.cleared, "brand": self.brand, "view": view})

    def drop_url(self, name: str) -> str:
        """Return the address without one filter."""
        return self.queue_url(**{name: None, "mark": None})

    def clear_url(self) -> str:
        """Return the address of this view without any filter."""
        return self.queue_url(**self.cleared)

    def queue_url(self, **changes: str | None) -> str:
        """Return the queue's address with those changes, from its first page unless `after` is among them.

        What is no part of the address (`recorded`, `undone`, `saving`) is added to it.
        """
        extra: dict[str, str] = {}
        for name in ("recorded", "undone", "saving"):
            if name in changes:
                extra[name] = changes.pop(name) or ""
        query = self.query(**{"after": None, **changes})
        query = "&".join(part for part in (query, urlencode(extra)) if part)
        return f"/review?{query}" if query else "/review"

    def hit_url(self, hit_id: str, **extra: str) -> str:
        """Return a hit's address inside this queue."""
        query = "&".join(part for part in (self.query(after=None), urlencode(extra)) if part)
        return f"/hits/{hit_id}?{query}" if query else f"/hits/{hit_id}"

    def group_url(self, stored: StoredHit) -> str:
        """Return the address of a hit's group: its near-identical ones, or those of its seller and mark."""
        if self.group == "seller":
            listing = stored.hit.listing
            return self.queue_url(
                seller=listing.seller.seller_id, market=listing.market, mark=stored.hit.mark_id, track=stored.hit.track
            )
        return self.queue_url(alike=stored.alike_key)

    def bulk_url(self, act: str) -> str:
        """Return the address that a selection of this page is posted to."""
        query = self.query()
        return f"/review/bulk/{act}?{query}" if query else f"/review/bulk/{act}"

    def undo_url(self, act: LastAct) -> str:
        """Return the address that takes an act back."""
        if act.bulk_id is None:
            return self.act_url(act.hit_id, "undo")
        query = self.query(after=None)
        return f"/review/bulks/{act.bulk_id}/undo?{query}" if query else f"/review/bulks/{act.bulk_id}/undo"

    def act_url(self, hit_id: str, act: str) -> str:
        """Return the address that an act on a hit is posted to."""
        query = self.query(after=None)
        return f"/hits/{hit_id}/{act}?{query}" if query else f"/hits/{hit_id}/{act}"


# A page of the queue names some hundred and fifty addresses, most of them twice.
@lru_cache(maxsize=4_096)
def _query(address: QueueAddress, changes: tuple[tuple[str, str | None], ...]) -> str:
    changed = replace(address, **dict(changes))  # type: ignore[arg-type]  # names are the class's own, by templates
    values = {"view": None if changed.view == "unreviewed" else changed.view, **changed.active}
    values["mark"] = changed.mark
    values["group"] = None if changed.group == "alike" else changed.group
    values["sort"] = None if changed.sort == "score" else changed.sort
    values["after"] = changed.after
    return urlencode({name: value for name, value in values.items() if value is not None})


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
    alike: Annotated[str | None, Query()] = None,
    mark: Annotated[str | None, Query()] = None,
    group: Annotated[str, Query()] = "alike",
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
        alike=_clean(alike),
        mark=_clean(mark),
        group=group if group in GROUPS else "alike",
        sort=sort if sort in SORTS else "score",
        after=_clean(after),
    )


Address = Annotated[QueueAddress, Depends(queue_address)]
