"""A product page read as a visitor sees it: price near title and buy button, product number, stock words.

Every value comes with the text that it was read from. Nothing is said about a page that sells nothing.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from records.listing import Availability
from spiders.currencies import currency_of, stated_currencies
from spiders.formats.shop_prices import BEFORE_TITLE, PrintedPrice, find_prices
from spiders.formats.shop_texts import (
    Text,
    ancestor,
    button_of,
    grid_of,
    is_disabled,
    names_of,
    place_of,
    selector_of,
    texts_of,
    words_of,
)
from spiders.formats.shop_words import (
    ASIDE_NAMES,
    ASIDE_TAGS,
    BUY,
    BUY_MARKUP,
    CHOICE_NAMES,
    IN_STOCK,
    OUT_OF_STOCK,
    SKU_FIELDS,
    SKU_LABEL_ALONE,
    SKU_NAMES,
    SKU_SURE,
    SKU_TEXT,
    SKU_TEXT_WHOLE,
    SKU_VALUE_ALONE,
)

LONGEST_STOCK_WORDS = 90
# How many texts after the title count as the product's own part of the page.
AFTER_TITLE = 400
LEAST_SCORE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value with the printed text that it was read from."""

    value: str
    source: str


class VisiblePage:
    """The printed texts of one page in order, and what they say about its product."""

    def __init__(self, url: str, page: LexborHTMLParser, body: bytes, names: tuple[str, ...] = ()) -> None:
        self.url = url
        self.page = page
        self.stated = stated_currencies(body)
        self._currencies: dict[str, str | None] = {}
        self.names = names
        """What structured data and head call the product."""
        root = page.body
        self.texts = [] if root is None else list(texts_of(root))

    @cached_property
    def language(self) -> str:
        """The language that the page states, with its region where it states one."""
        root = self.page.root
        return (root.attributes.get("lang") or "") if root is not None else ""

    def currency_of(self, sign: str) -> str | None:
        """Return the currency that a sign means on this page."""
        if sign not in self._currencies:
            self._currencies[sign] = currency_of(sign, self.url, self.language, self.stated)
        return self._currencies[sign]

    @cached_property
    def heading(self) -> Text | None:
        """The text of the product's heading: the first-level one that shares most words with the page's title."""
        title = self.page.css_first("title")
        path = unquote(urlsplit(self.url).path)
        wanted = words_of(" ".join((*self.names, "" if title is None else title.text(deep=True), path)))
        headings: dict[int, list[Text]] = {}
        for text in self.texts:
            found = ancestor(text.node, "h1", 4)
            if found is not None:
                headings.setdefault(found.mem_id, []).append(text)
        best, most = None, -1
        for texts in headings.values():
            shared = [len(words_of(text.value) & wanted) for text in texts]
            if sum(shared) > most:
                best, most = texts[shared.index(max(shared))], sum(shared)
        if best is None or not most:
            names = {name.strip().lower() for name in self.names}
            best = next((text for text in self.texts if text.value.lower() in names), best)
        return best

    @property
    def start(self) -> int:
        """The place of the heading among the texts, 0 without one."""
        return self.heading.position if self.heading is not None else 0

    @cached_property
    def title(self) -> Found | None:
        """The product's name as its heading prints it."""
        if self.heading is None:
            return None
        h1 = ancestor(self.heading.node, "h1", 4)
        whole = "" if h1 is None else " ".join(h1.text(deep=True).split())
        title = self.page.css_first("title")
        said = " ".join((*self.names, "" if title is None else title.text(deep=True)))
        # The whole heading where the page's title says it too; else its likeliest part: badges and numbers share it.
        value = whole if whole and whole.lower() in " ".join(said.split()).lower() else self.heading.value
        return Found(value=value, source="text h1" if h1 is not None else "text heading")

    @cached_property
    def buttons(self) -> tuple[Text, ...]:
        """The texts of buttons that put the product into a cart, in page order."""
        found = []
        for text in self.texts:
            if len(text.value) > 40 or not BUY.search(text.value):
                continue
            button = button_of(text.node)
            # Some shops make buttons of anything: then the words must be the button's own.
            is_bare = bool(BUY.fullmatch(text.value)) if button is None else False
            if (button is not None or is_bare) and not self._is_aside(text):
                found.append(text)
        return tuple(found)

    @cached_property
    def button_source(self) -> str | None:
        """Where a buy button stands, also one without words of its own; None where the page has none."""
        for text in self.buttons:
            button = button_of(text.node) or text.node.parent
            if button is not None and not is_disabled(button):
                return f"button {selector_of(button)} {text.value!r}"
        for node in self.page.css("input[type=submit], input[type=button], input[type=image], button, a[class], a[id]"):
            names = names_of(node)
            words = " ".join(str(node.attributes.get(name) or "") for name in ("value", "title", "aria-label", "alt"))
            if (BUY_MARKUP.search(names) or (node.tag == "input" and BUY.search(words))) and not is_disabled(node):
                return f"button {selector_of(node)}"
        return None

    @cached_property
    def prices(self) -> tuple[PrintedPrice, ...]:
        """Every amount that may be the product's price, the likeliest first."""
        return self._amounts[0]

    @cached_property
    def _amounts(self) -> tuple[tuple[PrintedPrice, ...], Counter[tuple[int, str]]]:
        buttons = [text.position for text in self.buttons]
        return find_prices(self.texts, self.start, buttons, self.currency_of, has_heading=self.heading is not None)

    @cached_property
    def price(self) -> PrintedPrice | None:
        """The product's price, None where no amount is likely to be it."""
        likely = [price for price in self.prices if price.score >= LEAST_SCORE]
        # Where every likely amount looks struck through, the looks are wrong.
        return next((price for price in likely if not price.is_struck), likely[0] if likely else None)

    @cached_property
    def is_list(self) -> bool:
        """Whether the amounts are those of many products: their cards repeat, each with its own button or price."""
        best = next((price for price in self.prices if not price.is_struck), None)
        if best is None or self.price is None:
            return False
        grid = grid_of(self.texts[best.position].node)
        return grid is not None and self._amounts[1][grid] >= 4 and len(self.buttons) != 1

    @cached_property
    def original_price(self) -> PrintedPrice | None:
        """The struck-through price beside the price."""
        price = self.price
        if price is None:
            return None
        near = (one for one in self.prices if one.is_struck and abs(one.position - price.position) <= 12)
        return next((one for one in near if price.amount < one.amount <= price.amount * 20), None)

    @cached_property
    def sku(self) -> Found | None:
        """The product number that stands behind a label such as SKU, Artikelnummer, Mã sản phẩm."""
        found: list[tuple[float, Found]] = []
        start = self.start
        for index, text in enumerate(self.texts):
            value = None
            if len(text.value) <= 120 and (match := SKU_TEXT_WHOLE.match(text.value) or SKU_TEXT.search(text.value)):
                value, shown = match.group(1), match.group(0)
            elif len(text.value) <= 40 and SKU_LABEL_ALONE.match(text.value):
                following = [
                    part for part in self.texts[index + 1 : index + 4] if part.value.strip(" :#\u00a0\u200e\u200f")
                ]
                alone = SKU_VALUE_ALONE.match(following[0].value) if following else None
                if alone and len(following[0].value) <= 45:
                    value, shown = alone.group(1), f"{text.value} {following[0].value}"
            if value is None or not any(sign.isdigit() for sign in value) or len(value) < 3:
                continue
            distance = text.position - start
            score = -abs(distance) / 300 - (3 if self._is_aside(text) else 0) - (1 if distance < -BEFORE_TITLE else 0)
            score += 1.5 if SKU_SURE.search(shown) else 0
            found.append((score, Found(value=value, source=f"text {shown[:80]!r}")))
        found += self._named_numbers(start)
        return max(found, key=lambda one: one[0])[1] if found else None

    def _named_numbers(self, start: int) -> Iterator[tuple[float, Found]]:
        """Yield numbers that stand alone in an element whose name says that it holds the product's number."""
        for text in self.texts:
            if len(text.value) > 45 or not (alone := SKU_VALUE_ALONE.match(text.value)) or text.node.parent is None:
                continue
            value = alone.group(1)
            if len(value) < 3 or not any(sign.isdigit() for sign in value):
                continue
            if SKU_NAMES.search(names_of(text.node.parent)):
                score = 1 - abs(text.position - start) / 300 - (3 if self._is_aside(text) else 0)
                yield score, Found(value=value, source=f"text {selector_of(text.node.parent)} {value!r}")

    @cached_property
    def form_sku(self) -> Found | None:
        """The product's number in a form field that goes into the cart with it."""
        fields = {
            (node.attributes.get("name") or node.attributes.get("id") or "").lower(): node.attributes.get("value") or ""
            for node in reversed(self.page.css("input[type=hidden][value]"))
        }
        for name in SKU_FIELDS:
            value = fields.get(name, "").strip()
            if (match := SKU_VALUE_ALONE.match(value)) and any(sign.isdigit() for sign in value):
                return Found(value=match.group(1), source=f"input[name={name}]")
        return None

    @cached_property
    def availability(self) -> tuple[Availability, str] | None:
        """Whether the product can be had, by words beside it or a buy button; None where the page does not show it."""
        said = {True: "", False: ""}
        for text in self._own_texts():
            if len(text.value) > LONGEST_STOCK_WORDS:
                continue
            is_out = OUT_OF_STOCK.search(text.value)
            if is_out and is_out.start() > 4 and len(is_out.group(0)) * 1.7 < len(text.value):
                continue  # A sentence about something else: a service, a shop, a payment.
            if (is_out or IN_STOCK.search(text.value)) and not self._is_choice(text) and not said[bool(is_out)]:
                said[bool(is_out)] = f"text {text.value[:80]!r}"
        if said[True] and not (self.buttons and self.button_source):
            return "out_of_stock", said[True]
        if self.button_source is not None:
            return "in_stock", self.button_source
        return ("in_stock", said[False]) if said[False] else None

    def _own_texts(self) -> Iterator[Text]:
        start = self.start
        ends = [start + AFTER_TITLE, *(text.position + 60 for text in self.buttons[:1])]
        yield from self.texts[max(0, start - BEFORE_TITLE) : min(ends) + 1]

    def _is_aside(self, text: Text) -> bool:
        place = place_of(text.node)
        return bool(place.is_hidden or place.tags & ASIDE_TAGS or ASIDE_NAMES.search(f"{place.near} {place.far}"))

    def _is_choice(self, text: Text) -> bool:
        """Return whether the text belongs to one of several variants, to a hidden message or to another product."""
        place = place_of(text.node)
        if place.is_hidden or place.tags & (ASIDE_TAGS | {"label", "li"}):
            return True
        return bool(ASIDE_NAMES.search(place.near) or CHOICE_NAMES.search(place.near))
