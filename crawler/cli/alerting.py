"""markwatch alerts: the mails to brand owners."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from alerts.bounces import take_bounce
from alerts.message import wire_bytes
from alerts.preview import preview_mail, queue_sample
from alerts.sending import send_due
from crawler.cli.options import DbOption, JsonOption, database, now, print_rows, say
from crawler.cli.recipients import ACTOR, prefer, recipients, rule
from crawler.config import Settings
from crawler.errors import BadInput, CommandError
from crawler.mailing import house_of, send_round, sender_of
from storage.errors import NotFound
from storage.mail_people import address_id_of, allow_address, load_mail_events, load_pause, resume_stream
from storage.outbox import load_mails

commands = typer.Typer(help="The mails to brand owners.", no_args_is_help=True)
# Not every mail could be sent; the rest is done and the failed ones stay queued.
PARTLY_DONE = 4
# The brands' stream is paused: a monitor failed.
PAUSED = 3

KindName = Literal["urgent", "digest", "monthly", "account"]
LanguageName = Literal["ja", "vi", "en"]
OwnerArgument = Annotated[str, typer.Argument(help="Owner's name as in the watch list.")]
BrandOption = Annotated[
    str | None, typer.Option("--brand", help="Brand's name as in the watch list; default the owner's first.")
]
KindOption = Annotated[KindName, typer.Option("--kind", help="What to make.")]
LanguageOption = Annotated[
    LanguageName | None, typer.Option("--language", help="Instead of the recipient's own language.")
]


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    commands.command(epilog="Example: markwatch alerts recipients --json")(recipients)
    commands.command(epilog="Example: markwatch alerts prefer ip@hana.example Hana HANA digest --hour 8")(prefer)
    commands.command(epilog='Example: markwatch alerts rule "Hanamori Cosmetics" HANAMORI --urgent-score 0.95')(rule)
    app.add_typer(commands, name="alerts")


@commands.command(epilog="Example: markwatch alerts send")
def send(*, db: DbOption = None, as_json: JsonOption = False) -> None:
    """Queue every mail that is due and has news, and send what is queued (SMTP, else .eml files).

    A digest is due at its recipient's hour; what is released later waits for the next one. The
    scheduler does the same every five minutes.
    """
    with database(db) as opened:
        done = send_round(opened, Settings(), now())
    queued, sent = done.queued, done.sent
    if as_json:
        row = {name: getattr(queued, name) for name in ("urgent", "digest", "monthly", "account")}
        row |= {name: getattr(sent, name) for name in ("sent", "waiting", "maybe", "given_up", "suppressed")}
        print_rows((), [{**row, "paused": queued.is_paused or sent.is_paused}], as_json=True)
    say(
        f"queued: urgent {queued.urgent}, digests {queued.digest}, monthly {queued.monthly}, account {queued.account}; "
        f"sent {sent.sent}, tried again {sent.waiting} (maybe sent {sent.maybe}), given up {sent.given_up}, "
        f"not wanted {sent.suppressed}"
    )
    if queued.is_paused or sent.is_paused:
        say("the mails to brand owners are paused; see: markwatch alerts log --events, then: markwatch alerts resume")
        raise typer.Exit(PAUSED)
    failed = sent.waiting + sent.given_up
    if failed and sent.sent:
        raise typer.Exit(PARTLY_DONE)
    if failed:
        raise CommandError("no mail could be sent; they stay queued and are tried again")


@commands.command(
    epilog='Example: markwatch alerts preview "Hanamori Cosmetics" --kind urgent --language en > mail.eml'
)
def preview(
    owner: OwnerArgument,
    *,
    brand: BrandOption = None,
    kind: KindOption = "digest",
    language: LanguageOption = None,
    to: Annotated[str | None, typer.Option("--to", help="As this recipient would get it.")] = None,
    db: DbOption = None,
) -> None:
    """Print the mail that a recipient would get now, as a mail file; nothing is queued or marked."""
    with database(db) as opened:
        at = now()
        house = house_of(Settings(), opened, at)
        message = preview_mail(opened, owner, brand, kind, at, house, language=language, address=to)
    if message is None:
        raise BadInput(f"owner {owner!r}: nothing new to report, so no mail would be sent")
    print(wire_bytes(message).decode("ascii").replace("\r\n", "\n"), end="")


@commands.command(epilog='Example: markwatch alerts sample "Hanamori Cosmetics" --to lan@agency.example')
def sample(
    owner: OwnerArgument,
    *,
    to: Annotated[str, typer.Option("--to", help="Address of a member of staff.")],
    brand: BrandOption = None,
    kind: KindOption = "digest",
    language: LanguageOption = None,
    db: DbOption = None,
) -> None:
    """Send somebody of staff the mail that a brand owner would get, marked as a sample; nothing is marked as told."""
    settings = Settings()
    with database(db) as opened:
        at = now()
        house = house_of(settings, opened, at)
        mail = queue_sample(opened, owner, brand, kind, at, house, recipient=to, language=language)
        if mail is None:
            raise BadInput(f"owner {owner!r}: nothing new to report, so there is nothing to show")
        counts = send_due(opened, sender_of(settings), at)
    say(f"sample to {to}: {mail.subject}")
    if not counts.sent:
        raise CommandError("it could not be sent now; it stays queued and is tried again")


@commands.command(epilog="Example: markwatch alerts log --to ip@hanamori.example")
def log(
    *,
    to: Annotated[str | None, typer.Option("--to", help="Only mails to this address.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only mails about this owner's brands.")] = None,
    events: Annotated[bool, typer.Option("--events", help="What staff must know instead of the mails.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the last mails with what became of them, the newest first."""
    with database(db) as opened, opened.read() as session:
        if events:
            rows = [
                {"at": one.at, "kind": one.kind, "subject": one.subject, "text": one.text}
                for one in load_mail_events(session, limit)
            ]
            columns: Sequence[str] = ("at", "kind", "subject", "text")
        else:
            address_id = None if to is None else address_id_of(to)
            columns = ("mail_id", "queued_at", "state", "kind", "recipient", "brand", "subject", "attempts", "sent_at",
                       "due_at", "problem")  # fmt: skip
            rows = [
                {name: getattr(mail, name) for name in columns}
                for mail in load_mails(session, limit, address_id=address_id, owner=owner)
            ]
    print_rows(columns, rows, as_json=as_json)


