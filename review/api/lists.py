"""Import of watch lists for programs."""

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from review.api.models import Problem, Sent
from review.console import console_of
from review.errors import WrongField
from review.pages.lists import desk_of, suffix_of
from review.sessions import Visitor, allowed, from_own_client

REFUSED: dict[int | str, dict[str, Any]] = {401: {"model": Problem}, 403: {"model": Problem}, 429: {"model": Problem}}
router = APIRouter(tags=["lists"], responses=REFUSED)


class ListBody(Sent):
    """A CSV, XLSX or JSON Lines file."""

    name: str = Field(max_length=300, description="Its name; only .csv, .xlsx or .jsonl at the end counts.")
    content: str = Field(max_length=1_900_000, description="Base64.")
    dry_run: bool = Field(default=True, description="True: say what it would change, store nothing.")


class WrongRow(BaseModel):
    """A row that cannot be stored."""

    line: int
    field: str
    problem: str


class ListAnswer(BaseModel):
    """What a file changes, or why nothing was stored."""

    kind: str
    is_kept: bool
    counts: dict[str, int] = Field(description="Rows by state: added, changed, unchanged, wrong.")
    problem: str
    wrong: list[WrongRow]


@router.post("/lists", dependencies=[Depends(from_own_client)], responses={422: {"model": ListAnswer}})
def import_list(
    request: Request, visitor: Annotated[Visitor, Depends(allowed("brands"))], body: ListBody, response: Response
) -> ListAnswer:
    """Look at a watch list file, or store it: whole or not at all."""
    try:
        content = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError):
        raise WrongField("content", "not base64") from None
    desk, suffix = desk_of(console_of(request)), suffix_of(body.name)
    looked = desk.preview(suffix, content) if body.dry_run else desk.keep(suffix, content, visitor.user.login)
    if not looked.can_be_kept:
        response.status_code = 422
    wrong = [WrongRow(line=row.line, field=row.wrong_field, problem=row.problem) for row in looked.rows if row.problem]
    return ListAnswer(
        kind=looked.kind, is_kept=looked.can_be_kept and not body.dry_run, counts=dict(looked.counts),
        problem=looked.problem, wrong=wrong[:1_000],
    )  # fmt: skip
