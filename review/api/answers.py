"""Records to API answers."""

from records.run import Run
from review.api.models import (
    DecisionAnswer,
    EvidenceAnswer,
    HitAnswer,
    RunAnswer,
    SpanAnswer,
    StepAnswer,
)
from storage.hit_records import StoredDecision, StoredHit


def decision_answer(decision: StoredDecision) -> DecisionAnswer:
    """Return a decision as the API sends it."""
    made = decision.decision
    return DecisionAnswer(
        verdict=made.verdict,
        reason=made.reason,
        actor=made.actor,
        decided_at=made.decided_at,
        note=made.note,
        undone_at=decision.undone_at,
    )


def hit_answer(stored: StoredHit) -> HitAnswer:
    """Return a hit as the API sends it."""
    hit, listing = stored.hit, stored.hit.listing
    price = listing.offer.price
    return HitAnswer(
        hit_id=stored.hit_id,
        state=stored.state,
        revision=stored.revision,
        market=listing.market,
        listing_id=listing.listing_id,
        url=listing.url,
        title=listing.title,
        seller_id=listing.seller.seller_id,
        seller_name=listing.seller.name,
        price=None if price is None else f"{price.amount:f}",
        currency=listing.currency if price is None else price.currency,
        track=hit.track,
        mark_id=hit.mark_id,
        product_id=hit.product_id,
        brand=stored.brand,
        relation=hit.relation,
        spelling=hit.spelling,
        intent=hit.intent,
        right=hit.right,
        tier=hit.tier,
        score=hit.score,
        rule_version=hit.rule_version,
        evidence=[
            EvidenceAnswer(
                signal=one.signal,
                weight=one.weight,
                detail=one.detail,
                spans=[SpanAnswer(field=s.field, start=s.start, end=s.end, text=s.text) for s in one.spans],
            )
            for one in hit.evidence
        ],
        chain=[StepAnswer(name=step.name, value=step.value, detail=step.detail) for step in hit.chain],
        first_seen_at=stored.first_seen_at,
        last_seen_at=stored.last_seen_at,
        reopened_because=stored.reopened_because,
        decision=None if stored.decision is None else decision_answer(stored.decision),
    )


def run_answer(run: Run) -> RunAnswer:
    """Return a run as the API sends it."""
    return RunAnswer(
        run_id=run.run_id,
        market=run.market,
        arguments=dict(run.arguments),
        outcome=run.outcome,
        requested_at=run.requested_at,
        started_at=run.started_at,
        heartbeat_at=run.heartbeat_at,
        finished_at=run.finished_at,
        counts=dict(run.counts),
        failed_bounds=list(run.failed_bounds),
        schedule_id=run.schedule_id,
        requested_by=run.requested_by,
    )
