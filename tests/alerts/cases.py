"""Smallest records that mails are built from, and a database that holds them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path

from alerts.digest import COVERAGE_WINDOW, ROWS, Digest, coverage_of, line_of
from alerts.figures import Figures
from alerts.house import House
from alerts.letter import Letter
from alerts.letters import digest_letter, make_reader
from alerts.message import Envelope, build_message, mail_key
from records.decision import Decision, Reason
from records.hit import Evidence, Hit, Span, Tier
from records.listing import Listing, Offer, Seller
from records.mail import Preference, default_preference
from records.money import Money
from records.run import Run
from records.watchlist import Mark, Owner, Product, WatchList
from storage.database import Database, open_database
from storage.decisions import record_decision
from storage.hit_records import StoredDecision, StoredHit
from storage.hits import hit_id_of, load_hit, save_hits
from storage.listings import save_listing
from storage.mail_people import address_id_of
from storage.watchlist import save_marks, save_owners, save_products
from tests.storage.servers import sqlite_database

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
DECIDED_AT = NOW - timedelta(hours=1)
SEEN_AT = NOW - timedelta(hours=30)
SENDER = "alerts@markwatch.example"
CONSOLE = "https://console.example"

HANAMORI = Owner(name="Hanamori Cosmetics", emails=("ip@hanamori.example",), language="ja")
RIVAL = Owner(name="Rival Works", emails=("legal@rival.example",), language="vi")
BRAND = "HANAMORI"
RECIPIENT = "ip@hanamori.example"
ADDRESS_ID = address_id_of(RECIPIENT)
HOUSE = House(sender_address=SENDER, console_url=CONSOLE, link_key="key of the tests")
MARKS = (
    Mark(mark_id="hanamori", text="HANAMORI", owner=HANAMORI.name, registration_no="4-0123456-000", office="VN"),
    Mark(mark_id="tsukiyo", text="月夜", brand="HANAMORI", owner=HANAMORI.name),
    Mark(mark_id="otone", text="OTONE", owner=HANAMORI.name),
    Mark(mark_id="rival", text="RIVALO", owner=RIVAL.name, registration_no="1234567", office="JP"),
)
PRODUCTS = (
    Product(
        product_id="hanamori-50",
        mark_id="hanamori",
        name="Hanamori 50 ml",
        gtin="4901234567894",
        minimum_price=Money(amount=Decimal(350000), currency="VND", raw="350000"),
        unit_amount=Decimal(50),
        unit="ml",
    ),
)
WATCHLIST = WatchList(marks=MARKS, products=PRODUCTS, owners=(HANAMORI, RIVAL))


def make_hit(
    number: int = 1,
    *,
    title: str = "Kem chống nắng H.anamori 50ml hàng loại 1",
    mark_id: str = "hanamori",
    product_id: str | None = None,
    tier: Tier = "high",
    price: int | None = 260000,
) -> Hit:
    offer = (
        Offer()
        if price is None
        else Offer(price=Money(amount=Decimal(price), currency="VND", raw=f"{price} ₫"), price_raw=f"{price} ₫")
    )
    listing = Listing(
        market="tiki_vn",
        listing_id=str(number),
        title=title,
        url=f"https://market.example/p/{number}",
        offer=offer,
        seller=Seller(seller_id=f"shop-{number}", name=f"Cửa hàng {number}"),
        currency="VND",
        fetched_at=SEEN_AT,
    )
    evidence = []
    for signal, weight, word in (("disguised_mark", 0.8, "H.anamori"), ("imitation_words", 0.85, "hàng loại 1")):
        if word in title:
            start = title.index(word)
            span = Span.cut(listing, "title", start, start + len(word))
            evidence.append(Evidence(signal=signal, weight=weight, message="Seen.", spans=(span,)))
    return Hit(
        listing=listing,
        mark_id=mark_id,
        product_id=product_id,
        track="ip" if product_id is None else "price",
        relation="brand",
        spelling="altered",
        intent="imitation",
        right="valid",
        score=0.93,
        tier=tier,
        rule_version="test",
        evidence=tuple(evidence),
    )


def stored(hit: Hit, *, owner: str = HANAMORI.name, reason: Reason = "imitation_wording") -> StoredHit:
    """Return the hit as storage would give it after its release."""
    hit_id = hit_id_of(hit.key)
    decision = Decision(hit=hit.key, verdict="violation", reason=reason, actor="reviewer", decided_at=DECIDED_AT)
    return StoredHit(
        hit_id=hit_id,
        hit=hit,
        state="confirmed",
        revision=2,
        brand=BRAND,
        owner=owner,
        first_seen_at=SEEN_AT,
        last_seen_at=SEEN_AT,
        reopened_because=None,
        decision=StoredDecision(decision_id=1, hit_id=hit_id, decision=decision, revision=1),
        capture_sha256=None,
    )


def make_run(market: str = "tiki_vn", **changes: object) -> Run:
    values: dict[str, object] = {
        "run_id": f"run-{market}",
        "market": market,
        "outcome": "finished",
        "requested_at": NOW - timedelta(hours=3),
        "finished_at": NOW - timedelta(hours=2),
        "counts": {"pages": 1412, "blocked": 2, "skip.robots": 3},
    }
    return Run(**(values | changes))  # type: ignore[arg-type]


def make_preference(owner: Owner = HANAMORI, **changes: object) -> Preference:
    """Return what a recipient of the owner has who chose nothing, with some fields chosen."""
    return replace(default_preference(owner, "digest", NOW - timedelta(days=31)), **changes)  # type: ignore[arg-type]


def make_digest(
    hits: tuple[StoredHit, ...] | None = None,
    *,
    owner: Owner = HANAMORI,
    brand: str = BRAND,
    runs: tuple[Run, ...] = (),
    **changes: object,
) -> Digest:
    """Return a digest of those hits; `changes` are fields of it."""
    if hits is None:
        hits = (
            stored(make_hit(1)),
            stored(make_hit(2, title="HANAMORI combo 2", product_id="hanamori-50"), reason="below_minimum_price"),
            stored(
                make_hit(3, title="月夜 ヘアオイル", mark_id="tsukiyo", tier="medium", price=None), reason="counterfeit"
            ),
        )
    preference = make_preference(owner)
    figures = Figures(language=owner.language)
    lines = tuple(line_of(one, figures, WATCHLIST) for one in hits)
    digest = Digest(
        owner=owner.name,
        brand=brand,
        preference=preference,
        kind="digest",
        day=figures.day_of(NOW),
        made_at=NOW,
        lines=lines[:ROWS],
        violations=sum(line.track == "ip" for line in lines),
        price_breaches=sum(line.track == "price" for line in lines),
        high=sum(line.tier == "high" for line in lines),
        unreviewed=7,
        reviewed=(38, 3),
        coverage=coverage_of(runs or (make_run(),), NOW - COVERAGE_WINDOW, NOW),
        read_since=figures.day_of(NOW - COVERAGE_WINDOW),
    )
    return replace(digest, **changes)  # type: ignore[arg-type]


def letter_of(digest: Digest, house: House = HOUSE) -> Letter:
    """Return a digest in words."""
    reader = make_reader(ADDRESS_ID, digest.owner, digest.brand, digest.kind, digest.preference, digest.made_at)
    return digest_letter(digest, reader, house)


def message_of(digest: Digest, recipient: str = RECIPIENT, house: House = HOUSE) -> EmailMessage:
    """Return a digest as the mail to a recipient."""
    key = mail_key(digest.kind, digest.day.isoformat(), recipient, digest.owner, digest.brand)
    reader = make_reader(ADDRESS_ID, digest.owner, digest.brand, digest.kind, digest.preference, digest.made_at)
    envelope = Envelope(
        key=key,
        recipient=recipient,
        thread=(digest.owner, digest.brand, digest.kind),
        list_name=digest.brand,
        made_at=digest.made_at,
        unsubscribe_url=reader.unsubscribe_url(house),
    )
    return build_message(letter_of(digest, house), envelope, house)


def make_database(folder: Path, owners: tuple[Owner, ...] = (HANAMORI, RIVAL)) -> Database:
    """Return a new database with the watch list in it."""
    database = open_database(sqlite_database(folder))
    with database.write() as session:
        save_owners(session, owners)
        save_marks(session, MARKS)
        save_products(session, PRODUCTS)
    return database


def save_hit(database: Database, hit: Hit, *, at: datetime = SEEN_AT, run_id: str | None = None) -> str:
    """Store one hit with its listing, as seen at that time; return its id."""
    with database.write() as session:
        save_listing(session, hit.listing, run_id, at)
        save_hits(session, hit.listing, [hit], run_id, at)
    return hit_id_of(hit.key)


def confirm(
    database: Database,
    hit: Hit,
    *,
    reason: Reason = "imitation_wording",
    at: datetime = DECIDED_AT,
    seen: bool = True,
) -> str:
    """Store one hit (unless it is stored already) and confirm it as a violation; return its id."""
    hit_id = save_hit(database, hit) if seen else hit_id_of(hit.key)
    with database.write() as session:
        revision = load_hit(session, hit_id).revision
        record_decision(session, hit_id, revision, "violation", reason, "reviewer", at)
    return hit_id
