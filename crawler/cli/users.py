"""markwatch users: who may log in to the console."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from getpass import getpass
from typing import Annotated, cast, get_args

import typer

from crawler.cli.options import DbOption, JsonOption, database, now, print_rows, say
from crawler.config import Settings
from crawler.console import console_app
from crawler.errors import BadInput
from review import accounts
from review.console import Console
from review.errors import Absent, WrongField
from review.own_account import drop_token
from review.passwords import WeakPassword, hash_password
from storage.api_tokens import load_tokens
from storage.audit import record_audit
from storage.users import Role, User, add_user, load_open_sessions, load_user, load_users

ACTOR = "command line"
Login = Annotated[str, typer.Argument(help="Log-in name.")]
NameOption = Annotated[str, typer.Option("--name", help="Name as colleagues see it.")]
RoleOption = Annotated[str, typer.Option("--role", help="reviewer, senior, operator, brand_viewer or administrator.")]
BrandOption = Annotated[list[str] | None, typer.Option("--brand", help="A brand viewer's brand; may be repeated.")]
LanguageOption = Annotated[str, typer.Option("--language", help="vi, ja or en.")]

commands = typer.Typer(help="Who may log in to the console.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="users")


@commands.command(epilog='Example: markwatch users add lan --name "Nguyễn Thị Lan" --role reviewer')
def add(
    login: Login,
    *,
    name: NameOption,
    role: RoleOption,
    brand: BrandOption = None,
    language: LanguageOption = "vi",
    db: DbOption = None,
) -> None:
    """Add a user; the password is asked for, or read from MARKWATCH_NEW_PASSWORD or standard input."""
    if role not in get_args(Role):
        raise BadInput(f"--role: {role!r} is none of {', '.join(get_args(Role))}")
    if language not in {"vi", "ja", "en"}:
        raise BadInput(f"--language: {language!r} is none of vi, ja, en")
    if role == "brand_viewer" and not brand:
        raise BadInput("--brand: a brand viewer needs at least one brand")
    with database(db) as opened:
        with opened.read() as session:
            if load_user(session, login) is not None:
                raise BadInput(f"user {login!r} exists already")
        try:
            password_hash = hash_password(_password())
        except WeakPassword as problem:
            raise BadInput(str(problem)) from None
        with opened.write() as session:
            add_user(
                session,
                login=login,
                name=name,
                role=cast("Role", role),
                password_hash=password_hash,
                at=now(),
                brands=tuple(brand or ()),
                language=language,
            )
            record_audit(session, now(), ACTOR, "user.add", login, {"role": role, "brands": brand or []})
    say(f"user {login} added as {role}")


@commands.command("list", epilog="Example: markwatch users list")
def list_(*, db: DbOption = None, as_json: JsonOption = False) -> None:
    """List the users."""
    with database(db) as opened, opened.read() as session:
        users = load_users(session)
    rows = [
        {
            "login": user.login,
            "name": user.name,
            "role": user.role,
            "active": user.active,
            "brands": list(user.brands),
            "email": user.email,
        }
        for user in users
    ]
    print_rows(("login", "name", "role", "active", "brands", "email"), rows, as_json=as_json)


@commands.command(epilog="Example: markwatch users disable lan")
def disable(login: Login, *, db: DbOption = None) -> None:
    """Disable a user; their sessions, API tokens and mailed links end at once."""
    _act(db, login, accounts.disable)
    say(f"user {login} disabled")


@commands.command(epilog="Example: markwatch users enable lan")
def enable(login: Login, *, db: DbOption = None) -> None:
    """Let a disabled user log in again."""
    _act(db, login, accounts.enable)
    say(f"user {login} enabled")


@commands.command(epilog='Example: markwatch users invite mai --name "Mai" --email mai@office.example --role reviewer')
def invite(
    login: Login,
    *,
    name: NameOption,
    email: Annotated[str, typer.Option("--email", help="Where the invitation goes.")],
    role: RoleOption,
    brand: BrandOption = None,
    language: LanguageOption = "vi",
    db: DbOption = None,
) -> None:
    """Make an account and put its invitation into the outbox; `markwatch alerts send` mails it."""
    with _console(db) as console, _said_plainly():
        accounts.invite(
            console, ACTOR, login=login, name=name, email=email, role=role, brands=brand or [], language=language
        )
    say(f"user {login} invited at {email}; markwatch alerts send mails it")


@commands.command(epilog="Example: markwatch users change lan --role senior")
def change(
    login: Login,
    *,
    name: Annotated[str | None, typer.Option("--name", help="Name as colleagues see it.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="Mail address; an empty one removes it.")] = None,
    role: Annotated[str | None, typer.Option("--role", help="The new role; ends the open sessions.")] = None,
    brand: BrandOption = None,
    language: Annotated[str | None, typer.Option("--language", help="vi, ja or en.")] = None,
    db: DbOption = None,
) -> None:
    """Change what an account is; what is not named stays."""
    with _console(db) as console, _said_plainly():
        user = _known(console, login)
        accounts.change(
            console, ACTOR, login, name=name or user.name, email=user.email or "" if email is None else email,
            role=role or user.role, brands=user.brands if brand is None else brand, language=language or user.language,
        )  # fmt: skip
    say(f"user {login} changed")


@commands.command(epilog="Example: markwatch users reset lan")
def reset(login: Login, *, db: DbOption = None) -> None:
    """Put a mail with a link for a new password into the outbox; `markwatch alerts send` mails it."""
    _act(db, login, accounts.send_reset)
    say(f"a link for a new password waits for {login}; markwatch alerts send mails it")


@commands.command(epilog="Example: markwatch users forget lan")
def forget(login: Login, *, db: DbOption = None) -> None:
    """Forget one-time codes, passkeys and identities of a user who lost them; their sessions end."""
    _act(db, login, accounts.drop_factors)
    say(f"codes and passkeys of {login} are forgotten")


@commands.command(epilog="Example: markwatch users sessions lan --end")
def sessions(
    login: Login,
    *,
    end: Annotated[bool, typer.Option("--end", help="End all of them.")] = False,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """List a user's open sessions, or end them."""
    if end:
        _act(db, login, accounts.end_sessions)
        say(f"sessions of {login} ended")
        return
    with _console(db) as console, console.database.read() as session:
        _known(console, login)
        rows = [asdict(one) for one in load_open_sessions(session, login, now())]
    print_rows(("session_id", "opened_at", "touched_at", "means", "address", "agent"), rows, as_json=as_json)


