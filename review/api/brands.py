"""A brand's rules for programs: from which score on hits are flagged, and who has to look a second time."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from records.decision import Verdict
from records.hit import Track
from review.api.models import Problem, Sent
from review.console import Console, console_of
from review.errors import WrongField
from review.pages.brands import brand_watchlist
from review.sessions import Visitor, allowed, from_own_client
from storage.second_looks import LookMode, load_policies, save_policy
from storage.thresholds import load_threshold, set_threshold

REFUSED: dict[int | str, dict[str, Any]] = {401: {"model": Problem}, 403: {"model": Problem}, 429: {"model": Problem}}
NONE: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
TRACKS: tuple[Track, ...] = ("ip", "price")
router = APIRouter(tags=["brands"], responses=REFUSED | NONE)
Changer = Annotated[Visitor, Depends(allowed("brands"))]


class ThresholdBody(Sent):
    """From which score on."""

    flag_from: float | None = Field(ge=0, le=1, description="Null: the levels high and medium decide.")


class ThresholdAnswer(BaseModel):
    """A brand's threshold on one track."""

    track: Track
    flag_from: float | None
    set_by: str | None = None
    set_at: datetime | None = None


class MovedAnswer(ThresholdAnswer):
    """A threshold that was set just now."""

    moved: int = Field(description="Open hits that went into the queue or below the threshold.")


class PolicyBody(Sent):
    """How often a verdict needs another person."""

    mode: LookMode
    percent: int = Field(default=0, ge=0, le=100, description="Share of a sample; counts with mode sampled only.")


class PolicyAnswer(PolicyBody):
    """The policy of one verdict."""

    brand: str = Field(description="Empty: the policy of every brand that has none of its own.")
    verdict: Verdict
    set_by: str
    set_at: datetime


class RulesAnswer(BaseModel):
    """What is set for a brand."""

    brand: str
    thresholds: list[ThresholdAnswer]
    second_looks: list[PolicyAnswer]


def _known(console: Console, brand: str) -> str:
    """Return the brand; raise Absent for one without marks."""
    brand_watchlist(console, brand, console.services.clock())
    return brand


@router.get("/brands/{brand}/rules", dependencies=[Depends(allowed("read"))])
def read_rules(request: Request, brand: str) -> RulesAnswer:
    """Read a brand's thresholds and second-look policies."""
    console = console_of(request)
    with console.database.read() as session:
        kept = {track: load_threshold(session, _known(console, brand), track) for track in TRACKS}
        policies = load_policies(session, brand)
    thresholds = [
        ThresholdAnswer(track=track, flag_from=None)
        if one is None
        else ThresholdAnswer(track=track, flag_from=one.flag_from, set_by=one.set_by, set_at=one.set_at)
        for track, one in kept.items()
    ]
    return RulesAnswer(
        brand=brand, thresholds=thresholds,
        second_looks=[
            PolicyAnswer(
                brand=one.brand, verdict=one.verdict, mode=one.mode, percent=one.percent, set_by=one.set_by,
                set_at=one.set_at,
            )
            for one in policies
        ],
    )  # fmt: skip


@router.put("/brands/{brand}/thresholds/{track}", dependencies=[Depends(from_own_client)])
def put_threshold(request: Request, visitor: Changer, brand: str, track: Track, body: ThresholdBody) -> MovedAnswer:
    """Set from which score on the brand's hits enter the queue, and say how many moved."""
    console = console_of(request)
    now, wanted = console.services.clock(), None if body.flag_from is None else round(body.flag_from, 2)
    _known(console, brand)
    with console.database.write() as session:
        moved = set_threshold(session, brand, track, wanted, visitor.user.login, now)
    return MovedAnswer(track=track, flag_from=wanted, set_by=visitor.user.login, set_at=now, moved=moved)


@router.put("/brands/{brand}/second-looks/{verdict}", dependencies=[Depends(from_own_client)])
def put_policy(request: Request, visitor: Changer, brand: str, verdict: Verdict, body: PolicyBody) -> PolicyAnswer:
    """Set how often decisions of one verdict on this brand need a second look."""
    console = console_of(request)
    now = console.services.clock()
    _known(console, brand)
    if body.mode == "sampled" and body.percent == 0:
        raise WrongField("percent", "a sample of 0 per cent is none")
    percent = {"none": 0, "always": 100, "sampled": body.percent}[body.mode]
    with console.database.write() as session:
        save_policy(session, brand, verdict, body.mode, percent, visitor.user.login, now)
    return PolicyAnswer(
        brand=brand, verdict=verdict, mode=body.mode, percent=percent, set_by=visitor.user.login, set_at=now
    )