@commands.command(epilog="Example: markwatch alerts bounces /var/mail/markwatch/new/*")
def bounces(
    files: Annotated[list[Path], typer.Argument(help="Mails that came back, one a file.")], *, db: DbOption = None
) -> None:
    """Read delivery status notifications and stop writing to addresses that bounce for good."""
    unread = 0
    with database(db) as opened:
        for path in files:
            try:
                content = path.read_bytes()
            except OSError as problem:
                raise BadInput(f"{path}: {problem.strerror}") from None
            with opened.write() as session:
                done = take_bounce(session, content, now())
            unread += not done
            for sentence in done or ("ignored: no delivery status notification",):
                say(f"{path.name}: {sentence}")
    if unread == len(files):
        raise BadInput("none of the files is a delivery status notification")


@commands.command(epilog="Example: markwatch alerts allow ip@hanamori.example")
def allow(
    address: Annotated[str, typer.Argument(help="An address that was refused or bounced.")], *, db: DbOption = None
) -> None:
    """Write to a suppressed address again; what it missed comes with its next mail."""
    with database(db) as opened, opened.write() as session:
        try:
            allow_address(session, address_id_of(address), now(), ACTOR)
        except NotFound:
            raise BadInput(f"{address!r}: no recipient has this address") from None
    say(f"{address} is written to again")


@commands.command(epilog="Example: markwatch alerts resume")
def resume(*, db: DbOption = None) -> None:
    """Go on sending to brand owners after too many mails in an hour paused it."""
    with database(db) as opened, opened.write() as session:
        paused = load_pause(session)
        if paused is None:
            raise BadInput("the mails to brand owners are not paused")
        resume_stream(session, now(), ACTOR)
    say(f"resumed; it was paused at {paused[0]:%Y-%m-%d %H:%M}Z: {paused[1]}")
