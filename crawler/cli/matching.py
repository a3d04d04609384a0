"""markwatch match, explain and rematch: judge listings from a file, one title, or everything stored."""

import gc
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer

from crawler.cli.options import (
    DbOption,
    JsonOption,
    MarksOption,
    PricesOption,
    ProductsOption,
    RatesOption,
    SellersOption,
    database,
    now,
    say,
)
from crawler.cli.progress import follow
from crawler.errors import BadInput
from crawler.files import ListingFile, written_whole
from crawler.price_lists import with_files
from crawler.product_models import installed_matcher
from crawler.rejudging import day_start, rejudge
from crawler.surroundings import price_context
from crawler.watchlists import read_watchlist
from matchers.explanation import Explanation
from records.lines import hit_to_line, listing_from_line
from records.offers import NO_CONTEXT, PriceContext
from records.row_fields import BadField
from records.watchlist import WatchList
from storage.listings import count_listings
from storage.watchlist import load_watchlist


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(epilog="Example: markwatch match --marks marks.csv --listings listings.jsonl.gz --out hits.jsonl")(
        match
    )
    app.command(epilog='Example: markwatch explain "Kem chống nắng A.n.e.s.s.a loại 1" --marks marks.csv')(explain)
    app.command(epilog="Example: markwatch rematch --since 2026-11-01")(rematch)


def match(
    *,
    marks: Annotated[Path, typer.Option("--marks", metavar="FILE", help="Marks: CSV, XLSX or JSON Lines.")],
    listings: Annotated[Path, typer.Option("--listings", metavar="FILE", help="Listings: JSON Lines, CSV; .gz too.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Hits as JSON Lines; appears when complete.")],
    products: ProductsOption = None,
    sellers: SellersOption = None,
    prices: PricesOption = None,
    rates: RatesOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Write innocent mentions too (tier none).")] = False,
) -> None:
    """Judge the listings of a file by the marks of a file and write the hits. Needs no database.

    With products, prices are judged by the owner's prices of the listing's day and beside the other offers of the file.
    """
    watchlist = with_files(read_watchlist(marks, products, sellers, now().date()), prices, rates)
    matcher = installed_matcher(watchlist)
    gc.freeze()  # the index lives as long as the process: looking at it for garbage costs a tenth of the time
    source = ListingFile.at(listings)
    context = NO_CONTEXT
    if watchlist.products:
        # A first pass over the file, so that each price is judged beside all other offers of it.
        found = matcher.read_many(follow(ListingFile.at(listings).listings(), "listings read for their offers"))
        context = PriceContext().with_offers(offer for reading in found for offer in reading.product_offers)
    tiers: Counter[str] = Counter()
    judged = 0
    with written_whole(out) as stream:
        followed = follow(source.listings(), "listings")
        for hits in matcher.match_many(followed, everything=everything, context=context):
            judged += 1
            for hit in hits:
                tiers[f"{hit.track} {hit.tier}"] += 1
                stream.write(orjson.dumps(hit_to_line(hit)) + b"\n")
    counted = ", ".join(f"{name} {count:,}" for name, count in sorted(tiers.items())) or "none"
    say(f"{judged:,} listings judged; hits: {counted}; written to {out}")
    if source.unread:
        fields = ", ".join(f"{name} {count:,}" for name, count in source.unread.most_common())
        say(f"optional fields that could not be read and count as unknown: {fields}")


