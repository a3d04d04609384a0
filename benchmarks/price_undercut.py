"""How well undercuts are found among innocent offers, on groups of real offers of the same product.

python -m benchmarks.price_undercut [--listings FILE] [--groups N] [--names common|one] [--model FILE]

How the groups are made: offers with one price and a stated pack are put together by two foreign words of their titles
and their whole content; from each such block the first offer is the seed, and its group are the offers that the rules
surely judge the same as the seed, at prices not further apart than 2.5 times. Groups of at least 6 offers are kept,
unless the names of two groups of one size are nearly the same. The owner's product is the group: its mark is the
foreign word at the front that all titles share, its name the words that at least 9 in 10 titles share, its list price
the median price. With --names one the name is the title of middle length among those that no case is made of and
that say every foreign word of the common name, less its pack, brackets and words of praise: a price list in words of
its own. With --model the learned product matcher is asked as well.

What is put in, for every group, on titles of the group: undercuts at 15 to 80 % of the median; and innocent offers: the
real price from 92 % of the median on, bundles at a fair price, samples, used goods, accessories, choices of packs, and
titles of other groups. A found undercut counts under the band of its share; precision of a band is over all hits of it.
"""

import argparse
import gzip
import json
import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import combinations
from pathlib import Path

from crawler.product_models import product_model
from matchers.match import Matcher
from matchers.price.bands import band_of
from matchers.price.goods_words import GOODS
from matchers.price.judgement import PriceTrack
from matchers.price.offer_relation import judge_pair
from matchers.price.offer_text import OfferText
from matchers.price.pack_words import AMOUNT, UNITS
from matchers.price.peers import PeerRange
from matchers.price.price_text import read_price
from records.hit import Hit
from records.lines import listing_from_line
from records.listing import Listing, Offer
from records.money import Money
from records.watchlist import Mark, Product, WatchList

DEFAULT = Path(os.environ.get("MARKWATCH_DATA", "../shared/data")) / "listings" / "real_listings.jsonl.gz"
SMALLEST_GROUP = 6
SHORTEST_MARK = 4
TITLES_PER_GROUP = 5
FEWEST_WORDS = 4
# Every such listing of the file is timed.
STEP = 5
FIELDS = frozenset({"market", "listing_id", "title", "price_raw", "currency", "category", "brand"})
ALIKE = 0.5
BRACKETS = re.compile(r"[\[(].*?[\])]")
# Foreign words of trade that are no marks.
GENERIC = frozenset(
    {"skin", "suncream", "sunscreen", "cleanser", "serum", "cream", "hamster", "body", "wash", "baby", "lotion"}
)
COMMON = Decimal("0.9")
# Margin of `same` and widest logarithm of the price ratio within a group.
SURE = 1.8
COMPARED = 4
WIDEST = 0.9
UNDERCUTS = tuple(map(Decimal, ("0.15", "0.20", "0.30", "0.40", "0.50", "0.60", "0.70", "0.80")))
FAIR = Decimal("0.92")
# Innocent offers made from a title: what becomes of the title, and the share of the median that is asked.
INNOCENT: tuple[tuple[str, str, Decimal], ...] = (
    ("bundle", "Combo 2 {title}", Decimal("1.9")),
    ("bundle", "{title} - bộ 3 sản phẩm giống nhau x3", Decimal("2.85")),
    ("sample", "[Mẫu thử] {title}", Decimal("0.12")),
    ("sample", "{title} gói dùng thử", Decimal("0.15")),
    ("used", "{title} đã qua sử dụng còn 80%", Decimal("0.40")),
    ("used", "Pass lại {title}", Decimal("0.45")),
    ("accessory", "Hộp đựng cho {title}", Decimal("0.10")),
    ("accessory", "Vỏ hộp {title}", Decimal("0.08")),
    ("choice", "{title} (10{unit}/20{unit}/100{unit})", Decimal("0.30")),
    ("choice", "{title} tùy chọn dung tích", Decimal("0.30")),
)


