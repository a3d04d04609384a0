"""Fills a database with a watch list, a dozen varied invented hits, users, runs and a schedule."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO

from PIL import Image

from records.hit import ChainStep, Evidence, Hit, Span, Tier
from records.listing import Listing, Offer, PageCopy, Seller
from records.money import Money
from records.watchlist import AuthorisedSeller, Mark, Owner, Product
from review.passwords import hash_password
from storage.captures import record_capture
from storage.database import Database
from storage.hits import save_hits
from storage.listings import save_listing
from storage.runs import close_run, open_run, record_event, start_run
from storage.schedules import add_schedule
from storage.thumbnails import Thumbnail, save_thumbnail
from storage.users import Role, add_user
from storage.watchlist import save_marks, save_owners, save_products, save_sellers

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse 42"
# login -> role, brands
USERS: dict[str, tuple[Role, tuple[str, ...]]] = {
    "hanh": ("reviewer", ()),
    "minh": ("senior", ()),
    "binh": ("operator", ()),
    "sato": ("brand_viewer", ("SORANO",)),
    "tanaka": ("brand_viewer", ("TAKUMA",)),
    "quan": ("administrator", ()),
    "thu": ("reviewer", ()),
}
EMAILS = {"thu": "thu@example.test", "minh": "minh@example.test"}
MARKS = (
    Mark(
        mark_id="sorano",
        text="Sorano",
        brand="SORANO",
        owner="Sorano Cosmetics",
        variants=("ソラノ",),
        registration_no="4-0345678-000",
        office="VN",
        nice_classes=(3,),
        valid_until=date(2031, 9, 30),
    ),
    Mark(
        mark_id="takuma",
        text="Takuma",
        brand="TAKUMA",
        owner="Takuma Watch",
        registration_no="4-0111222-000",
        office="VN",
        nice_classes=(14,),
        valid_until=date(2029, 3, 1),
    ),
    Mark(
        mark_id="raiden",
        text="Raiden",
        brand="RAIDEN",
        owner="Raiden Electric",
        registration_no="4-0099887-000",
        office="VN",
        nice_classes=(9, 11),
        valid_until=date(2024, 1, 1),
    ),
)


def vnd(amount: int) -> Money:
    """Return an amount of dong."""
    return Money(amount=Decimal(amount), currency="VND", raw=str(amount))


@cache
def password_hash() -> str:
    """Return the one hash that all seeded users share, because a hash takes its time."""
    return hash_password(PASSWORD)


def listing(
    market: str, listing_id: str, title: str, price: int | None, seller: str | Seller = "Kho Sỉ 88", **more: object
) -> Listing:
    """Return an invented listing."""
    offer = Offer(
        price=None if price is None else vnd(price),
        price_raw=None if price is None else f"{price:,}đ".replace(",", "."),
    )
    values: dict[str, object] = {
        "url": f"https://example.test/{market}/{listing_id}",
        "offer": offer,
        "seller": seller
        if isinstance(seller, Seller)
        else Seller(seller_id=f"s-{seller[:4].strip().lower()}", name=seller, location="Hà Nội"),
        "currency": "VND",
        "category": ("Làm đẹp", "Chăm sóc da"),
        "fetched_at": NOW - timedelta(hours=2),
        **more,
    }
    return Listing(market=market, listing_id=listing_id, title=title, **values)  # type: ignore[arg-type]


def span(item: Listing, text: str, field: str = "title") -> Span:
    """Return the span of the first place where the text stands."""
    start = (item.text_of(field) or "").index(text)
    return Span.cut(item, field, start, start + len(text))


def finding(
    item: Listing, signal: str, weight: float, message: str, *texts: str, field: str = "title", **facts: str
) -> Evidence:
    """Return a finding whose spans are those texts of the listing."""
    return Evidence(
        signal=signal,
        weight=weight,
        message=message,
        facts=facts,
        spans=tuple(span(item, text, field) for text in texts),
    )


def disguised(item: Listing, text: str, mark: str) -> Evidence:
    """Return the finding of a disguised mark."""
    return finding(
        item,
        "disguised_mark",
        0.8,
        "%(text)s → %(mark)s: %(change)s.",
        text,
        text=text,
        mark=mark,
        change="signs inside the mark",
    )


def words(item: Listing, *texts: str) -> Evidence:
    """Return the finding of imitation words."""
    return finding(
        item,
        "imitation_words",
        0.85,
        "“%(words)s” %(kind)s.",
        *texts,
        words="”, “".join(texts),
        kind="admits an imitation",
    )


def exact(item: Listing, text: str, mark: str) -> Evidence:
    """Return the finding of the mark itself."""
    return finding(item, "exact_mark", 0.3, "“%(text)s” names the mark %(mark)s.", text, text=text, mark=mark)


def hit(item: Listing, mark_id: str, score: float, tier: Tier, *evidence: Evidence, **more: object) -> Hit:
    """Return a hit on the IP track, or on the price track where `more` says so."""
    values: dict[str, object] = {
        "track": "ip",
        "relation": "brand",
        "spelling": "exact",
        "intent": "neutral",
        "right": "valid",
        "rule_version": "2026-11-23.1",
        **more,
    }
    return Hit(listing=item, mark_id=mark_id, score=score, tier=tier, evidence=tuple(evidence), **values)  # type: ignore[arg-type]


def invented_hits() -> tuple[Hit, ...]:
    """Return the hits, one listing each, from the surest to the weakest."""
    cyrillic = listing(
        "shopee_vn",
        "23984417205",
        "Sữa chống nắng Sоrаnо Perfect UV Milk 60ml bản Trung, full box, che tem theo yêu cầu",
        260_000,
        "Kho Mỹ Phẩm Sỉ 88",
        description="Hàng có sẵn.\nShop che tem theo yêu cầu, không xuất hoá đơn.\nKhách sỉ nhắn tin.",
    )
    dashes = listing(
        "tiktok_vn",
        "7311",
        "Đồng hồ T-a-k-u-m-a GA-2100 rep 1:1 máy Nhật, chống nước 20 bar",
        390_000,
        "watchstore.hcm",
    )
    dollar = listing(
        "shopee_vn", "90101", "Tai nghe Ra!den siêu cấp pin 40 giờ, bảo hành 12 tháng", 149_000, "Phụ Kiện Giá Gốc"
    )
    fake = listing("lazada_vn", "555-1", "Kem chống nắng Sorano hàng loại 1 nội địa 60ml", 99_000, "Lá Xanh Beauty")
    price = listing(
        "tiki_vn",
        "184059211",
        "Combo 2 sữa chống nắng SORANO Skincare Milk 60ml",
        808_000,
        seller=Seller(seller_id="s-official", name="Sorano Official Store", official=True),
    )
    japanese = listing("rakuten_jp", "item:10002", "ソラノ 風 日焼け止め 60ml コピー品（送料無料）", None, "美容部品館")
    misspelt = listing("tiki_vn", "77120", "Máy sấy tóc Raidenn 2000W gấp gọn", 215_000, "Điện Tử Bình Minh")
    compatible = listing(
        "shopee_vn", "31337", "Pin cúc áo dùng cho Ra.iden remote, vỉ 5 viên", 15_000, "Điện Tử Bình Minh"
    )
    watch = listing("lazada_vn", "88-2", "Dây đồng hồ Takuma fake 1 da bò", 120_000, "Dây Đeo Xinh")
    zero_width = listing(
        "tiktok_vn", "6001", "Nước hoa So\u200bra\u200bno chiết 10ml authentic", 75_000, "Perfume 1988"
    )
    low_plain = listing("tiki_vn", "1200", "Sữa rửa mặt Sorano 150g chính hãng", 185_000, "Nhà Thuốc An Khang")
    low_watch = listing("shopee_vn", "1201", "Đồng hồ nữ Takuma dây thép", 2_950_000, "Đồng Hồ Minh Long")
    return (
        hit(
            cyrillic,
            "sorano",
            0.94,
            "high",
            disguised(cyrillic, "Sоrаnо", "Sorano"),
            words(cyrillic, "bản Trung"),
            finding(
                cyrillic,
                "imitation_words",
                0.1,
                "“%(words)s” %(kind)s.",
                "che tem",
                "không xuất hoá đơn",
                field="description",
                words="che tem",
                kind="a grade of copies",
            ),
            spelling="altered",
            intent="imitation",
        ),
        hit(
            dashes,
            "takuma",
            0.93,
            "high",
            words(dashes, "rep 1:1"),
            disguised(dashes, "T-a-k-u-m-a", "Takuma"),
            spelling="altered",
            intent="imitation",
        ),
        hit(
            dollar,
            "raiden",
            0.9,
            "high",
            words(dollar, "siêu cấp"),
            disguised(dollar, "Ra!den", "Raiden"),
            spelling="altered",
            intent="imitation",
            right="expired",
        ),
        hit(
            fake,
            "sorano",
            0.88,
            "high",
            words(fake, "hàng loại 1"),
            exact(fake, "Sorano", "Sorano"),
            intent="imitation",
        ),
        hit(
            price,
            "sorano",
            0.86,
            "high",
            finding(
                price,
                "price_below_minimum",
                0.86,
                "%(product)s at %(gap)s: under the owner's minimum price.",
                gap="59.0 % of the minimum price",
                product="Skincare Milk",
            ),
            track="price",
            product_id="milk60x2",
            intent="genuine_claim",
            chain=(
                ChainStep(name="raw", value="808.000đ", detail="as printed"),
                ChainStep(name="amount", value="808,000 VND", detail="read from the printed price"),
                ChainStep(name="pack", value="2 × 60 ml", detail="Skincare Milk: the same GTIN"),
                ChainStep(name="unit_price", value="6,733.33 VND / ml", detail="amount ÷ pack"),
                ChainStep(
                    name="reference", value="11,416.67 VND / ml", detail="minimum price 1,370,000 VND for 2 × 60 ml"
                ),
                ChainStep(name="gap", value="59.0 % of the minimum price", detail="band: strong"),
            ),
        ),
        hit(
            japanese,
            "sorano",
            0.85,
            "high",
            words(japanese, "コピー品"),
            exact(japanese, "ソラノ", "Sorano"),
            intent="imitation",
        ),
        hit(
            watch, "takuma", 0.83, "high", words(watch, "fake 1"), exact(watch, "Takuma", "Takuma"), intent="imitation"
        ),
        hit(
            zero_width,
            "sorano",
            0.82,
            "high",
            disguised(zero_width, "So\u200bra\u200bno", "Sorano"),
            finding(
                zero_width, "genuine_claim", 0.05, "“%(words)s” claims genuine goods.", "authentic", words="authentic"
            ),
            spelling="altered",
            intent="genuine_claim",
        ),
        hit(
            misspelt,
            "raiden",
            0.62,
            "medium",
            finding(
                misspelt,
                "misspelt_mark",
                0.62,
                "%(text)s → %(mark)s: %(change)s.",
                "Raidenn",
                text="Raidenn",
                mark="Raiden",
                change="a letter added",
            ),
            spelling="altered",
            right="expired",
        ),
        hit(
            compatible,
            "raiden",
            0.55,
            "medium",
            disguised(compatible, "Ra.iden", "Raiden"),
            finding(
                compatible,
                "compatible_with",
                -0.25,
                "“%(text)s” names what the goods fit: %(because)s.",
                "dùng cho",
                text="dùng cho",
                because="the words after the mark say what they fit",
            ),
            spelling="altered",
            right="expired",
        ),
        hit(low_plain, "sorano", 0.3, "low", exact(low_plain, "Sorano", "Sorano")),
        hit(low_watch, "takuma", 0.3, "low", exact(low_watch, "Takuma", "Takuma")),
    )


def store(
    database: Database, hits: Sequence[Hit], *, run_id: str | None = None, seen_at: datetime = NOW - timedelta(hours=2)
) -> None:
    """Save listings and hits as a crawl would."""
    with database.write() as session:
        for one in hits:
            save_listing(session, one.listing, run_id, seen_at)
            save_hits(session, one.listing, (one,), run_id, seen_at)


def seed_people(database: Database) -> None:
    """Add the watch list and one user of each role."""
    with database.write() as session:
        save_owners(session, [Owner(name=mark.owner or "", emails=(f"{mark.mark_id}@example.test",)) for mark in MARKS])
        save_marks(session, MARKS)
        save_products(
            session,
            [
                Product(
                    product_id="milk60x2",
                    mark_id="sorano",
                    name="Skincare Milk 60 ml × 2",
                    minimum_price=vnd(1_370_000),
                )
            ],
        )
        save_sellers(session, [AuthorisedSeller(mark_id="sorano", market="tiki_vn", seller_id="s-official")])
        for login, (role, brands) in USERS.items():
            add_user(session, login, login.capitalize(), role, password_hash(), NOW, brands, "vi", EMAILS.get(login))


@cache
def picture() -> Thumbnail:
    """Return a small grey picture."""
    with BytesIO() as stream:
        Image.new("RGB", (160, 120), "grey").save(stream, "JPEG")
        jpeg = stream.getvalue()
    return Thumbnail(
        image_url="https://images.example/1.jpg", fetched_at=NOW, jpeg=jpeg, sha256="0" * 64, width=160, height=120
    )


def seed(database: Database) -> None:
    """Fill the database."""
    seed_people(database)
    hits = invented_hits()
    first = hits[0].listing
    with database.write() as session:
        good = open_run(session, "tiki_vn", {"query": "sorano"}, NOW - timedelta(hours=3), "scheduler")
        start_run(session, good.run_id, NOW - timedelta(hours=3), 100)
        record_event(
            session, good.run_id, NOW - timedelta(hours=2, minutes=50), "warning", "robots.txt refused 2 paths"
        )
        close_run(
            session,
            good.run_id,
            "finished",
            NOW - timedelta(hours=2),
            {"pages": 40, "listings": 1911, "hits": 37, "errors": 1, "skip.robots": 2},
            (),
        )
        bad = open_run(session, "lazada_vn", {"query": "takuma"}, NOW - timedelta(hours=2), "binh")
        start_run(session, bad.run_id, NOW - timedelta(hours=2), 101)
        close_run(
            session,
            bad.run_id,
            "blocked",
            NOW - timedelta(hours=1),
            {"pages": 3, "listings": 0, "hits": 0, "errors": 3},
            ("lazada_vn gave 0 listings, expected at least 20",),
        )
        add_schedule(session, "tiki_vn", {"query": "sorano|takuma"}, "0 2,14 * * *", "Asia/Ho_Chi_Minh", "binh", NOW)
    earlier = Listing(
        **{
            **{name: getattr(first, name) for name in Listing.__slots__},
            "offer": Offer(price=vnd(299_400), price_raw="299.400đ"),
        }
    )
    with database.write() as session:
        save_listing(session, earlier, good.run_id, NOW - timedelta(days=12))
    store(database, hits, run_id=good.run_id)
    with database.write() as session:
        for hit in hits:
            save_thumbnail(session, *hit.listing.key, picture())
    with database.write() as session:
        copy = PageCopy(
            url="https://example.test/item.json",
            sha256="9f2c41ab" * 8,
            byte_count=18_204,
            content_type="application/json",
            status=200,
            fetched_at=NOW - timedelta(hours=2),
        )
        record_capture(session, copy, [first.key], good.run_id, "9f/" + copy.sha256 + ".body")