def explain(
    title: Annotated[str, typer.Argument(help="Title as printed.")],
    *,
    brand: Annotated[str | None, typer.Option("--brand", help="The marketplace's brand field.")] = None,
    price: Annotated[str | None, typer.Option("--price", help="Price as printed, such as 129k.")] = None,
    market: Annotated[str, typer.Option("--market", help="Marketplace; its country gives the currency.")] = "tiki_vn",
    seller: Annotated[str | None, typer.Option("--seller", help="Seller's name as printed.")] = None,
    gtin: Annotated[str | None, typer.Option("--gtin", help="GTIN of the listing.")] = None,
    condition: Annotated[str | None, typer.Option("--condition", help="Condition as printed.")] = None,
    marks: MarksOption = None,
    products: ProductsOption = None,
    sellers: SellersOption = None,
    prices: PricesOption = None,
    rates: RatesOption = None,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a title is read: folded views, mentions, signals, every step of the price, score. Stores nothing.

    Without --marks the stored watch list is used, and prices are judged beside the stored offers.
    """
    row = {
        "market": market,
        "listing_id": "explained",
        "title": title,
        "brand": brand,
        "price_raw": price,
        "seller_name": seller,
        "gtin": gtin,
        "condition": condition,
    }
    try:
        listing = listing_from_line(row)
    except BadField as problem:
        raise BadInput(str(problem)) from None
    if marks is None:
        with database(db) as opened:
            with opened.read() as session:
                watchlist = with_files(load_watchlist(session, now().date()), prices, rates)
            matcher = installed_matcher(watchlist)
            context = price_context(opened, matcher.read_many([listing]), now())
    else:
        watchlist = with_files(read_watchlist(marks, products, sellers, now().date()), prices, rates)
        matcher, context = installed_matcher(watchlist), NO_CONTEXT
    explanation = matcher.explain(listing, context=context)
    if as_json:
        line = {
            "views": [asdict(view) for view in explanation.views],
            "mentions": [asdict(mention) for mention in explanation.mentions],
            "hits": [hit_to_line(hit) for hit in explanation.hits],
            "offers": [asdict(offer) for offer in explanation.offers],
        }
        print(json.dumps(line, ensure_ascii=False))
    else:
        print_explanation(explanation, watchlist)


def print_explanation(explanation: Explanation, watchlist: WatchList) -> None:
    """Print an explanation for a person, strongest finding first."""
    for view in explanation.views:
        print(f"{view.field}\n  printed   {view.printed}\n  accented  {view.accented}\n  plain     {view.plain}")
    if not explanation.mentions:
        print("no mark is mentioned")
    for mention in explanation.mentions:
        mark = watchlist.mark_by_id[mention.mark_id]
        print(
            f"\n{mark.text} ({mark.mark_id}): {mention.text!r} in {mention.field}, {mention.change or 'as registered'}"
        )
        print(f"  {mention.relation}: {mention.because}")
    for hit in explanation.hits:
        print(f"\n{hit.track} hit for {hit.product_id or hit.mark_id}: {hit.tier} {hit.score:.2f}")
        print(f"  {hit.relation}, spelt {hit.spelling}, {hit.intent}, right {hit.right}, rules {hit.rule_version}")
        for finding in hit.evidence:
            print(f"  {finding.weight:+.2f} {finding.signal}: {finding.detail}")
    for offer in explanation.offers:
        print(f"\nprice of {offer.product_id}" + (f", not compared: {offer.problem}" if offer.problem else ""))
        for step in offer.chain:
            print(f"  {step.name:>10}: {step.value}" + (f" ({step.detail})" if step.detail else ""))
    if watchlist.products and not explanation.offers:
        print("\nno product of the list is offered: neither GTIN, part number nor name fits")


def rematch(
    *,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Only listings seen since.")] = None,
    db: DbOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the stored listings again by the watch list as it is now; decisions are never touched.

    Interrupted, it goes on where its last batch was kept; after a change of the watch list it begins anew.
    """
    with database(db) as opened:
        with opened.read() as session:
            watchlist = load_watchlist(session, now().date())
            total = count_listings(session, since=None if since is None else day_start(since))
        counts: Counter[str] = Counter()
        gone_on = 0
        matcher = installed_matcher(watchlist)
        gc.freeze()  # as in match
        steps = rejudge(opened, matcher, now(), since)
        passes = 2 if watchlist.products else 1
        for number, step in enumerate(follow(steps, "listings", total * passes)):
            if number == 0 and step.done > 1:
                gone_on = step.done - 1
                what = "read for their offers" if step.phase == "offers" else "judged"
                say(f"an interrupted re-match goes on after {gone_on:,} listings {what}")
            counts.update(step.changes)
    counted = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    if as_json:
        print(json.dumps({"went_on_after": gone_on, **counts}))
    say(f"rematched: {counted or 'no stored listing'}")
