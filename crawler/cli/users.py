"""markwatch users: who may log in to the console."""

import os
import sys
from getpass import getpass
from typing import Annotated, cast, get_args

import typer

from crawler.cli.options import DbOption, JsonOption, database, now, print_rows, say
from crawler.errors import BadInput
from review.passwords import WeakPassword, hash_password
from storage.audit import record_audit
from storage.users import Role, add_user, close_sessions_of, disable_user, load_user, load_users

commands = typer.Typer(help="Who may log in to the console.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="users")


@commands.command(epilog='Example: markwatch users add lan --name "Nguyễn Thị Lan" --role reviewer')
def add(
    login: Annotated[str, typer.Argument(help="Log-in name.")],
    *,
    name: Annotated[str, typer.Option("--name", help="Name as colleagues see it.")],
    role: Annotated[str, typer.Option("--role", help="reviewer, senior, operator, brand_viewer or administrator.")],
    brand: Annotated[list[str] | None, typer.Option("--brand", help="A brand viewer's brand; may be repeated.")] = None,
    language: Annotated[str, typer.Option("--language", help="vi, ja or en.")] = "vi",
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
            record_audit(session, now(), "command line", "user.add", login, {"role": role, "brands": brand or []})
    say(f"user {login} added as {role}")


@commands.command("list", epilog="Example: markwatch users list")
def list_(*, db: DbOption = None, as_json: JsonOption = False) -> None:
    """List the users."""
    with database(db) as opened, opened.read() as session:
        users = load_users(session)
    rows = [
        {"login": user.login, "name": user.name, "role": user.role, "active": user.active, "brands": list(user.brands)}
        for user in users
    ]
    print_rows(("login", "name", "role", "active", "brands"), rows, as_json=as_json)


@commands.command(epilog="Example: markwatch users disable lan")
def disable(login: Annotated[str, typer.Argument(help="Log-in name.")], *, db: DbOption = None) -> None:
    """Disable a user and end all their sessions at once."""
    with database(db) as opened, opened.write() as session:
        if load_user(session, login) is None:
            raise BadInput(f"no user {login!r}")
        disable_user(session, login, now())
        close_sessions_of(session, login, now())
        record_audit(session, now(), "command line", "user.disable", login, {})
    say(f"user {login} disabled")


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
