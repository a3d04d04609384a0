"""One's own account for programs: password, one-time codes, passkeys, sessions, API tokens."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from review.accounts import end_session
from review.api.models import Problem, Sent
from review.console import console_of
from review.errors import Absent
from review.own_account import (
    change_self,
    drop_passkey,
    drop_token,
    make_token,
    require_password,
    set_own_password,
    turn_codes_off,
    turn_codes_on,
)
from review.second_factor import new_secret, setup_address
from review.sessions import Person, address_of, from_own_client
from review.signing_in import begin_step, find_step, finish_step
from storage.api_tokens import ApiToken, Scope, load_tokens
from storage.factors import count_recovery_codes, load_passkeys, load_totp
from storage.users import OpenSession, User, load_open_sessions

WRONG: dict[int | str, dict[str, Any]] = {422: {"model": Problem}}
REFUSED: dict[int | str, dict[str, Any]] = {401: {"model": Problem}, 403: {"model": Problem}, 429: {"model": Problem}}
router = APIRouter(prefix="/me", tags=["account"], responses=REFUSED)
Own = Depends(from_own_client)


class SelfBody(Sent):
    """What people may change of their own account."""

    name: str = Field(min_length=1, max_length=200)
    language: str = Field(max_length=5)


class PasswordBody(Sent):
    """A new password, with the present one."""

    present: str = Field(max_length=256)
    password: str = Field(max_length=256)


class PresentBody(Sent):
    """The present password, asked for again."""

    present: str = Field(max_length=256)


class CodeBody(Sent):
    """A first code that proves the secret."""

    step: str = Field(max_length=100)
    code: str = Field(max_length=40)


class TokenBody(Sent):
    """A token to make."""

    name: str = Field(min_length=1, max_length=200)
    scopes: list[Scope] = Field(min_length=1, max_length=20)
    days: int | None = Field(default=90, ge=1, le=3650, description="Null: until revoked.")


class AccountAnswer(BaseModel):
    """An account."""

    login: str
    name: str
    role: str
    language: str
    email: str | None
    brands: list[str]
    active: bool


class OwnAnswer(AccountAnswer):
    """One's own account."""

    codes_on: bool
    recovery_codes_left: int


class SessionRow(BaseModel):
    """An open session."""

    session_id: str
    opened_at: datetime
    touched_at: datetime
    address: str | None
    agent: str | None
    means: str | None


class SessionsAnswer(BaseModel):
    """Open sessions, the latest used first."""

    sessions: list[SessionRow]


class TokenRow(BaseModel):
    """An API token, without its secret."""

    token_id: str
    login: str
    name: str
    scopes: list[str]
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class TokensAnswer(BaseModel):
    """API tokens, newest first, revoked ones too."""

    tokens: list[TokenRow]


class MadeToken(TokenRow):
    """A token that was just made; the secret is shown this once."""

    token: str


class SecretAnswer(BaseModel):
    """A secret for an authenticator app, not in force yet."""

    step: str = Field(description="Send it with the first code.")
    secret: str
    address: str = Field(description="The otpauth address that a QR code carries.")


class CodesAnswer(BaseModel):
    """Recovery codes, shown this once."""

    recovery_codes: list[str]


class PasskeyRow(BaseModel):
    """A passkey."""

    credential_id: str
    name: str
    made_at: datetime
    used_at: datetime | None


class PasskeysAnswer(BaseModel):
    """Passkeys, oldest first. They are added in a browser, where the authenticator is."""

    passkeys: list[PasskeyRow]


def account_answer(user: User) -> AccountAnswer:
    """Return an account as the API sends it."""
    return AccountAnswer(
        login=user.login, name=user.name, role=user.role, language=user.language, email=user.email,
        brands=list(user.brands), active=user.active,
    )  # fmt: skip


def session_row(one: OpenSession) -> SessionRow:
    """Return a session as the API sends it."""
    return SessionRow(**{name: getattr(one, name) for name in SessionRow.model_fields})


def token_row(one: ApiToken) -> TokenRow:
    """Return a token as the API sends it."""
    return TokenRow(**{name: getattr(one, name) for name in TokenRow.model_fields} | {"scopes": list(one.scopes)})


@router.get("")
def show_account(request: Request, visitor: Person) -> OwnAnswer:
    """Return one's own account."""
    with console_of(request).database.read() as session:
        codes_on = load_totp(session, visitor.user.login) is not None
        left = count_recovery_codes(session, visitor.user.login)
    return OwnAnswer(**account_answer(visitor.user).model_dump(), codes_on=codes_on, recovery_codes_left=left)