@commands.command(epilog="Example: markwatch users tokens lan --revoke 4f0c2a1b9d3e")
def tokens(
    login: Login,
    *,
    revoke: Annotated[str | None, typer.Option("--revoke", metavar="ID", help="End this token.")] = None,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """List a user's API tokens, or revoke one. Tokens are made in the console, under My account."""
    with _console(db) as console, _said_plainly():
        _known(console, login)
        if revoke is not None:
            drop_token(console, ACTOR, revoke, login)
            say(f"token {revoke} of {login} revoked")
            return
        with console.database.read() as session:
            rows = [asdict(one) for one in load_tokens(session, login)]
    columns = ("token_id", "name", "scopes", "made_at", "expires_at", "used_at", "revoked_at")
    print_rows(columns, rows, as_json=as_json)


@contextmanager
def _console(db: str | None) -> Iterator[Console]:
    """Give the console's parts, so that a command does what the button of the same name does."""
    with database(db) as opened:
        yield console_app(opened, Settings(), secure_cookies=False).state.console


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Turn the console's refusals into the command line's errors."""
    try:
        yield
    except WrongField as refusal:
        raise BadInput(f"{refusal.field}: {refusal}") from None
    except Absent:
        raise BadInput("there is no such user, session or token") from None


def _known(console: Console, login: str) -> User:
    with console.database.read() as session:
        user = load_user(session, login)
    if user is None:
        raise BadInput(f"no user {login!r}")
    return user


def _act(db: str | None, login: str, act: Callable[[Console, str, str], object]) -> None:
    with _console(db) as console, _said_plainly():
        _known(console, login)
        act(console, ACTOR, login)


def _password() -> str:
    given = os.environ.get("MARKWATCH_NEW_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass("New password: ")
    if getpass("Once more: ") != first:
        raise BadInput("password: the two entries differ")
    return first
