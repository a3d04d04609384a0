"""eBay's search rows and items as the Browse API sends them. Sellers are deliberately not read: its terms forbid it."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from records.listing import Availability, Listing, Offer, Seller
from records.money import Money
from spiders.drafts import make_listing
from spiders.formats.ebay_api import API_HOST, PER_PAGE, REACHED, SEARCH, check_errors, query_of
from spiders.formats.ebay_pages import MARKET, item_url
from spiders.json_api import Entries
from spiders.reading import (
    Answer,
    Reading,
    Record,
    finish,
    identifier,
    inners,
    many,
    maybe,
    maybe_inner,
    number,
    one,
    priced,
    text,
    whole,
)

AVAILABILITY: dict[str, Availability] = {
    "IN_STOCK": "in_stock",
    "LIMITED_STOCK": "in_stock",
    "OUT_OF_STOCK": "out_of_stock",
}
NO_BRANDS = frozenset({"does not apply", "unbranded", "n/a", "no brand", "not specified"})
GTIN_ASPECTS = ("EAN", "UPC", "ISBN", "GTIN")
IGNORED = frozenset(
    {
        "adultOnly", "availableCoupons", "bidCount", "buyingOptions", "compatibilityMatch", "compatibilityProperties",
        "conditionId", "distanceFromPickupLocation", "energyEfficiencyClass", "epid", "itemAffiliateWebUrl",
        "itemCreationDate", "itemEndDate", "itemGroupHref", "itemGroupType", "itemHref", "itemId", "itemOriginDate",
        "itemWebUrl", "leafCategoryIds", "legacyItemId", "listingMarketplaceId", "pickupOptions",
        "priceDisplayCondition", "priorityListing", "qualifiedPrograms", "seller", "shippingOptions",
        "shortDescription", "thumbnailImages", "topRatedBuyingExperience", "tyreLabelImageUrl", "unitPrice",
        "unitPricingMeasure", "watchCount",
    }
)  # fmt: skip


def read_search(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read a search answer; items that are missing are none only where eBay says total 0."""
    check_errors(answer, value)
    top = Record(answer.url, "", value)
    total = one(top, "total", whole)
    items = inners(top, "itemSummaries", at_least=1 if total and one(top, "offset", whole) < total else 0)
    entries = Entries(answer.url)
    entries.read(items, partial(_read_item, answer), expected=("title",))
    asked = parse_qsl(urlsplit(answer.url).query)
    following = maybe(top, "offset", whole) or 0
    following += maybe(top, "limit", whole) or PER_PAGE
    if not items or following >= min(total, REACHED) or dict(asked).get("limit") is None:
        return entries.reading()
    kept = [pair for pair in asked if pair[0] != "offset"]
    return entries.reading(links=(f"{API_HOST}{SEARCH}?{query_of([*kept, ('offset', str(following))])}",))


def read_item(answer: Answer, value: Mapping[str, object]) -> Reading:
    """Read an item answer."""
    check_errors(answer, value)
    entries = Entries(answer.url)
    entries.read([Record(answer.url, "", value)], partial(_read_item, answer))
    return entries.reading()


def _read_item(answer: Answer, record: Record, entries: Entries) -> list[Listing]:
    _check_marketplace(answer, record)
    listing_id = _legacy_id(record)
    location = maybe_inner(record, "itemLocation")
    aspects = {one(aspect, "name", text): one(aspect, "value", text) for aspect in inners(record, "localizedAspects")}
    images = [maybe_inner(record, "image"), *inners(record, "additionalImages")]
    offer = _offer(record)
    price = offer.price
    availabilities = inners(record, "estimatedAvailabilities")
    sold = [count for part in availabilities if (count := maybe(part, "estimatedSoldQuantity", whole)) is not None]
    categories = [maybe(part, "categoryName", text) for part in inners(record, "categories")]
    path = maybe(record, "categoryPath", text)
    listing = make_listing(
        answer,
        market=MARKET,
        listing_id=listing_id,
        title=one(record, "title", text),
        url=item_url(listing_id),
        currency=None if price is None else price.currency,
        offer=offer,
        seller=Seller(location=None if location is None else maybe(location, "country", text)),
        condition=maybe(record, "condition", text),
        brand=_said(maybe(record, "brand", text) or aspects.get("Brand")),
        gtin=maybe(record, "gtin", text) or next((aspects[name] for name in GTIN_ASPECTS if name in aspects), None),
        mpn=_said(maybe(record, "mpn", text) or aspects.get("MPN")),
        category=path.split("|") if path is not None else [name for name in categories if name is not None],
        description=maybe(record, "description", text) or maybe(record, "shortDescription", text),
        images=[address for image in images if image is not None and (address := maybe(image, "imageUrl", text))],
        sold=sum(sold) if sold else None,
    )
    # An item answer carries dozens of fields about delivery, returns and taxes; only search rows are counted by field.
    if "localizedAspects" not in record.values:
        entries.unknown.update(finish(record, ignore=IGNORED))
    return [listing]


def _check_marketplace(answer: Answer, record: Record) -> None:
    """Refuse an answer of another site than the one asked: eBay takes a wrong header silently for EBAY_US."""
    asked = dict(parse_qsl(urlsplit(answer.url).query)).get("marketplace")
    answered = maybe(record, "listingMarketplaceId", text)
    if asked is not None and answered is not None and asked != answered:
        raise record.problem("listingMarketplaceId", f"is not the marketplace asked for, {asked}", answered)


def _legacy_id(record: Record) -> str:
    legacy = maybe(record, "legacyItemId", identifier)
    if legacy is not None:
        return legacy
    parts = one(record, "itemId", text).split("|")
    if len(parts) != 3 or not parts[1].isdecimal():
        raise record.problem("itemId", "is not of the form v1|number|number", "|".join(parts))
    return parts[1]


def _offer(record: Record) -> Offer:
    """Return the price; of an auction the current bid, because its price is the opening bid."""
    is_auction = "AUCTION" in many(record, "buyingOptions", text)
    bid, price = _amount(record, "currentBidPrice"), _amount(record, "price")
    current = bid if is_auction and bid is not None else price
    marketing = maybe_inner(record, "marketingPrice")
    original = None if marketing is None else _amount(marketing, "originalPrice")
    if current is None or original is None or original.amount <= current.amount:
        original = None
    said = [maybe(part, "estimatedAvailabilityStatus", text) for part in inners(record, "estimatedAvailabilities")]
    known = [AVAILABILITY[status] for status in said if status in AVAILABILITY]
    return Offer(
        price=current,
        original_price=original,
        price_raw=None if current is None else current.raw,
        availability=("in_stock" if "in_stock" in known else "out_of_stock") if known else None,
    )


def _amount(record: Record, name: str) -> Money | None:
    """Return an amount object; {} and null are none."""
    found = maybe_inner(record, name)
    if found is None or not found.values:
        return None
    value, currency = one(found, "value", number), one(found, "currency", text)
    return None if value == 0 else priced(found, "value", value, currency, raw=f"{found.values['value']} {currency}")


def _said(value: str | None) -> str | None:
    """Return an aspect's value, None for the words that sellers write where there is none."""
    return None if value is None or value.strip().lower() in NO_BRANDS else value
