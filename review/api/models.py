"""What the API sends and takes, field by field."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from records.decision import Reason, Verdict
from records.hit import Intent, Relation, Right, Spelling, Tier, Track
from storage.hit_records import HitState


class Sent(BaseModel):
    """A body that a client sends: unknown fields are refused, so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid")


class LoginBody(Sent):
    """A log-in."""

    login: str = Field(max_length=200)
    password: str = Field(max_length=256)
    code: str = Field(default="", max_length=40, description="One-time or recovery code, if the account asks.")


class DecisionBody(Sent):
    """A verdict on the revision of a hit that the client has shown."""

    verdict: Verdict
    reason: Reason = Field(description="One reason of that verdict.")
    revision: int = Field(ge=0, description="The hit's revision as it was shown; an older one is a conflict.")
    note: str = Field(default="", max_length=1000)


class Problem(BaseModel):
    """Why a request was refused."""

    reason: str
    detail: str


class ConflictProblem(Problem):
    """Somebody else decided first, or the listing changed."""

    actor: str
    at: datetime
    revision: int = Field(description="The revision that holds now.")


class SessionAnswer(BaseModel):
    """Who is logged in."""

    login: str
    name: str
    role: str
    form_token: str = Field(description="Send it as X-CSRF-Token with every change.")


class SpanAnswer(BaseModel):
    """Where a signal saw something: offsets are code points, the end is exclusive."""

    field: str
    start: int
    end: int
    text: str


class EvidenceAnswer(BaseModel):
    """One signal's finding."""

    signal: str
    weight: float
    detail: str
    spans: list[SpanAnswer]


class StepAnswer(BaseModel):
    """One step from the printed price to the judgement."""

    name: str
    value: str
    detail: str


class DecisionAnswer(BaseModel):
    """A decision."""

    verdict: Verdict
    reason: Reason
    actor: str
    decided_at: datetime
    note: str
    undone_at: datetime | None = None


class HitAnswer(BaseModel):
    """A hit as the queue shows it."""

    hit_id: str
    state: HitState
    revision: int
    market: str
    listing_id: str
    url: str | None
    title: str
    seller_id: str | None
    seller_name: str | None
    price: str | None = Field(description="Decimal text in major units; null when unknown.")
    currency: str | None
    track: Track
    mark_id: str
    product_id: str | None
    brand: str
    relation: Relation
    spelling: Spelling
    intent: Intent
    right: Right
    tier: Tier
    score: float
    rule_version: str
    evidence: list[EvidenceAnswer]
    chain: list[StepAnswer]
    first_seen_at: datetime
    last_seen_at: datetime
    reopened_because: str | None
    decision: DecisionAnswer | None


class QueueAnswer(BaseModel):
    """One page of a queue."""

    hits: list[HitAnswer]
    next_cursor: str | None = Field(description="Pass it as `after` for the next page; null at the end.")


class HistoryAnswer(BaseModel):
    """All decisions on a hit, taken-back ones included."""

    decisions: list[DecisionAnswer]


class RunAnswer(BaseModel):
    """A crawl run."""

    run_id: str
    market: str
    arguments: dict[str, str]
    outcome: str
    requested_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    counts: dict[str, int]
    failed_bounds: list[str]
    schedule_id: str | None
    requested_by: str


class RunsAnswer(BaseModel):
    """The latest runs."""

    runs: list[RunAnswer]


class ScheduleAnswer(BaseModel):
    """A schedule with its next times."""

    schedule_id: str
    market: str
    arguments: dict[str, str]
    cron: str
    zone: str
    paused_until: datetime | None
    pause_reason: str | None
    next_times: list[datetime]


class SchedulesAnswer(BaseModel):
    """All schedules."""

    schedules: list[ScheduleAnswer]


class CountsAnswer(BaseModel):
    """How many hits each saved view holds."""

    counts: dict[str, int]
