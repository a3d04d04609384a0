"""The console's words for codes: verdicts, reasons, tiers, signals, outcomes. English sentences are the message ids."""

from inspect import getdoc
from typing import Final

from matchers.registry import SIGNALS as SIGNAL_FUNCTIONS
from records.decision import Reason, Verdict
from records.hit import Hit, Relation, Right, Tier
from review.highlight import Kind
from review.languages import message as _

VERDICTS: Final[dict[Verdict, str]] = {
    "violation": _("Violation"),
    "no_violation": _("Not a violation"),
    "unsure": _("Unsure"),
}
VERDICT_KEYS: Final[dict[Verdict, str]] = {"violation": "Y", "no_violation": "N", "unsure": "U"}
# The path segment of each verdict's own POST route.
VERDICT_PATHS: Final[dict[Verdict, str]] = {
    "violation": "violation",
    "no_violation": "no-violation",
    "unsure": "unsure",
}
VERDICT_LEADS: Final[dict[Verdict, str]] = {
    "violation": _("Violation because"),
    "no_violation": _("Not a violation because"),
    "unsure": _("Unsure because"),
}
REASON_WORDS: Final[dict[Reason, str]] = {
    "counterfeit": _("Counterfeit mark"),
    "imitation_wording": _("Says it is an imitation"),
    "unauthorised_mark_use": _("Uses the mark without permission"),
    "below_minimum_price": _("Below the minimum price"),
    "genuine": _("Genuine goods"),
    "compatible": _("Only compatible with the mark"),
    "homonym": _("The word means something else"),
    "authorised": _("Authorised seller"),
    "wrong_product": _("Another product"),
    "needs_test_buy": _("Needs a test purchase"),
    "needs_owner": _("Needs the owner's answer"),
}
TIERS: Final[dict[Tier, str]] = {
    "high": _("High"),
    "medium": _("Medium"),
    "low": _("Low"),
    "none": _("None"),
}
TRACKS: Final = {"ip": _("Mark"), "price": _("Price")}
RIGHTS: Final[dict[Right, str]] = {
    "valid": _("Registration valid"),
    "expired": _("Registration expired"),
    "other_class": _("Registered for other goods"),
    "unknown": _("Registration not checked"),
}
RELATIONS: Final[dict[Relation, str]] = {
    "brand": _("The goods are presented as the mark's."),
    "theme": _("The mark's character or team is on other goods."),
    "compatible": _("The listing says what the item fits."),
    "homonym": _("The letters mean something else."),
}
STATES: Final = {
    "new": _("Unreviewed"),
    "confirmed": _("Confirmed"),
    "rejected": _("Not a violation"),
    "unsure": _("Unsure"),
    "lapsed": _("No longer found"),
    "second_look": _("Waits for a second look"),
    "disputed": _("Two people disagree"),
}
ROLES: Final = {
    "reviewer": _("Reviewer"),
    "senior": _("Senior reviewer"),
    "operator": _("Operator"),
    "brand_viewer": _("Brand viewer"),
    "administrator": _("Administrator"),
}
# Who asked for a run where nobody was logged in.
COMMAND_LINE: Final = _("command line")
# How a session was opened.
MEANS: Final = {
    "password": _("password"),
    "code": _("password and code"),
    "passkey": _("passkey"),
    "oidc": _("log-in service"),
}
# What an API token may do.
SCOPES: Final = {
    "read": _("read hits, sellers and brands"),
    "decide": _("decide"),
    "settle": _("settle second looks"),
    "brands": _("change watch lists and thresholds"),
    "runs": _("see crawls and schedules"),
    "operate": _("start and schedule crawls"),
    "people": _("administer accounts"),
    "audit": _("read the audit trail"),
    "released": _("read released hits of the own brands"),
}
OUTCOMES: Final = {
    "queued": _("Queued"),
    "running": _("Running"),
    "finished": _("Finished"),
    "finished_with_warnings": _("Finished with warnings"),
    "suspicious": _("Suspicious"),
    "blocked": _("Blocked"),
    "failed": _("Failed"),
    "stopped": _("Stopped"),
    "lost": _("Lost"),
}
# Pill class and icon of each outcome: running has a dot, the rest an icon, so that colour never stands alone.
OUTCOME_LOOKS: Final = {
    "queued": ("", "clock"),
    "running": ("pill-run", ""),
    "finished": ("pill-ok", "check"),
    "finished_with_warnings": ("pill-warn", "warn"),
    "suspicious": ("pill-warn", "warn"),
    "blocked": ("pill-bad", "x"),
    "failed": ("pill-bad", "x"),
    "stopped": ("", "x"),
    "lost": ("pill-lost", "off"),
}
COUNTS: Final = {
    "pages": _("Pages"),
    "listings": _("Listings"),
    "hits": _("Hits"),
    "errors": _("Errors"),
}
FIELDS: Final = {
    "title": _("Title"),
    "brand": _("Brand field"),
    "seller_name": _("Seller"),
    "description": _("Description"),
    "price_raw": _("Price as printed"),
    "category": _("Category"),
}
CHAIN_STEPS: Final = {
    "raw": _("As printed"),
    "amount": _("Amount"),
    "rate": _("Exchange rate"),
    "product": _("Product"),
    "pack": _("Pack"),
    "unit_price": _("Unit price"),
    "reference": _("Reference"),
    "authorised": _("Authorised sellers"),
    "peers": _("Comparable offers"),
    "history": _("Own earlier prices"),
    "gap": _("Gap"),
}
UNITS: Final = {"ml": "ml", "g": "g", "piece": _("piece")}
MARKETS: Final = {
    "tiki_vn": "Tiki",
    "shopee_vn": "Shopee",
    "lazada_vn": "Lazada",
    "tiktok_vn": "TikTok Shop",
    "chotot_vn": "Chợ Tốt",
    "rakuten_jp": "Rakuten",
    "amazon_jp": "Amazon Japan",
    "yahoo_jp": "Yahoo!ショッピング",
    "ebay_com": "eBay",
    "sendo_vn": "Sendo",
    "phongvu_vn": "Phong Vũ",
    "lazada_ph": "Lazada Philippines",
    "aliexpress_com": "AliExpress",
    "alibaba1688_cn": "1688",
    "taobao_cn": "Taobao",
    "shop": _("Web shop"),
}
# Signal -> kind of evidence (colour, shape), its name on cards, and the word before what was seen on chips.
SIGNALS: Final[dict[str, tuple[Kind, str, str]]] = {
    "exact_mark": ("mark", _("Exact mark"), _("exact")),
    "misspelt_mark": ("alter", _("Misspelt mark"), _("misspelt")),
    "disguised_mark": ("alter", _("Disguised mark"), _("disguised")),
    "imitation_words": ("word", _("Imitation wording"), _("word")),
    "genuine_claim": ("image", _("Claims to be genuine"), _("claims")),
    "compatible_with": ("compat", _("Compatible with"), _("fits")),
    "other_meaning": ("compat", _("Another meaning"), _("another meaning")),
    "price_below_list": ("price", _("Far below the list price"), _("below the list price")),
    "price_below_minimum": ("price", _("Below the minimum price"), _("below the minimum price")),
    "price_below_authorised": ("price", _("Below the authorised sellers"), _("below the authorised sellers")),
    "price_below_peers": ("price", _("Below comparable offers"), _("below comparable offers")),
    "price_dropped": ("price", _("Sudden drop"), _("sudden drop")),
    "price_fake_discount": ("price", _("Fake discount"), _("fake discount")),
    "price_cheap_across_marks": ("price", _("Cheap with several marks"), _("cheap with several marks")),
    "authorised_seller": ("compat", _("Authorised seller"), _("authorised seller")),
}
# What each signal says about itself, for the hit page: the first paragraph of its docstring.
SIGNAL_SENTENCES: Final = {
    name: " ".join((getdoc(function) or "").partition("\n\n")[0].split()) for name, function in SIGNAL_FUNCTIONS.items()
}


