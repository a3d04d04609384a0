"""One's own account: name, password, one-time codes, passkeys, sessions, API tokens."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from review import wording
from review.accounts import audit, end_session
from review.console import console_of, reading_of, render
from review.errors import Absent, Refusal, WrongField
from review.languages import message as _
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
from review.passkeys import check_new, options_to_add, place_of
from review.second_factor import new_secret, qr_code, setup_address
from review.sessions import ACTS, Person, Visitor, address_of, cookie_name, drop_cookie, from_own_form, set_cookie
from review.signing_in import STEP_LENGTH, begin_step, find_step, finish_step
from storage.api_tokens import SCOPES, load_tokens
from storage.factors import add_passkey, count_recovery_codes, load_passkeys, load_totp
from storage.users import load_open_sessions

router = APIRouter(include_in_schema=False)
OWN_STEP: Final = "markwatch-own"
MAX_PASSKEYS: Final = 20
# What the page says after an act, by the word in its address.
DONE: Final = {
    "saved": _("Saved."),
    "codes": _("One-time codes are off."),
    "passkey": _("The passkey can be used from now on."),
    "removed": _("The passkey is removed."),
    "ended": _("The session has ended."),
    "revoked": _("The token works no longer."),
}
TOO_MANY: Final = _("This account has %(most)s passkeys. Remove one first.")
Form_ = Depends(from_own_form)


def _page(request: Request, visitor: Visitor, status: int = 200, /, **more: object) -> Response:
    console, login, now = console_of(request), visitor.user.login, console_of(request).services.clock()
    with console.database.read() as session:
        content = {
            "codes_on": load_totp(session, login) is not None,
            "codes_left": count_recovery_codes(session, login),
            "passkeys": load_passkeys(session, login),
            "sessions": load_open_sessions(session, login, now, console.settings.session_idle),
            "tokens": [one for one in load_tokens(session, login) if one.revoked_at is None],
        }
    done = DONE.get(request.query_params.get("done", ""), "")
    return render(
        request, "me.html", status,
        **content, now=now, means=wording.MEANS, roles=wording.ROLES, scope_words=wording.SCOPES,
        scopes=[scope for scope in SCOPES if scope in ACTS[visitor.user.role]],
        can_passkey=place_of(request) is not None,
        done=reading_of(request).translate(done), **{"problem": "", "at": "", "made": "", **more},
    )  # fmt: skip


def _refused(request: Request, visitor: Visitor, refusal: WrongField, at: str) -> Response:
    words = reading_of(request).translate(refusal.sentence) % refusal.facts
    return _page(request, visitor, 422, problem=words, at=at)


def _back(done: str) -> Response:
    return RedirectResponse(f"/me?done={done}", 303)


@router.get("/me")
def show_me(request: Request, visitor: Person) -> Response:
    """Show one's own account."""
    return _page(request, visitor)


@router.post("/me", dependencies=[Form_])
def take_me(
    request: Request, visitor: Person, name: Annotated[str, Form()] = "", language: Annotated[str, Form()] = ""
) -> Response:
    """Change one's own name and language."""
    try:
        change_self(console_of(request), visitor, name=name, language=language)
    except WrongField as refusal:
        return _refused(request, visitor, refusal, "person")
    return _back("saved")


