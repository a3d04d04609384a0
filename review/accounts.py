"""Acts on accounts, each with its audit row: invite, change, lock out, mailed links, lost second factors, sessions."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from alerts.account_mail import KIND, AccountMailKind, account_mail_key, build_account_mail
from alerts.errors import AlertError
from alerts.headers import plain_address
from alerts.message import wire_bytes
from review.console import Console
from review.errors import Absent, WrongField
from review.languages import LANGUAGES
from review.languages import message as _
from review.passwords import MAXIMUM_LENGTH, MINIMUM_LENGTH, WeakPassword, hash_password, is_common
from review.sessions import digest
from storage.api_tokens import revoke_tokens_of
from storage.audit import record_audit
from storage.errors import AlreadyThere, NotFound
from storage.factors import remove_factors
from storage.mail_people import address_id_of
from storage.outbox import NewMail, queue_mail
from storage.tickets import TicketKind, close_tickets, count_tickets, load_ticket, open_ticket
from storage.users import (
    Role,
    User,
    add_user,
    change_password,
    change_user,
    close_session_named,
    close_sessions_of,
    disable_user,
    enable_user,
    load_password_hash,
    load_user,
    load_user_by_email,
    load_users,
)

ROLES: Final[tuple[Role, ...]] = get_args(Role)
TICKET_LENGTHS: Final[dict[TicketKind, timedelta]] = {"invite": timedelta(hours=72), "reset": timedelta(hours=1)}
# A mailbox is not to be flooded by whoever knows its address.
RESETS_PER_HOUR: Final = 3
MAX_NAME: Final = 200

SHORT: Final = _("A password has %(least)s to %(most)s characters.")
COMMON: Final = _("This password is among the most common ones, or is your log-in name. Choose another.")
TAKEN: Final = _("There is an account with this log-in name or mail address already.")
NO_ADDRESS: Final = _("This is not one plain mail address.")
NO_LOGIN: Final = _("A log-in name has 2 to 60 letters, digits, dots, hyphens or underscores.")
NO_NAME: Final = _("A name has 1 to %(most)s characters.")
UNKNOWN: Final = _("Choose one of the values offered.")
NO_BRANDS: Final = _("A brand viewer needs at least one brand.")
LAST_ADMINISTRATOR: Final = _("This is the last administrator; make another one first.")
NO_MAIL: Final = _("This account has no mail address.")


def audit(session: Any, console: Console, actor: str, action: str, subject: str, **data: object) -> None:
    """Add the act's row to the audit trail, in the transaction of the act itself."""
    record_audit(session, console.services.clock(), actor, action, subject, data)


def checked_hash(login: str, password: str, field: str = "password") -> str:
    """Return the hash of a new password; raise WrongField for one that is short, long or guessed first."""
    if is_common(password, login):
        raise WrongField(field, COMMON)
    try:
        return hash_password(password)
    except WeakPassword:
        raise WrongField(field, SHORT, least=MINIMUM_LENGTH, most=MAXIMUM_LENGTH) from None


