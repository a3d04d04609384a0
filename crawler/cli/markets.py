"""markwatch markets: the access register: which ways lead into which marketplace, and who opened them."""

import getpass
from collections.abc import Mapping
from typing import Annotated

import typer

from crawler.access import allow as record_allow
from crawler.access import declared_way, row_of
from crawler.access import register as access_register
from crawler.cli.options import DbOption, JsonOption, database, now, print_rows, say
from crawler.config import Settings
from crawler.errors import BadInput
from crawler.jobs import market_class
from crawler.market_rules import purge_markets
from storage.access import end_grants
from storage.errors import DatabaseAbsent, NotFound

commands = typer.Typer(help="The marketplaces, the ways into them, and who opened them.", no_args_is_help=True)
MarketArgument = Annotated[str, typer.Argument(metavar="MARKET", help="Spider name, such as tiki_vn.")]
# Options of the commands themselves; no schedule or form can set the last two.
COMMAND_LINE_ONLY = frozenset({"query", "url", "max_pages", "base_url", "allow_host"})
WayArgument = Annotated[str, typer.Argument(metavar="WAY", help="api, pages or import.")]
ByOption = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who decides it; default: you.")]


def register(app: typer.Typer) -> None:
    """Add the subcommands to the command line."""
    app.add_typer(commands, name="markets")


@commands.command("list", epilog="Example: markwatch markets list --json")
def list_(*, db: DbOption = None, as_json: JsonOption = False) -> None:
    """List every way into every marketplace: open or closed and why, and what its format was verified on."""
    try:
        with database(db) as opened:
            states = access_register(opened, now())
    except DatabaseAbsent as absent:
        say(f"{absent}; no record of the register is known")
        states = access_register(None, now())
    rows = [row_of(state) for state in states]
    if not as_json:
        rows = [{**row, "open": "yes" if row["open"] else "no"} for row in rows]
    print_rows(("market", "way", "open", "because", "verified"), rows, as_json=as_json)


@commands.command(epilog="Example: markwatch markets arguments ebay_com")
def arguments(market: MarketArgument, *, as_json: JsonOption = False) -> None:
    """List what a marketplace's crawl can be told with -a NAME=VALUE, and what each value may be."""
    schema = market_class(market).arguments_model.model_json_schema()["properties"]
    rows = [
        {
            "name": name,
            "values": values_of(given),
            "default": given.get("default"),
            "what": given.get("description", ""),
        }
        for name, given in schema.items()
        if name not in COMMAND_LINE_ONLY
    ]
    print_rows(("name", "values", "default", "what"), rows, as_json=as_json)


def values_of(given: Mapping[str, object]) -> str:
    """Return what a JSON schema lets a value be, in a few words."""
    options = given.get("anyOf")
    kinds = [one for one in options if one.get("type") != "null"] if isinstance(options, list) else [given]
    kind: Mapping[str, object] = kinds[0]
    choices = kind.get("enum")
    if isinstance(choices, list):
        return " ".join(str(value) for value in choices)
    limits = [f"{word} {kind[name]}" for name, word in (("minimum", "from"), ("maximum", "to")) if name in kind]
    pattern = [f"like {kind['pattern']}"] if "pattern" in kind else []
    words = {"array": "texts with | between", "string": "text", "integer": "number", "boolean": "true or false"}
    return " ".join([words.get(str(kind.get("type")), "text"), *limits, *pattern])


@commands.command(
    epilog='Example: markwatch markets allow tiki_vn pages --ground "letter of Tiki, 3 Nov 2026" --until 2027-11-03'
)
def allow(
    market: MarketArgument,
    way: WayArgument,
    *,
    ground: Annotated[str, typer.Option("--ground", metavar="TEXT", help="What allows it: contract, letter, opinion.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Last day on which it is open, YYYY-MM-DD.")],
    by: ByOption = None,
    db: DbOption = None,
) -> None:
    """Record that a way whose terms ask for consent is allowed: by whom, on what ground, until when."""
    spider = market_class(market)
    with database(db) as opened:
        grant = record_allow(opened, spider, way, ground, until, by or person(), now())
    say(f"{market}: {way} is open until {grant.until:%Y-%m-%d %H:%M %Z}, recorded for {grant.allowed_by}")


@commands.command(epilog='Example: markwatch markets close tiki_vn pages --reason "consent withdrawn"')
def close(
    market: MarketArgument,
    way: WayArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the record.")],
    by: ByOption = None,
    db: DbOption = None,
) -> None:
    """End every record that opens a way, from now on."""
    spider = market_class(market)
    declared_way(spider, way)
    with database(db) as opened, opened.write() as session:
        try:
            ended = end_grants(session, market, way, reason, by or person(), now())
        except NotFound as problem:
            raise BadInput(str(problem)) from None
    say(f"{market}: {way} is closed ({len(ended)} record{'' if len(ended) == 1 else 's'} ended)")


@commands.command(epilog="Example: markwatch markets purge --json")
def purge(*, db: DbOption = None, as_json: JsonOption = False) -> None:
    """Remove now what markets' terms let us keep for a while only; the scheduler does it every ten minutes."""
    with database(db) as opened:
        counts = purge_markets(opened, Settings(), now())
    rows = [
        {"market": name.split()[0], "removed": name.split()[1], "listings": count} for name, count in counts.items()
    ]
    print_rows(("market", "removed", "listings"), rows, as_json=as_json)
    if not rows:
        say("nothing is older than the markets' rules allow")


def person() -> str:
    """Return who is at the command line."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):
        return "command line"