@router.post("/me/password", dependencies=[Form_])
def take_password(
    request: Request,
    visitor: Person,
    present: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Change one's own password; every session of the account ends."""
    try:
        set_own_password(console_of(request), visitor, present, password, address_of(request))
    except WrongField as refusal:
        return _refused(request, visitor, refusal, "password")
    return RedirectResponse("/login", 303)


@router.post("/me/codes", dependencies=[Form_])
def start_codes(request: Request, visitor: Person) -> Response:
    """Make a secret and show it as a QR code; nothing is asked for until a code has proved it."""
    console = console_of(request)
    token = begin_step(console, "totp", visitor.user.login, {"secret": new_secret()})
    response = RedirectResponse("/me/codes", 303)
    set_cookie(console, response, OWN_STEP, token, int(STEP_LENGTH.total_seconds()))
    return response


def _secret(request: Request, visitor: Visitor) -> tuple[str, str] | None:
    console = console_of(request)
    token = request.cookies.get(cookie_name(console, OWN_STEP), "")
    step = find_step(console, "totp", token)
    return None if step is None or step.login != visitor.user.login else (token, step.data["secret"])


def _codes_page(request: Request, visitor: Visitor, secret: str, status: int = 200, problem: str = "") -> Response:
    qr = qr_code(setup_address(secret, visitor.user.login))
    groups = " ".join(secret[index : index + 4] for index in range(0, len(secret), 4))
    return render(request, "me_codes.html", status, qr=qr, secret=groups, problem=problem, codes=())


@router.get("/me/codes")
def show_codes(request: Request, visitor: Person) -> Response:
    """Show the QR code of the secret that is being set up."""
    found = _secret(request, visitor)
    return RedirectResponse("/me", 303) if found is None else _codes_page(request, visitor, found[1])


@router.post("/me/codes/confirm", dependencies=[Form_])
def take_codes(request: Request, visitor: Person, code: Annotated[str, Form()] = "") -> Response:
    """Turn one-time codes on with a first right code, and show the recovery codes once."""
    console, found = console_of(request), _secret(request, visitor)
    if found is None:
        return RedirectResponse("/me", 303)
    try:
        codes = turn_codes_on(console, visitor, found[1], code[:40])
    except WrongField as refusal:
        words = reading_of(request).translate(refusal.sentence) % refusal.facts
        return _codes_page(request, visitor, found[1], 422, words)
    finish_step(console, found[0])
    response = render(request, "me_codes.html", qr=None, secret="", problem="", codes=codes)
    drop_cookie(console, response, OWN_STEP)
    return response


@router.post("/me/codes/off", dependencies=[Form_])
def stop_codes(request: Request, visitor: Person, present: Annotated[str, Form()] = "") -> Response:
    """Turn one-time codes off; the password is asked for again."""
    console = console_of(request)
    try:
        require_password(console, visitor, present, address_of(request))
    except WrongField as refusal:
        return _refused(request, visitor, refusal, "codes")
    turn_codes_off(console, visitor)
    return _back("codes")


@router.post("/me/passkeys/options", dependencies=[Form_])
def start_passkey(request: Request, visitor: Person) -> Response:
    """Return what the browser asks its authenticator to make a passkey."""
    console, place = console_of(request), place_of(request)
    if place is None:
        raise Absent
    with console.database.read() as session:
        known = load_passkeys(session, visitor.user.login)
    options, challenge = options_to_add(place, visitor.user, known)
    response = Response(options, media_type="application/json")
    token = begin_step(console, "passkey_add", visitor.user.login, {"challenge": challenge})
    set_cookie(console, response, OWN_STEP, token, int(STEP_LENGTH.total_seconds()))
    return response


@router.post("/me/passkeys", dependencies=[Form_])
def take_passkey(
    request: Request, visitor: Person, answer: Annotated[str, Form()] = "", name: Annotated[str, Form()] = ""
) -> Response:
    """Keep the passkey that the browser made."""
    console, place, login = console_of(request), place_of(request), visitor.user.login
    token = request.cookies.get(cookie_name(console, OWN_STEP), "")
    step = find_step(console, "passkey_add", token)
    if place is None or step is None or step.login != login or not finish_step(console, token):
        raise Absent
    try:
        made = check_new(place, step.data["challenge"], answer)
    except Refusal:
        return _page(request, visitor, 422, problem=reading_of(request).translate(PASSKEY_REFUSED), at="passkeys")
    with console.database.write() as session:
        if len(load_passkeys(session, login)) >= MAX_PASSKEYS:
            return _refused(request, visitor, WrongField("name", TOO_MANY, most=MAX_PASSKEYS), "passkeys")
        label = " ".join(name.split())[:60] or request.headers.get("user-agent", "")[:60]
        at = console.services.clock()
        if add_passkey(session, login, made.credential_id, made.public_key, made.sign_count, label, at):
            audit(session, console, login, "user.passkey_on", login, name=label)
    return _back("passkey")


PASSKEY_REFUSED: Final = _("The authenticator's answer does not fit. Try again.")


@router.post("/me/passkeys/{credential_id}/remove", dependencies=[Form_])
def remove_own_passkey(request: Request, visitor: Person, credential_id: str) -> Response:
    """Forget one of one's own passkeys."""
    drop_passkey(console_of(request), visitor, credential_id)
    return _back("removed")


@router.post("/me/sessions/{session_id}/end", dependencies=[Form_])
def end_own_session(request: Request, visitor: Person, session_id: str) -> Response:
    """End one of one's own sessions."""
    end_session(console_of(request), visitor.user.login, visitor.user.login, session_id)
    return _back("ended")


@router.post("/me/tokens", dependencies=[Form_])
def take_token(
    request: Request,
    visitor: Person,
    name: Annotated[str, Form()] = "",
    scope: Annotated[list[str] | None, Form()] = None,
    days: Annotated[str, Form()] = "90",
) -> Response:
    """Make an API token and show it once."""
    length = int(days) if days.isascii() and days.isdecimal() and 1 <= int(days) <= 3650 else None
    try:
        made, _kept = make_token(console_of(request), visitor, name=name, scopes=scope or [], days=length)
    except WrongField as refusal:
        return _refused(request, visitor, refusal, "tokens")
    return _page(request, visitor, made=made, at="tokens")


@router.post("/me/tokens/{token_id}/revoke", dependencies=[Form_])
def revoke_own_token(request: Request, visitor: Person, token_id: str) -> Response:
    """Revoke one of one's own tokens."""
    drop_token(console_of(request), visitor.user.login, token_id, visitor.user.login)
    return _back("revoked")