def market_name(market: str) -> str:
    """Return a marketplace's display name, or its spider name where none is known."""
    return MARKETS.get(market, market)


def signal_kind(signal: str, weight: float, track: str) -> Kind:
    """Return how a signal's spans are drawn; a signal this table does not know is drawn by its direction."""
    known = SIGNALS.get(signal)
    if known is not None:
        return known[0]
    if weight < 0:
        return "compat"
    return "price" if track == "price" else "word"


def signal_name(signal: str) -> str:
    """Return a signal's short name."""
    known = SIGNALS.get(signal)
    return known[1] if known is not None else signal.replace("_", " ").capitalize()


def chip_word(signal: str) -> str:
    """Return the word that stands before what a signal saw, on a chip."""
    known = SIGNALS.get(signal)
    return known[2] if known is not None else signal_name(signal)


def likely_reason(hit: Hit, verdict: Verdict) -> Reason:
    """Return the reason to preselect: what the hit's own findings point at."""
    signals = {evidence.signal for evidence in hit.evidence}
    # Verdict -> reasons with the findings that point at them, the surest first; the last one always holds.
    pointers: dict[Verdict, tuple[tuple[Reason, bool], ...]] = {
        "violation": (
            ("below_minimum_price", hit.track == "price"),
            ("imitation_wording", "imitation_words" in signals),
            ("counterfeit", hit.spelling == "altered"),
            ("unauthorised_mark_use", True),
        ),
        "no_violation": (
            ("compatible", hit.relation == "compatible"),
            ("homonym", hit.relation == "homonym"),
            ("authorised", "authorised_seller" in signals),
            ("compatible", "compatible_with" in signals),
            ("wrong_product", hit.track == "price"),
            ("genuine", True),
        ),
        "unsure": (("needs_test_buy", True),),
    }
    return next(reason for reason, holds in pointers[verdict] if holds)