def checked_name(name: str) -> str:
    """Return a name as it is kept; raise WrongField for an empty, long or unprintable one."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise WrongField("name", NO_NAME, most=MAX_NAME)
    return name


def _checked_address(email: str) -> str:
    try:
        return plain_address(email.strip())
    except AlertError:
        raise WrongField("email", NO_ADDRESS) from None


def _checked_role(role: str, brands: Sequence[str], language: str) -> tuple[Role, tuple[str, ...]]:
    if role not in ROLES:
        raise WrongField("role", UNKNOWN)
    if language not in LANGUAGES:
        raise WrongField("language", UNKNOWN)
    kept = tuple(dict.fromkeys(brand.strip() for brand in brands if brand.strip())) if role == "brand_viewer" else ()
    if role == "brand_viewer" and not kept:
        raise WrongField("brands", NO_BRANDS)
    return role, kept


def _mail_ticket(session: Any, console: Console, user: User, kind: AccountMailKind, actor: str) -> datetime:
    """Make a ticket and put its mail into the outbox in one transaction; return until when it works."""
    if user.email is None:
        raise WrongField("email", NO_MAIL)
    token, now, length = secrets.token_urlsafe(32), console.services.clock(), TICKET_LENGTHS[kind]
    open_ticket(session, digest(token), user.login, kind, actor, now, now + length)
    key = account_mail_key(kind, digest(token))
    message = build_account_mail(
        kind, name=user.name, login=user.login, language=user.language,
        link=f"{console.settings.console_url.rstrip('/')}/welcome/{token}", hours=int(length.total_seconds() // 3600),
        sender_address=console.settings.mail_from, recipient=user.email, key=key, at=now,
    )  # fmt: skip
    mail = NewMail(
        key=key, address_id=address_id_of(user.email), recipient=user.email, owner="", brand="", kind=KIND,
        message_id=str(message["Message-ID"]), subject=str(message["Subject"]), message=wire_bytes(message),
    )  # fmt: skip
    queue_mail(session, mail, now)
    return now + length


def invite(
    console: Console, actor: str, *, login: str, name: str, email: str, role: str, brands: Sequence[str], language: str
) -> User:
    """Make an account without a password and mail the link that sets one; raise WrongField."""
    login = login.strip()
    if not 2 <= len(login) <= 60 or not all(sign.isalnum() or sign in "._-" for sign in login):
        raise WrongField("login", NO_LOGIN)
    checked, kept = _checked_role(role, brands, language)
    name, email = checked_name(name), _checked_address(email)
    with console.database.write() as session:
        try:
            user = add_user(session, login, name, checked, "", console.services.clock(), kept, language, email)
        except AlreadyThere:
            raise WrongField("login", TAKEN) from None
        _mail_ticket(session, console, user, "invite", actor)
        audit(session, console, actor, "user.invite", login, role=role, brands=list(kept))
    return user


def change(
    console: Console, actor: str, login: str, *, name: str, email: str, role: str, brands: Sequence[str], language: str
) -> User:
    """Change what an account is; raise WrongField or Absent. A smaller role ends its sessions."""
    checked, kept = _checked_role(role, brands, language)
    name, address = checked_name(name), _checked_address(email) if email.strip() else None
    with console.database.write() as session:
        if checked != "administrator":
            _require_other_administrator(session, login)
        try:
            before, after = change_user(
                session, login, console.services.clock(),
                name=name, role=checked, brands=kept, language=language, email=address,
            )  # fmt: skip
        except NotFound:
            raise Absent from None
        except AlreadyThere:
            raise WrongField("email", TAKEN) from None
        changed = {
            field: [_plain(getattr(before, field)), _plain(getattr(after, field))]
            for field in ("name", "role", "brands", "language", "email")
            if getattr(before, field) != getattr(after, field)
        }
        if changed:
            audit(session, console, actor, "user.change", login, **changed)
    return after


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _require_other_administrator(session: Any, login: str) -> None:
    administrators = {user.login for user in load_users(session) if user.active and user.role == "administrator"}
    if administrators == {login}:
        raise WrongField("role", LAST_ADMINISTRATOR)


def _find(session: Any, login: str) -> User:
    user = load_user(session, login)
    if user is None:
        raise Absent
    return user


def disable(console: Console, actor: str, login: str) -> None:
    """Lock an account out at once: its sessions, tokens and tickets end."""
    now = console.services.clock()
    with console.database.write() as session:
        _find(session, login)
        _require_other_administrator(session, login)
        disable_user(session, login, now)
        revoke_tokens_of(session, login, now)
        close_tickets(session, login, now)
        audit(session, console, actor, "user.disable", login)


def enable(console: Console, actor: str, login: str) -> None:
    """Let a disabled account in again."""
    with console.database.write() as session:
        _find(session, login)
        enable_user(session, login)
        audit(session, console, actor, "user.enable", login)


def send_reset(console: Console, actor: str, login: str) -> datetime:
    """Mail a link for a new password to an account and return until when it works; the present one stays till then."""
    with console.database.write() as session:
        user = _find(session, login)
        has_password = load_password_hash(session, login) is not None
        until = _mail_ticket(session, console, user, "reset" if has_password else "invite", actor)
        audit(session, console, actor, "user.reset", login)
    return until


def ask_reset(console: Console, email_or_login: str) -> None:
    """Mail a link for a new password to whoever asked, if there is such an account. Says nothing either way."""
    wanted, now = email_or_login.strip()[:254], console.services.clock()
    with console.database.write() as session:
        user = load_user_by_email(session, wanted) if "@" in wanted else load_user(session, wanted)
        if user is None or not user.active or user.email is None:
            return
        if count_tickets(session, user.login, now - timedelta(hours=1)) >= RESETS_PER_HOUR:
            return
        _mail_ticket(session, console, user, "reset", user.login)
        audit(session, console, user.login, "user.reset_asked", user.login)


def redeem(console: Console, token: str, password: str) -> str:
    """Set the password that a mailed link allows and return the log-in name; raise Absent for a worthless link."""
    now = console.services.clock()
    with console.database.read() as session:
        ticket = load_ticket(session, digest(token), now)
        user = None if ticket is None else load_user(session, ticket.login)
    if ticket is None or user is None or not user.active:
        raise Absent
    stored = checked_hash(ticket.login, password)
    with console.database.write() as session:
        if load_ticket(session, digest(token), now) is None:
            raise Absent
        close_tickets(session, ticket.login, now)
        change_password(session, ticket.login, stored, now)
        audit(session, console, ticket.login, "user.password", ticket.login, by=ticket.kind)
    return ticket.login


def drop_factors(console: Console, actor: str, login: str) -> None:
    """Forget every second factor of an account whose holder lost them; its sessions end."""
    with console.database.write() as session:
        _find(session, login)
        remove_factors(session, login)
        close_sessions_of(session, login, console.services.clock())
        audit(session, console, actor, "user.factors_off", login)


def end_session(console: Console, actor: str, login: str, session_id: str) -> None:
    """End one session of an account."""
    with console.database.write() as session:
        if not close_session_named(session, login, session_id, console.services.clock()):
            raise Absent
        audit(session, console, actor, "session.end", login, session_id=session_id)


def end_sessions(console: Console, actor: str, login: str) -> None:
    """End every session of an account."""
    with console.database.write() as session:
        _find(session, login)
        close_sessions_of(session, login, console.services.clock())
        audit(session, console, actor, "session.end_all", login)
