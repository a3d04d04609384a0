"""Brands: what is watched, prices by date, authorised sellers, thresholds over decided hits, and trying a title."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from records.decision import Verdict
from records.hit import Track
from records.watchlist import WatchList
from review import wording
from review.console import Console, console_of, render
from review.errors import Absent
from review.histogram import Histogram, histogram_of
from review.languages import message as _
from review.ledger_rows import ledger_rows
from review.pages.bulk import verdict_of
from review.pages.queue import shown_value
from review.sessions import Visitor, allowed, from_own_form
from review.shown import ShownHit
from review.trying import (
    EXAMPLES,
    LISTINGS_JUDGED,
    MAX_TITLE,
    of_brand,
    read_spellings,
    try_spellings,
    try_title,
    with_spellings,
)  # fmt: skip
from storage.audit import hold_chain, record_audit
from storage.hits import count_hits, load_hits
from storage.ledger import load_histogram, load_ledger, load_precision
from storage.listings import load_latest_listings
from storage.second_looks import EVERY_BRAND, LookMode, load_policies, save_policy
from storage.thresholds import PREVIEWED, load_threshold, preview_threshold, set_threshold
from storage.watchlist import load_brands, load_watchlist, save_marks

router = APIRouter(include_in_schema=False)

TABS: Final = {
    "overview": _("Overview"),
    "marks": _("Marks"),
    "prices": _("Prices"),
    "sellers": _("Authorised sellers"),
    "matching": _("Matching"),
}
MODES: Final[dict[LookMode, str]] = {
    "none": _("no second look"),
    "sampled": _("a random sample"),
    "always": _("always"),
}
RANGE: Final = timedelta(days=90)
PREVIEW_RANGE: Final = timedelta(days=30)
Text = Annotated[str | None, Query(max_length=MAX_TITLE)]
Changer = Annotated[Visitor, Depends(allowed("brands"))]


def brand_watchlist(console: Console, brand: str, now: datetime) -> WatchList:
    """Return what is watched for one brand; raise Absent for a brand without marks."""
    with console.database.read() as session:
        watchlist = of_brand(load_watchlist(session, now.date()), brand, now.date())
    if not watchlist.marks:
        raise Absent
    return watchlist


@router.get("/brands", dependencies=[Depends(allowed("read"))])
def show_brands(request: Request) -> Response:
    """Show every brand with what is watched, what waits, and how often the flags were right."""
    with console_of(request).database.read() as session:
        brands = load_brands(session)
        whole = load_watchlist(session, None)
        counts = {one.name: count_hits(session, (one.name,)) for one in brands}
        precision = {one.name: load_precision(session, one.name) for one in brands}
    watched = {
        one.name: (
            sum((mark.brand or mark.text) == one.name for mark in whole.marks),
            sum((whole.mark_by_id[item.mark_id].brand or whole.mark_by_id[item.mark_id].text) == one.name
                for item in whole.products),
        )
        for one in brands
    }  # fmt: skip
    return render(request, "brands.html", brands=brands, counts=counts, precision=precision, watched=watched)


@router.get("/brands/{brand}")
def show_brand(
    request: Request, visitor: Annotated[Visitor, Depends(allowed("read"))], brand: str,
    tab: Text = None, track: Text = None, flag_from: Text = None, title: Text = None, price: Text = None,
    mark: Text = None, spellings: Text = None, done: Text = None,
) -> Response:  # fmt: skip
    """Show one tab of a brand. A threshold, a title or spellings can be tried before anything is saved."""
    console = console_of(request)
    now = console.services.clock()
    watchlist = brand_watchlist(console, brand, now)
    tab = tab if tab in TABS else "overview"
    show: dict[str, Callable[[], dict[str, Any]]] = {
        "overview": lambda: _overview(console, brand, now),
        "marks": lambda: _marks(console, watchlist, mark, spellings, now),
        "prices": lambda: {"prices": watchlist.prices_by_product, "today": now.date()},
        "sellers": lambda: {"today": now.date()},
        "matching": lambda: _matching(console, brand, watchlist, track or "ip", flag_from, title, price or "", now),
    }
    return render(
        request, "brand.html",
        brand=brand, tab=tab, tabs=TABS, watchlist=watchlist, can_change=visitor.may("brands"), done=done,
        title_tried=title or "", price_tried=price or "", shown=shown_value, examples=EXAMPLES, previewed=PREVIEWED,
        **show[tab](),
    )  # fmt: skip


def _overview(console: Console, brand: str, now: datetime) -> dict[str, Any]:
    with console.database.read() as session:
        return {
            "counts": count_hits(session, (brand,)),
            "precision": load_precision(session, brand),
            "recent": load_precision(session, brand, now - RANGE),
            "ledger": ledger_rows(load_ledger(session, ("market",), brand=brand)),
        }


def _marks(
    console: Console, watchlist: WatchList, mark_id: str | None, spellings: str | None, now: datetime
) -> dict[str, Any]:
    trial = None
    if mark_id in watchlist.mark_by_id and spellings is not None:
        with console.database.read() as session:
            listings = load_latest_listings(session, now - PREVIEW_RANGE, LISTINGS_JUDGED)
        trial = try_spellings(watchlist, with_spellings(watchlist, mark_id, read_spellings(spellings)), listings, now)
    return {"trial": trial, "mark_tried": mark_id, "spellings": spellings, "soon": (now + timedelta(days=180)).date()}


def _matching(
    console: Console, brand: str, watchlist: WatchList, track_name: str, flag_from: str | None, title: str | None,
    price: str, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    track: Track = "price" if track_name == "price" else "ip"
    wanted, problem = read_threshold(flag_from)
    with console.database.read() as session:
        threshold = load_threshold(session, brand, track)
        buckets = load_histogram(session, brand, track, now - RANGE)
        change = (
            preview_threshold(session, brand, track, wanted, now - PREVIEW_RANGE) if flag_from is not None else None
        )
        examples = {
            "flagged": load_hits(session, change.flagged_ids[:EXAMPLES]) if change else (),
            "hidden": load_hits(session, change.hidden_ids[:EXAMPLES]) if change else (),
        }
        policies = load_policies(session, brand)
        ledger = ledger_rows(load_ledger(session, (), brand=brand))
        below = count_hits(session, (brand,))["below"]
    shown = wanted if flag_from is not None else threshold.flag_from if threshold else None
    chart: Histogram = histogram_of(buckets, shown)
    tried = try_title(watchlist, title, price, now) if title and title.strip() else None
    return {
        "track": track, "threshold": threshold, "chart": chart, "change": change, "tried": tried, "ledger": ledger,
        "wanted": flag_from, "shown_threshold": shown, "problem": problem, "modes": MODES, "below": below,
        "examples_of": {name: [ShownHit(one, console.marks.find(one.hit.mark_id, now)) for one in found]
                        for name, found in examples.items()},
        "policies": policies_shown(policies),
    }  # fmt: skip


def policies_shown(policies: Any) -> dict[Verdict, tuple[LookMode, int, bool]]:
    """Return for each verdict the mode, the percentage, and whether it is the brand's own."""
    found: dict[Verdict, tuple[LookMode, int, bool]] = {}
    for verdict in wording.VERDICTS:
        found[verdict] = ("none", 0, False)
        for policy in policies:  # the brand's own comes after that of every brand
            if policy.verdict == verdict:
                found[verdict] = (policy.mode, policy.percent, policy.brand != EVERY_BRAND)
    return found


