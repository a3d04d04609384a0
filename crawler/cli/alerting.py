"""markwatch alerts: the mails to brand owners."""

from typing import Annotated

import typer

from alerts.send import preview as preview_mail
from alerts.send import queue_digests, send_due
from crawler.cli.options import DbOption, database, now, say
from crawler.config import Settings
from crawler.errors import BadInput, CommandError
from crawler.mailing import market_titles, sender_of

commands = typer.Typer(help="The mails to brand owners.", no_args_is_help=True)
# Not every mail could be sent; the rest is done and the failed ones stay queued.
PARTLY_DONE = 4


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="alerts")


@commands.command(epilog="Example: markwatch alerts send")
def send(*, db: DbOption = None) -> None:
    """Queue one digest per brand owner with news, and send what is queued (SMTP, else .eml files)."""
    settings = Settings()
    with database(db) as opened:
        queued = queue_digests(opened, now(), settings.mail_from, settings.console_url, market_titles=market_titles())
        counts = send_due(opened, sender_of(settings), now())
    say(f"digests queued {queued}, mails sent {counts.sent}, failed {counts.failed}")
    if counts.failed and counts.sent:
        raise typer.Exit(PARTLY_DONE)
    if counts.failed:
        raise CommandError("no mail could be sent; they stay queued and are tried again")


@commands.command(epilog='Example: markwatch alerts preview "Hanamori Cosmetics" > mail.eml')
def preview(
    owner: Annotated[str, typer.Argument(help="Owner's name as in the watch list.")], *, db: DbOption = None
) -> None:
    """Print the digest that the owner would get now, as a mail file; nothing is queued."""
    settings = Settings()
    with database(db) as opened:
        message = preview_mail(
            opened, owner, now(), settings.mail_from, settings.console_url, market_titles=market_titles()
        )
    if message is None:
        raise BadInput(f"owner {owner!r}: nothing new to report, so no mail would be sent")
    print(message.as_string())