@dataclass(frozen=True)
class Group:
    """Real offers of one product."""

    offers: tuple[OfferText, ...]
    mark: str
    name: str
    median: Decimal

    def own_words(self) -> str | None:
        """Return a title of usual length that no case is made of and that says every foreign word all share."""
        shared = {word for word in self.name.split() if word in self.offers[0].names}
        texts = (BRACKETS.sub(" ", AMOUNT.sub(" ", offer.text)) for offer in self.offers[TITLES_PER_GROUP:])
        names = sorted((OfferText(text) for text in texts), key=lambda name: (len(name.text), name.text))
        told = [" ".join(name.telling) for name in names if shared <= name.set]
        return told[len(told) // 2] if told else None


def read_offers(path: Path) -> Iterator[OfferText]:
    """Yield the offers with one known price and a stated pack."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            reading = read_price(str(row.get("price_raw") or ""), "VND")
            if reading.price is None or reading.price_max is not None:
                continue
            price = reading.price.amount
            offer = OfferText(str(row["title"]), tuple(row.get("category") or ()), price, price)
            if offer.pack.kind == "full" and offer.pack.unit in {"ml", "g"}:
                yield offer


def group(offers: Iterable[OfferText], most: int) -> list[Group]:
    """Return groups of offers of the same product, the largest blocks first."""
    blocks: defaultdict[tuple[str, str, Decimal | None], list[OfferText]] = defaultdict(list)
    for offer in offers:
        for one, other in combinations(sorted(offer.names)[:8], 2):
            blocks[one, other, offer.pack.total].append(offer)
    groups: list[Group] = []
    used: set[str] = set()
    for _, block in sorted(blocks.items(), key=lambda item: (-len(item[1]), str(item[0]))):
        free = [offer for offer in block[:60] if offer.title not in used]
        if len(groups) >= most or len(free) < SMALLEST_GROUP:
            continue
        seed = free[0]
        members = {offer.title: offer for offer in free if offer is seed or _is_same(seed, offer)}
        made = _group_of(tuple(members.values()))
        if made is not None and not any(_overlap(made, known) for known in groups):
            used |= members.keys()
            groups.append(made)
    return groups


def _overlap(one: Group, other: Group) -> bool:
    """Say whether two groups are of one product: one's name is part of the other's, or their offers are the same."""
    if one.offers[0].pack.total == other.offers[0].pack.total and one.mark == other.mark:
        pairs = ((left, right) for left in one.offers[:COMPARED] for right in other.offers[:COMPARED])
        if any(judge_pair(left, right).margin > SURE for left, right in pairs):
            return True
    words, others = set(one.name.split()), set(other.name.split())
    near = len(words & others) >= ALIKE * len(words | others) or words <= others or others <= words
    return near and one.offers[0].pack.total == other.offers[0].pack.total


def _is_same(seed: OfferText, offer: OfferText) -> bool:
    return judge_pair(seed, offer).margin >= SURE and seed.gap(offer) <= WIDEST


def _group_of(offers: tuple[OfferText, ...]) -> Group | None:
    prices = PeerRange.of([offer.low for offer in offers if offer.low is not None])
    shared = frozenset.intersection(*(offer.names for offer in offers))
    marks = sorted(
        (sum(offer.words.index(word) for offer in offers), word)
        for word in shared
        if len(word) >= SHORTEST_MARK and word.isascii() and word not in GOODS and word not in GENERIC
    )
    counts = Counter(word for offer in offers for word in offer.set if word.isalpha() and word not in UNITS)
    words = [word for word in offers[0].telling if counts[word] >= COMMON * len(offers)]
    if len(offers) < SMALLEST_GROUP or prices is None or not marks or len(set(words)) < FEWEST_WORDS:
        return None
    return Group(offers, marks[0][1], " ".join(dict.fromkeys(words)), prices.middle)


def watchlist_of(groups: Sequence[Group], *, own_words: bool = False) -> WatchList:
    """Return the groups as marks and products, list price = median of the group."""
    texts = sorted({one.mark for one in groups})
    return WatchList(
        marks=tuple(Mark(mark_id=text, text=text) for text in texts),
        products=tuple(
            Product(
                product_id=f"g{number}",
                mark_id=one.mark,
                name=(one.own_words() if own_words else None) or one.name,
                list_price=Money.rounded(one.median, "VND", ""),
                unit_amount=one.offers[0].pack.unit_amount,
                unit=one.offers[0].pack.unit,
                count=one.offers[0].pack.count,
            )
            for number, one in enumerate(groups)
        ),
        as_of=date(2026, 11, 1),
    )


@dataclass(frozen=True)
class Case:
    """One offer that is put in."""

    listing: Listing
    product_id: str
    kind: str
    share: Decimal | None
    """Share of the median for an undercut; None for an innocent offer."""


def cases_of(groups: Sequence[Group]) -> Iterator[Case]:
    """Yield the undercuts and innocent offers of every group."""
    for number, one in enumerate(groups):
        product_id = f"g{number}"
        other = groups[(number + 1) % len(groups)]
        for place, offer in enumerate(one.offers[:TITLES_PER_GROUP]):
            made: list[tuple[str, str, Decimal, Decimal | None]] = []
            if offer.low is not None and offer.low >= FAIR * one.median:
                made.append(("fair", offer.title, offer.low, None))
            made += [("undercut", offer.title, share * one.median, share) for share in UNDERCUTS]
            made += [
                (kind, form.format(title=offer.title, unit=offer.pack.unit), share * one.median, None)
                for kind, form, share in INNOCENT
            ]
            wrong = other.offers[place % len(other.offers)]
            if other.mark != one.mark and one.mark not in wrong.set and wrong.low is not None:
                made.append(("wrong product", f"{wrong.title} {one.mark}", max(wrong.low, FAIR * other.median), None))
            for kind, title, price, share in made:
                yield Case(
                    _listing(f"{number}-{place}-{len(title)}-{price:.0f}", title, price), product_id, kind, share
                )


def _listing(listing_id: str, title: str, price: Decimal) -> Listing:
    whole = price.quantize(Decimal(1), ROUND_DOWN)
    money = Money(amount=whole, currency="VND", raw=f"{whole}")
    return Listing(
        market="labelled",
        listing_id=listing_id,
        title=title,
        offer=Offer(price=money, price_raw=money.raw),
        currency="VND",
    )


def score(cases: Sequence[Case], hits: Sequence[Sequence[Hit]]) -> dict[str, object]:
    """Return precision and recall per band and for the high tier, and the innocent hits by kind."""
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    false: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    high = {"found": 0, "false": 0, "wanted": 0, "any": 0}
    for case, listing_hits in zip(cases, hits, strict=True):
        price_hits = [hit for hit in listing_hits if hit.track == "price"]
        own = [hit for hit in price_hits if hit.product_id == case.product_id]
        if case.share is not None:
            band = band_of(case.share) or "none"
            wanted[band] += 1
            found[band] += bool(own)
            if case.share <= Decimal("0.5"):
                high["wanted"] += 1
                high["any"] += bool(own)
                high["found"] += any(hit.tier == "high" for hit in own)
        strays = price_hits if case.share is None else [hit for hit in price_hits if hit not in own]
        for hit in strays:
            gap = next(step.detail for step in hit.chain if step.name == "gap").removeprefix("band: ").replace(" ", "_")
            false[gap] += 1
            kinds[case.kind] += 1
            high["false"] += hit.tier == "high"
        high["false"] += (
            sum(hit.tier == "high" for hit in own) if case.share is not None and case.share > Decimal("0.5") else 0
        )
    bands = {
        band: {
            "precision": round(found[band] / ((found[band] + false[band]) or 1), 4),
            "recall": round(found[band] / (wanted[band] or 1), 4),
        }
        for band in ("very_strong", "strong", "medium", "weak")
    }
    return {
        "bands": bands,
        "high_precision": round(high["found"] / ((high["found"] + high["false"]) or 1), 4),
        "recall_to_half": round(high["found"] / (high["wanted"] or 1), 4),
        "innocent_hits": dict(kinds),
    }


def read_listings(path: Path, step: int) -> Iterator[Listing]:
    """Yield every such listing of the file as it would be crawled, its price unread."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % step == 0:
                row = json.loads(line)
                yield listing_from_line({key: value for key, value in row.items() if key in FIELDS})


def speed_of(track: PriceTrack, listings: Sequence[Listing], claims: Sequence[Sequence[Hit]]) -> int:
    """Return the listings per CPU second of the price track alone, what they do with the marks being known."""
    started = time.process_time()
    for listing, claimed in zip(listings, claims, strict=True):
        track.judge(listing, claimed, track.read(listing, claimed))
    seconds = time.process_time() - started
    return round(len(listings) / seconds) if seconds else 0


def main(arguments: list[str] | None = None) -> None:
    """Print the table and, last, one line of JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.price_undercut",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--listings", type=Path, default=DEFAULT, help="real listings, JSON Lines, gzipped")
    parser.add_argument("--groups", type=int, default=200, help="at most so many groups")
    parser.add_argument("--names", choices=("common", "one"), default="common", help="how the products are named")
    parser.add_argument("--model", type=Path, help="trained product model to ask where rules are unsure")
    options = parser.parse_args(arguments)
    if not options.listings.exists():
        print(f"no listings at {options.listings}: set MARKWATCH_DATA or --listings", file=sys.stderr)
        raise SystemExit(2)
    groups = group(read_offers(options.listings), options.groups)
    watchlist = watchlist_of(groups, own_words=options.names == "one")
    cases = list(cases_of(groups))
    matcher = Matcher(watchlist, product_model(options.model) if options.model else None)
    hits = list(matcher.match_many((case.listing for case in cases), everything=True))
    figures = score(cases, hits)
    stream = list(read_listings(options.listings, STEP))
    claims = [[hit for hit in one if hit.track == "ip"] for one in matcher.match_many(stream, everything=True)]
    track = PriceTrack(watchlist)
    named = [(case.listing, [hit for hit in one if hit.track == "ip"]) for case, one in zip(cases, hits, strict=True)]
    # A track meets every title for the first time, then again, as a later crawl does at other prices.
    for name in ("first_sight_per_cpu_second", "seen_again_per_cpu_second"):
        figures[name] = speed_of(track, *zip(*((one, claim) for one, claim in named if claim), strict=True))
    figures |= {
        "groups": len(groups),
        "offers": sum(len(one.offers) for one in groups),
        "cases": len(cases),
        "listings": len(stream),
        "listings_naming_a_mark": sum(bool(one) for one in claims),
        "listings_per_cpu_second": speed_of(PriceTrack(watchlist), stream, claims),
    }
    bands = figures["bands"]
    if isinstance(bands, dict):
        print(f"{'band':<12}{'precision':>10}{'recall':>10}")
        for band, row in bands.items():
            print(f"{band:<12}{row['precision']:>10.4f}{row['recall']:>10.4f}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
