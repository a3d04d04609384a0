"""User administration: who has an account, what it may do, its sessions and tokens; and the audit trail."""

import json
from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from records.lines import iso
from review import wording
from review.accounts import (
    ROLES,
    change,
    disable,
    drop_factors,
    enable,
    end_session,
    end_sessions,
    invite,
    send_reset,
)
from review.console import Console, console_of, reading_of, render
from review.errors import Absent, WrongField
from review.languages import LANGUAGES
from review.languages import message as _
from review.own_account import drop_token
from review.sessions import Administrator, allowed, from_own_form
from storage.api_tokens import load_tokens
from storage.audit import AuditRow, load_audit_page
from storage.factors import load_passkeys, load_totp
from storage.users import load_open_sessions, load_password_hash, load_user, load_users
from storage.watchlist import load_brands

router = APIRouter(include_in_schema=False)
AUDIT_PAGE: Final = 100
DONE: Final = {
    "invited": _("The account is made and the invitation is on its way."),
    "saved": _("Saved."),
    "reset": _("A link for a new password is on its way."),
    "ended": _("The sessions have ended."),
    "revoked": _("The token works no longer."),
    "factors": _("Codes, passkeys and identities of this account are forgotten."),
    "disabled": _("The account is locked; its sessions and tokens have ended."),
    "enabled": _("The account may log in again."),
}
Form_ = Depends(from_own_form)
Brands = Annotated[list[str] | None, Form()]
Text = Annotated[str, Form()]


def _choices(console: Console) -> dict[str, object]:
    with console.database.read() as session:
        brands = [brand.name for brand in load_brands(session)]
    return {"roles": {role: wording.ROLES[role] for role in ROLES}, "brands": brands, "speech": LANGUAGES}


def _done(request: Request) -> str:
    return reading_of(request).translate(DONE.get(request.query_params.get("done", ""), ""))


def _list_page(request: Request, status: int = 200, problem: str = "", **typed: object) -> Response:
    console = console_of(request)
    with console.database.read() as session:
        users = load_users(session)
        waiting = {user.login for user in users if user.active and load_password_hash(session, user.login) is None}
        secured = {
            user.login
            for user in users
            if load_totp(session, user.login) is not None or load_passkeys(session, user.login)
        }
    values = {"login": "", "name": "", "email": "", "role": "reviewer", "language": "vi", "chosen": (), **typed}
    return render(
        request, "people.html", status,
        users=users, waiting=waiting, secured=secured, problem=problem, done=_done(request), values=values,
        **_choices(console),
    )  # fmt: skip


@router.get("/people")
def show_people(request: Request, visitor: Administrator) -> Response:  # noqa: ARG001 - who may
    """Show every account."""
    return _list_page(request)


@router.post("/people", dependencies=[Form_])
def take_invitation(
    request: Request,
    visitor: Administrator,
    login: Text = "",
    name: Text = "",
    email: Text = "",
    role: Text = "",
    language: Text = "",
    brand: Brands = None,
) -> Response:
    """Make an account and mail its invitation."""
    brands = brand or []
    try:
        user = invite(
            console_of(request), visitor.user.login,
            login=login, name=name, email=email, role=role, brands=brands, language=language,
        )  # fmt: skip
    except WrongField as refusal:
        words = reading_of(request).translate(refusal.sentence) % refusal.facts
        typed = {"login": login, "name": name, "email": email, "role": role, "language": language, "chosen": brands}
        return _list_page(request, 422, words, **typed)
    return RedirectResponse(f"/people/{user.login}?done=invited", 303)


def _person_page(request: Request, login: str, status: int = 200, problem: str = "") -> Response:
    console, now = console_of(request), console_of(request).services.clock()
    with console.database.read() as session:
        user = load_user(session, login)
        if user is None:
            raise Absent
        content = {
            "person": user,
            "has_password": load_password_hash(session, login) is not None or not user.active,
            "codes_on": load_totp(session, login) is not None,
            "passkeys": load_passkeys(session, login),
            "sessions": load_open_sessions(session, login, now, console.settings.session_idle),
            "tokens": load_tokens(session, login)[:50],
            "history": load_audit_page(session, None, 20, subject=login)[0],
        }
    return render(
        request, "person.html", status,
        **content, problem=problem, done=_done(request), means=wording.MEANS, scope_words=wording.SCOPES,
        **_choices(console),
    )  # fmt: skip


@router.get("/people/{login}")
def show_person(request: Request, visitor: Administrator, login: str) -> Response:  # noqa: ARG001 - who may
    """Show one account."""
    return _person_page(request, login)


