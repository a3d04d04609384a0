"""The marketplaces: ways in, politeness, the access register, hosts at rest; and reading one page on trial."""

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from records.lines import listing_to_line
from review.console import console_of, render
from review.errors import Absent
from review.languages import message as _
from review.operating import MarketWay, TriedPage
from review.pages.runs import operating_of
from review.sessions import Administrator, Operator, RunReader, from_own_form
from storage.runs import load_runs

router = APIRouter(include_in_schema=False)

WAYS: Final = {"api": _("API with keys"), "pages": _("public pages"), "import": _("saved files")}
RUNS_SHOWN: Final = 5
Form_ = Depends(from_own_form)
Text = Annotated[str, Form(max_length=4_000)]


def ways_of(request: Request, market: str) -> tuple[MarketWay, ...]:
    """Return the ways into a market; raise Absent for one that does not exist."""
    ways = tuple(way for way in operating_of(console_of(request)).markets() if way.market == market)
    if not ways:
        raise Absent
    return ways


@router.get("/markets")
def show_markets(request: Request, visitor: RunReader) -> Response:  # noqa: ARG001 - who may
    """Show every marketplace with its ways in."""
    found: dict[str, list[MarketWay]] = {}
    for way in operating_of(console_of(request)).markets():
        found.setdefault(way.market, []).append(way)
    return render(request, "markets.html", markets=found, names=WAYS)


def _market_page(
    request: Request, market: str, may_allow: bool, status: int = 200, *, may_try: bool, **more: object
) -> Response:
    console = console_of(request)
    ways = ways_of(request, market)
    with console.database.read() as session:
        runs = load_runs(session, RUNS_SHOWN, market)
    given: dict[str, object] = {"problem": "", "url": "", "tried": None, "lines": [], **more}
    return render(
        request, "market.html", status,
        ways=ways, market=market, runs=runs, names=WAYS, may_allow=may_allow, may_try=may_try, **given,
    )  # fmt: skip


@router.get("/markets/{market}")
def show_market(
    request: Request, visitor: RunReader, market: str, problem: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """Show one marketplace: what binds it, who opened it, what rests."""
    may_allow, may_try = visitor.may("people"), visitor.may("operate")
    return _market_page(request, market, may_allow, may_try=may_try, problem=problem)


def _back(market: str, problem: str) -> Response:
    return RedirectResponse(
        f"/markets/{market}" + (f"?{urlencode({'problem': problem[:300]})}" if problem else ""), 303
    )


@router.post("/markets/{market}/ways/{way}/allow", dependencies=[Form_])
def allow_way(
    request: Request, visitor: Administrator, market: str, way: str, ground: Text = "", until: Text = ""
) -> Response:
    """Record that a way is allowed: on what ground, until when."""
    ways_of(request, market)
    operating = operating_of(console_of(request))
    return _back(market, operating.allow_way(market, way, ground, until.strip(), visitor.user.login))


@router.post("/markets/{market}/ways/{way}/close", dependencies=[Form_])
def close_way(request: Request, visitor: Administrator, market: str, way: str, reason: Text = "") -> Response:
    """End every record that opens a way."""
    ways_of(request, market)
    return _back(market, operating_of(console_of(request)).close_way(market, way, reason, visitor.user.login))


@router.post("/markets/{market}/try", dependencies=[Form_])
def try_page(
    request: Request,
    visitor: Operator,
    market: str,
    url: Text = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Read one page as a crawl would, or a saved file as if it had come from there; nothing is stored."""
    ways_of(request, market)
    content = file.file.read() if file is not None and file.filename else None
    tried: TriedPage = operating_of(console_of(request)).try_page(market, url.strip(), content)
    lines = [listing_to_line(listing) for listing in tried.listings]
    return _market_page(request, market, visitor.may("people"), may_try=True, url=url.strip(), tried=tried, lines=lines)
