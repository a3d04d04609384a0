"""Products in the state that a page's scripts carry: Next.js, Nuxt, data layers, any object with name and price."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import chompjs
from selectolax.lexbor import LexborHTMLParser

from spiders.structured import text_in

# Scripts beyond these sizes are programs, not data.
MAX_SCRIPT = 2 * 2**20
MAX_SCRIPTS = 60
MAX_VISITED = 50_000
MAX_DEPTH = 25
MAX_OBJECTS = 20
NAME_KEYS = ("name", "title", "productName", "product_name", "displayName", "item_name")
PRICE_KEYS = (
    "salePrice", "sale_price", "sellingPrice", "selling_price", "currentPrice", "current_price", "finalPrice",
    "final_price", "price", "priceValue", "price_value", "item_price", "amount", "value", "current", "sale", "selling",
)  # fmt: skip
SKU_KEYS = (
    "sku",
    "SKU",
    "productCode",
    "product_code",
    "itemNumber",
    "code",
    "productId",
    "product_id",
    "id",
    "item_id",
)
CURRENCY_KEYS = ("currency", "currencyCode", "currency_code", "priceCurrency")
_ASSIGNED = re.compile(
    r"(?:window\.|self\.|var |let |const )?([\w.$\[\]\"']{2,60})\s*(?:=|\.push\()\s*(?=[{\[])|JSON\.parse\(\s*(?=['\"])"
)
_INTERESTING = re.compile(
    r"[\"']?(?:price|salePrice|sale_price|item_price|currentPrice|finalPrice|sellingPrice)[\"']?\s*:"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateProduct:
    """One product of a page's state."""

    name: str
    price: Decimal | None
    """As it stands there: perhaps in minor units."""
    raw: str
    currency: str | None
    sku: str | None
    path: str
    """Where it stands: the script and the keys that lead to it."""


def state_products(page: LexborHTMLParser) -> Iterator[StateProduct]:
    """Yield the products that the page's scripts name, in page order."""
    for number, script in enumerate(page.css("script:not([src])")[:MAX_SCRIPTS]):
        kind = (script.attributes.get("type") or "").lower()
        if "ld+json" in kind or "template" in kind:
            continue
        text = script.text(deep=True)
        if len(text) > MAX_SCRIPT or not _INTERESTING.search(text):
            continue
        place = f"script#{script.attributes['id']}" if script.attributes.get("id") else f"script[{number}]"
        for name, value in _values(text, is_json="json" in kind):
            budget = [MAX_VISITED]
            yield from _products(value, f"{place} {name}".strip(), 0, budget)


def _values(text: str, *, is_json: bool) -> Iterator[tuple[str, object]]:
    if is_json or text.lstrip()[:1] in {"{", "["}:
        try:
            yield "$", json.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError):
            return
        return
    end = 0
    for count, match in enumerate(_ASSIGNED.finditer(text)):
        if count >= MAX_OBJECTS or match.start() < end:
            continue
        rest = text[match.end() :]
        try:
            if rest[:1] in {"'", '"'}:
                inner: object = chompjs.parse_js_object(f"[{rest[: rest.find(rest[0] + ')', 1) + 1]}]")
                value = json.loads(inner[0], parse_float=Decimal) if isinstance(inner, list) and inner else None
            else:
                value = chompjs.parse_js_object(rest, loader_kwargs={"strict": False, "parse_float": Decimal})
        except (ValueError, RecursionError, IndexError):
            continue
        if value is not None:
            yield match.group(1) or "JSON.parse", value


def _products(value: object, path: str, depth: int, budget: list[int]) -> Iterator[StateProduct]:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        return
    if isinstance(value, list):
        for index, part in enumerate(value):
            if isinstance(part, dict | list):
                yield from _products(part, f"{path}[{index}]", depth + 1, budget)
        return
    if not isinstance(value, dict):
        return
    name = next((found for key in NAME_KEYS if isinstance(found := value.get(key), str) and found.strip()), None)
    if name is not None:
        key, raw, price = _price(value)
        sku = next((found for key_ in SKU_KEYS if (found := text_in(value.get(key_))) is not None), None)
        if price is not None:
            currency = next((found for key_ in CURRENCY_KEYS if (found := text_in(value.get(key_))) is not None), None)
            yield StateProduct(name=name, price=price, raw=raw, currency=currency, sku=sku, path=f"{path}.{key}")
    for inner_key, part in value.items():
        if isinstance(part, dict | list):
            yield from _products(part, f"{path}.{inner_key}", depth + 1, budget)


def _price(record: Mapping[str, object]) -> tuple[str, str, Decimal | None]:
    """Return key, text and amount of the object's price, one level of nesting deep."""
    for key in PRICE_KEYS[:10]:
        value = record.get(key)
        if isinstance(value, dict):
            for inner in PRICE_KEYS:
                number = _number(value.get(inner))
                if number is not None:
                    return f"{key}.{inner}", str(value[inner]), number
        number = _number(value)
        if number is not None:
            return key, str(value), number
    return "", "", None


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | float):
        return None
    text = str(value).strip()
    if not re.fullmatch(r"\d{1,13}(?:\.\d{1,4})?", text):
        return None
    number = Decimal(text)
    return number if number > 0 else None
