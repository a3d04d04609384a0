"""What programs may change: the same decisions as in the console, with the same conflicts."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from records.decision import REASONS
from review.api.answers import hit_answer
from review.api.models import ConflictProblem, DecisionBody, HitAnswer, Problem
from review.console import console_of
from review.deciding import judge, take_back, visible_hit
from review.errors import Refusal
from review.sessions import Decider, from_own_client
from storage.errors import Conflict, NotFound

router = APIRouter(tags=["decisions"], responses={401: {"model": Problem}, 403: {"model": Problem}})


class WrongReason(Refusal):
    """The reason belongs to another verdict."""

    status = 422
    reason = "wrong_reason"


class NothingToUndo(Refusal):
    """The latest decision in force on the hit is not the user's own."""

    status = 409
    reason = "nothing_to_undo"


@router.post(
    "/hits/{hit_id}/decisions",
    status_code=201,
    dependencies=[Depends(from_own_client)],
    responses={404: {"model": Problem}, 409: {"model": ConflictProblem}},
)
def decide(request: Request, visitor: Decider, hit_id: str, body: DecisionBody) -> HitAnswer:
    """Record a verdict with its reason; 409 names who decided, changed or holds the hit, and since when.

    While a second look is open this is the second opinion, refused with 403 to those who have judged the hit already.
    """
    console = console_of(request)
    if body.reason not in REASONS[body.verdict]:
        visible_hit(console, visitor, hit_id)
        raise WrongReason
    try:
        judge(console, visitor, hit_id, body.revision, body.verdict, body.reason, body.note)
    except Conflict as conflict:
        problem = ConflictProblem(
            reason="conflict",
            detail="The hit was decided or changed after it was shown.",
            actor=conflict.actor,
            at=conflict.at,
            revision=visible_hit(console, visitor, hit_id).revision,
        )
        return JSONResponse(problem.model_dump(mode="json"), 409)  # type: ignore[return-value]  # declared in responses
    return hit_answer(visible_hit(console, visitor, hit_id))


@router.post(
    "/hits/{hit_id}/undo",
    dependencies=[Depends(from_own_client)],
    responses={404: {"model": Problem}, 409: {"model": Problem}},
)
def undo(request: Request, visitor: Decider, hit_id: str) -> HitAnswer:
    """Take back the user's own latest decision on the hit."""
    console = console_of(request)
    try:
        take_back(console, visitor, hit_id)
    except (Conflict, NotFound):
        raise NothingToUndo from None
    return hit_answer(visible_hit(console, visitor, hit_id))