@router.post("/people/{login}", dependencies=[Form_])
def take_person(
    request: Request,
    visitor: Administrator,
    login: str,
    name: Text = "",
    email: Text = "",
    role: Text = "",
    language: Text = "",
    brand: Brands = None,
) -> Response:
    """Change what an account is."""
    try:
        change(
            console_of(request), visitor.user.login, login,
            name=name, email=email, role=role, brands=brand or [], language=language,
        )  # fmt: skip
    except WrongField as refusal:
        return _person_page(request, login, 422, reading_of(request).translate(refusal.sentence) % refusal.facts)
    return RedirectResponse(f"/people/{login}?done=saved", 303)


def _act(request: Request, login: str, done: str, act: object, *arguments: object) -> Response:
    """Do an act on an account and go back to it; what cannot be done is said on its page."""
    try:
        act(console_of(request), *arguments)  # type: ignore[operator]  # one of the acts above
    except WrongField as refusal:
        return _person_page(request, login, 422, reading_of(request).translate(refusal.sentence) % refusal.facts)
    return RedirectResponse(f"/people/{login}?done={done}", 303)


@router.post("/people/{login}/disable", dependencies=[Form_])
def take_disable(request: Request, visitor: Administrator, login: str) -> Response:
    """Lock an account out."""
    return _act(request, login, "disabled", disable, visitor.user.login, login)


@router.post("/people/{login}/enable", dependencies=[Form_])
def take_enable(request: Request, visitor: Administrator, login: str) -> Response:
    """Let an account in again."""
    return _act(request, login, "enabled", enable, visitor.user.login, login)


@router.post("/people/{login}/reset", dependencies=[Form_])
def take_reset(request: Request, visitor: Administrator, login: str) -> Response:
    """Mail a link for a new password."""
    return _act(request, login, "reset", send_reset, visitor.user.login, login)


@router.post("/people/{login}/factors/forget", dependencies=[Form_])
def take_factors(request: Request, visitor: Administrator, login: str) -> Response:
    """Forget codes, passkeys and identities of an account whose holder lost them."""
    return _act(request, login, "factors", drop_factors, visitor.user.login, login)


@router.post("/people/{login}/sessions/end", dependencies=[Form_])
def take_sessions_end(request: Request, visitor: Administrator, login: str) -> Response:
    """End every session of an account."""
    return _act(request, login, "ended", end_sessions, visitor.user.login, login)


@router.post("/people/{login}/sessions/{session_id}/end", dependencies=[Form_])
def take_session_end(request: Request, visitor: Administrator, login: str, session_id: str) -> Response:
    """End one session of an account."""
    return _act(request, login, "ended", end_session, visitor.user.login, login, session_id)


@router.post("/people/{login}/tokens/{token_id}/revoke", dependencies=[Form_])
def take_token_revoke(request: Request, visitor: Administrator, login: str, token_id: str) -> Response:
    """Revoke a token of an account."""
    return _act(request, login, "revoked", drop_token, visitor.user.login, token_id, login)


@router.get("/audit", dependencies=[Depends(allowed("audit"))])
def show_audit(
    request: Request,
    before: Annotated[str, Query()] = "",
    subject: Annotated[str, Query()] = "",
    actor: Annotated[str, Query()] = "",
    action: Annotated[str, Query()] = "",
) -> Response:
    """Show the audit trail, the latest rows first."""
    start = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    with console_of(request).database.read() as session:
        rows, more = load_audit_page(
            session, start, AUDIT_PAGE,
            subject=subject.strip() or None, actor=actor.strip() or None, action=action.strip() or None,
        )  # fmt: skip
    values = {"subject": subject.strip(), "actor": actor.strip(), "action": action.strip()}
    return render(request, "audit.html", rows=rows, more=more, values=values, first_page=start is None)


def audit_line(row: AuditRow) -> str:
    """Return an audit row as one line of JSON, hashes included, so that the chain can be checked elsewhere."""
    values = {name: getattr(row, name) for name in AuditRow.__slots__}
    return json.dumps({**values, "at": iso(row.at), "data": dict(row.data)}, ensure_ascii=False, sort_keys=True) + "\n"


@router.get("/audit/export", dependencies=[Depends(allowed("audit"))])
def export_audit(request: Request) -> Response:
    """Send the whole audit trail as JSON Lines, oldest first."""
    console = console_of(request)

    def lines() -> Iterator[str]:
        after = 0
        while True:
            with console.database.read() as session:
                rows = load_audit_page(session, None, 1_000, after=after)[0]
            if not rows:
                return
            yield from (audit_line(row) for row in rows)
            after = rows[-1].sequence

    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return StreamingResponse(lines(), media_type="application/jsonl", headers=headers)
