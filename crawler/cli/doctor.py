"""markwatch doctor: is everything there that this installation needs."""

from dataclasses import asdict

import typer

from crawler.cli.options import DbOption, JsonOption, now, print_rows
from crawler.config import Settings
from crawler.doctor import examine
from crawler.errors import CommandError


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog="Example: markwatch doctor --json")(doctor)


def doctor(*, db: DbOption = None, as_json: JsonOption = False) -> None:
    """Look at everything an installation needs; exit code 1 when something is a problem."""
    settings = Settings()
    findings = list(examine(settings, settings.database_url(db), now()))
    print_rows(("subject", "state", "text"), map(asdict, findings), as_json=as_json)
    problems = [finding.subject for finding in findings if finding.state == "problem"]
    if problems:
        raise CommandError(f"problems: {', '.join(problems)}")