def read_threshold(text: str | None) -> tuple[float | None, bool]:
    """Return a typed threshold (None for "by level") and whether it cannot be understood."""
    text = (text or "").strip().replace(",", ".")
    if not text:
        return None, False
    try:
        value = float(text)
    except ValueError:
        return None, True
    return (round(value, 2), False) if 0 <= value <= 1 else (None, True)


@router.get("/brands/{brand}/try", dependencies=[Depends(allowed("read"))])
def try_live(request: Request, brand: str, title: Text = None, price: Text = None) -> Response:
    """Send how the rules judge a title, as the part of the page that a script puts in place."""
    console = console_of(request)
    now = console.services.clock()
    watchlist = brand_watchlist(console, brand, now)
    tried = try_title(watchlist, title, price or "", now) if title and title.strip() else None
    return render(request, "tried_part.html", tried=tried)


@router.post("/brands/{brand}/threshold", dependencies=[Depends(from_own_form)])
def keep_threshold(
    request: Request, visitor: Changer, brand: str, track: Annotated[str, Form()] = "ip",
    flag_from: Annotated[str, Form(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Set from which score on the brand's hits enter the queue; empty lets the levels decide again."""
    console = console_of(request)
    now = console.services.clock()
    brand_watchlist(console, brand, now)
    wanted, is_wrong = read_threshold(flag_from)
    if is_wrong:
        return RedirectResponse(_tab(brand, "matching", track=track, flag_from=flag_from), 303)
    with console.database.write() as session:
        set_threshold(session, brand, "price" if track == "price" else "ip", wanted, visitor.user.login, now)
    return RedirectResponse(_tab(brand, "matching", track=track, done="threshold"), 303)


@router.post("/brands/{brand}/policy", dependencies=[Depends(from_own_form)])
def keep_policy(
    request: Request, visitor: Changer, brand: str, verdict: Annotated[str, Form()], mode: Annotated[str, Form()],
    percent: Annotated[int, Form(ge=0, le=100)] = 0,
) -> Response:  # fmt: skip
    """Set how often decisions of one verdict on this brand need a second look."""
    console = console_of(request)
    now = console.services.clock()
    brand_watchlist(console, brand, now)
    chosen = next((name for name in MODES if name == mode), None)
    if chosen is None:
        raise Absent
    share = {"none": 0, "always": 100, "sampled": percent}[chosen]
    with console.database.write() as session:
        save_policy(session, brand, verdict_of(verdict), chosen, share, visitor.user.login, now)
    return RedirectResponse(_tab(brand, "matching", done="policy"), 303)


@router.post("/brands/{brand}/spellings", dependencies=[Depends(from_own_form)])
def keep_spellings(
    request: Request, visitor: Changer, brand: str, mark: Annotated[str, Form()],
    spellings: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:  # fmt: skip
    """Keep the spellings of a mark; the next crawl and the next rematch judge by them."""
    console = console_of(request)
    now = console.services.clock()
    watchlist = brand_watchlist(console, brand, now)
    known = watchlist.mark_by_id.get(mark)
    if known is None:
        raise Absent
    wanted = read_spellings(spellings)
    with console.database.write() as session:
        hold_chain(session)
        save_marks(session, [replace(known, variants=wanted)])
        facts = {"before": list(known.variants), "after": list(wanted)}
        record_audit(session, now, visitor.user.login, "mark.spellings", mark, facts)
    return RedirectResponse(_tab(brand, "marks", done="spellings"), 303)


def _tab(brand: str, tab: str, **values: str) -> str:
    return f"/brands/{quote(brand, safe='')}?{urlencode({'tab': tab, **values})}"
