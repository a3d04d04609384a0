"""User administration and the audit trail for programs."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from review.accounts import (
    change,
    disable,
    drop_factors,
    enable,
    end_session,
    end_sessions,
    invite,
    send_reset,
)
from review.api.account import (
    REFUSED,
    WRONG,
    AccountAnswer,
    SessionsAnswer,
    TokensAnswer,
    account_answer,
    session_row,
    token_row,
)
from review.api.models import Problem, Sent
from review.console import console_of
from review.errors import Absent
from review.own_account import drop_token
from review.sessions import Administrator, allowed, from_own_client
from storage.api_tokens import load_tokens
from storage.audit import AuditRow, load_audit_page
from storage.users import load_open_sessions, load_user, load_users

NONE: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
router = APIRouter(tags=["people"], responses=REFUSED)
Own = Depends(from_own_client)


class PersonBody(Sent):
    """What an account is."""

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(default="", max_length=254)
    role: str = Field(max_length=40)
    language: str = Field(default="vi", max_length=5)
    brands: list[str] = Field(default=[], max_length=500)


class InvitationBody(PersonBody):
    """An account to make; the link that sets its password is mailed."""

    login: str = Field(min_length=2, max_length=60)


class PeopleAnswer(BaseModel):
    """All accounts by log-in name."""

    people: list[AccountAnswer]


class ResetAnswer(BaseModel):
    """A mailed link."""

    expires_at: datetime


class AuditAnswerRow(BaseModel):
    """One thing that was done."""

    sequence: int
    at: datetime
    actor: str
    action: str
    subject: str
    data: dict[str, Any]
    previous_sha256: str
    row_sha256: str


class AuditAnswer(BaseModel):
    """A page of the audit trail, newest first."""

    rows: list[AuditAnswerRow]
    next_before: int | None = Field(description="Pass it as `before` for the next page; null at the end.")


@router.get("/people")
def list_people(request: Request, visitor: Administrator) -> PeopleAnswer:  # noqa: ARG001 - who may
    """Return every account."""
    with console_of(request).database.read() as session:
        return PeopleAnswer(people=[account_answer(user) for user in load_users(session)])


@router.post("/people", status_code=201, dependencies=[Own], responses=WRONG)
def invite_person(request: Request, visitor: Administrator, body: InvitationBody) -> AccountAnswer:
    """Make an account and mail its invitation."""
    return account_answer(
        invite(
            console_of(request), visitor.user.login, login=body.login, name=body.name, email=body.email,
            role=body.role, brands=body.brands, language=body.language,
        )
    )  # fmt: skip


@router.get("/people/{login}", responses=NONE)
def show_person(request: Request, visitor: Administrator, login: str) -> AccountAnswer:  # noqa: ARG001 - who may
    """Return one account."""
    with console_of(request).database.read() as session:
        user = load_user(session, login)
    if user is None:
        raise Absent
    return account_answer(user)


@router.put("/people/{login}", dependencies=[Own], responses={**NONE, **WRONG})
def change_person(request: Request, visitor: Administrator, login: str, body: PersonBody) -> AccountAnswer:
    """Change what an account is; another role or other brands end its sessions."""
    return account_answer(
        change(
            console_of(request), visitor.user.login, login, name=body.name, email=body.email,
            role=body.role, brands=body.brands, language=body.language,
        )
    )  # fmt: skip


@router.post("/people/{login}/disable", status_code=204, dependencies=[Own], responses={**NONE, **WRONG})
def disable_person(request: Request, visitor: Administrator, login: str) -> Response:
    """Lock an account out; its sessions and tokens end."""
    disable(console_of(request), visitor.user.login, login)
    return Response(status_code=204)


@router.post("/people/{login}/enable", status_code=204, dependencies=[Own], responses=NONE)
def enable_person(request: Request, visitor: Administrator, login: str) -> Response:
    """Let an account in again."""
    enable(console_of(request), visitor.user.login, login)
    return Response(status_code=204)


@router.post("/people/{login}/reset", dependencies=[Own], responses={**NONE, **WRONG})
def reset_person(request: Request, visitor: Administrator, login: str) -> ResetAnswer:
    """Mail a link for a new password."""
    return ResetAnswer(expires_at=send_reset(console_of(request), visitor.user.login, login))


@router.delete("/people/{login}/factors", status_code=204, dependencies=[Own], responses=NONE)
def forget_factors(request: Request, visitor: Administrator, login: str) -> Response:
    """Forget codes, passkeys and identities of an account whose holder lost them."""
    drop_factors(console_of(request), visitor.user.login, login)
    return Response(status_code=204)


@router.get("/people/{login}/sessions", responses=NONE)
def list_sessions(request: Request, visitor: Administrator, login: str) -> SessionsAnswer:  # noqa: ARG001 - who may
    """Return an account's open sessions."""
    console = console_of(request)
    with console.database.read() as session:
        if load_user(session, login) is None:
            raise Absent
        found = load_open_sessions(session, login, console.services.clock(), console.settings.session_idle)
    return SessionsAnswer(sessions=[session_row(one) for one in found])


@router.delete("/people/{login}/sessions", status_code=204, dependencies=[Own], responses=NONE)
def end_all_sessions(request: Request, visitor: Administrator, login: str) -> Response:
    """End every session of an account."""
    end_sessions(console_of(request), visitor.user.login, login)
    return Response(status_code=204)


@router.delete("/people/{login}/sessions/{session_id}", status_code=204, dependencies=[Own], responses=NONE)
def end_one_session(request: Request, visitor: Administrator, login: str, session_id: str) -> Response:
    """End one session of an account."""
    end_session(console_of(request), visitor.user.login, login, session_id)
    return Response(status_code=204)


@router.get("/people/{login}/tokens", responses=NONE)
def list_tokens(request: Request, visitor: Administrator, login: str) -> TokensAnswer:  # noqa: ARG001 - who may
    """Return an account's API tokens."""
    with console_of(request).database.read() as session:
        if load_user(session, login) is None:
            raise Absent
        return TokensAnswer(tokens=[token_row(one) for one in load_tokens(session, login)])


@router.delete("/people/{login}/tokens/{token_id}", status_code=204, dependencies=[Own], responses=NONE)
def revoke_token(request: Request, visitor: Administrator, login: str, token_id: str) -> Response:
    """Revoke a token of an account."""
    drop_token(console_of(request), visitor.user.login, token_id, login)
    return Response(status_code=204)


def audit_row(row: AuditRow) -> AuditAnswerRow:
    """Return an audit row as the API sends it."""
    return AuditAnswerRow(
        **{name: getattr(row, name) for name in AuditAnswerRow.model_fields} | {"data": dict(row.data)}
    )


@router.get("/audit", tags=["audit"], dependencies=[Depends(allowed("audit"))])
def list_audit(
    request: Request,
    before: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    actor: Annotated[str | None, Query(max_length=200)] = None,
    action: Annotated[str | None, Query(max_length=200)] = None,
    subject: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AuditAnswer:
    """Return a page of the audit trail with its hashes."""
    with console_of(request).database.read() as session:
        rows, more = load_audit_page(session, before, limit, subject=subject, actor=actor, action=action)
    return AuditAnswer(rows=[audit_row(row) for row in rows], next_before=rows[-1].sequence if more else None)
