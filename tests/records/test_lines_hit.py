import json

from records.hit import ChainStep, Evidence, Hit, Span
from records.lines import hit_to_line
from records.listing import Listing


def test_a_hit_line_is_the_published_object() -> None:
    listing = Listing(market="shop", listing_id="7", title="Giày ni.ke")
    hit = Hit(
        listing=listing,
        mark_id="M-1",
        product_id="P-1",
        track="price",
        relation="brand",
        spelling="altered",
        intent="neutral",
        right="expired",
        score=0.93,
        tier="high",
        rule_version="2026-11-22.1",
        evidence=(
            Evidence(
                signal="disguised_mark",
                weight=0.8,
                message="%(printed)s hides the mark.",
                facts={"printed": "ni.ke"},
                spans=(Span.cut(listing, "title", 5, 10),),
            ),
        ),
        chain=(ChainStep(name="raw", value="5 ₫", detail="as printed"),),
    )
    expected = {
        "market": "shop", "listing_id": "7", "track": "price", "mark_id": "M-1", "product_id": "P-1",
        "relation": "brand", "spelling": "altered", "intent": "neutral", "tier": "high", "score": 0.93,
        "right": "expired", "rule_version": "2026-11-22.1",
        "chain": [{"name": "raw", "value": "5 ₫", "detail": "as printed"}],
        "evidence": [
            {
                "signal": "disguised_mark", "weight": 0.8, "detail": "ni.ke hides the mark.",
                "spans": [{"field": "title", "start": 5, "end": 10, "text": "ni.ke"}],
            }
        ],
    }  # fmt: skip
    assert json.loads(json.dumps(hit_to_line(hit))) == expected