@router.patch("", dependencies=[Own], responses=WRONG)
def change_account(request: Request, visitor: Person, body: SelfBody) -> AccountAnswer:
    """Change one's own name and language."""
    return account_answer(change_self(console_of(request), visitor, name=body.name, language=body.language))


@router.post("/password", status_code=204, dependencies=[Own], responses=WRONG)
def change_password(request: Request, visitor: Person, body: PasswordBody) -> Response:
    """Change one's own password; every session of the account ends."""
    set_own_password(console_of(request), visitor, body.present, body.password, address_of(request))
    return Response(status_code=204)


@router.post("/codes", status_code=201, dependencies=[Own])
def start_codes(request: Request, visitor: Person) -> SecretAnswer:
    """Make a secret for one-time codes; they are asked for once a code has proved it."""
    secret = new_secret()
    step = begin_step(console_of(request), "totp", visitor.user.login, {"secret": secret})
    return SecretAnswer(step=step, secret=secret, address=setup_address(secret, visitor.user.login))


@router.post("/codes/confirm", dependencies=[Own], responses={404: {"model": Problem}, **WRONG})
def confirm_codes(request: Request, visitor: Person, body: CodeBody) -> CodesAnswer:
    """Turn one-time codes on and return the recovery codes."""
    console = console_of(request)
    step = find_step(console, "totp", body.step)
    if step is None or step.login != visitor.user.login:
        raise Absent
    codes = turn_codes_on(console, visitor, step.data["secret"], body.code)
    finish_step(console, body.step)
    return CodesAnswer(recovery_codes=list(codes))


@router.post("/codes/off", status_code=204, dependencies=[Own], responses={404: {"model": Problem}, **WRONG})
def stop_codes(request: Request, visitor: Person, body: PresentBody) -> Response:
    """Turn one-time codes off."""
    console = console_of(request)
    require_password(console, visitor, body.present, address_of(request))
    turn_codes_off(console, visitor)
    return Response(status_code=204)


@router.get("/passkeys")
def list_passkeys(request: Request, visitor: Person) -> PasskeysAnswer:
    """Return one's own passkeys."""
    with console_of(request).database.read() as session:
        found = load_passkeys(session, visitor.user.login)
    rows = [PasskeyRow(**{name: getattr(one, name) for name in PasskeyRow.model_fields}) for one in found]
    return PasskeysAnswer(passkeys=rows)


@router.delete("/passkeys/{credential_id}", status_code=204, dependencies=[Own], responses={404: {"model": Problem}})
def remove_passkey(request: Request, visitor: Person, credential_id: str) -> Response:
    """Forget one of one's own passkeys."""
    drop_passkey(console_of(request), visitor, credential_id)
    return Response(status_code=204)


@router.get("/sessions")
def list_sessions(request: Request, visitor: Person) -> SessionsAnswer:
    """Return one's own open sessions."""
    console = console_of(request)
    with console.database.read() as session:
        found = load_open_sessions(session, visitor.user.login, console.services.clock(), console.settings.session_idle)
    return SessionsAnswer(sessions=[session_row(one) for one in found])


@router.delete("/sessions/{session_id}", status_code=204, dependencies=[Own], responses={404: {"model": Problem}})
def end_own_session(request: Request, visitor: Person, session_id: str) -> Response:
    """End one of one's own sessions."""
    end_session(console_of(request), visitor.user.login, visitor.user.login, session_id)
    return Response(status_code=204)


@router.get("/tokens")
def list_tokens(request: Request, visitor: Person) -> TokensAnswer:
    """Return one's own API tokens."""
    with console_of(request).database.read() as session:
        return TokensAnswer(tokens=[token_row(one) for one in load_tokens(session, visitor.user.login)])


@router.post("/tokens", status_code=201, dependencies=[Own], responses=WRONG)
def make_own_token(request: Request, visitor: Person, body: TokenBody) -> MadeToken:
    """Make an API token. A token cannot make tokens."""
    token, kept = make_token(console_of(request), visitor, name=body.name, scopes=body.scopes, days=body.days)
    return MadeToken(**token_row(kept).model_dump(), token=token)


@router.delete("/tokens/{token_id}", status_code=204, dependencies=[Own], responses={404: {"model": Problem}})
def revoke_own_token(request: Request, visitor: Person, token_id: str) -> Response:
    """Revoke one of one's own tokens."""
    drop_token(console_of(request), visitor.user.login, token_id, visitor.user.login)
    return Response(status_code=204)
