"""The amounts printed on a page, and which of them is the price of its product."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from spiders.currencies import PRICED, amount_of
from spiders.formats.shop_texts import Place, Text, grid_of, place_of
from spiders.formats.shop_words import (
    ASIDE_NAMES,
    ASIDE_TAGS,
    CURRENT_NAMES,
    NOT_THE_PRICE,
    PRICE_LABELS,
    PRICE_NAMES,
    STRUCK_NAMES,
    STRUCK_TAGS,
    WITHOUT_TAX,
)
from spiders.reading import MAX_PRICE

# A price is a short text of its own; what stands in running text is about something else.
LONGEST_PRICE = 60
_DIGIT = re.compile(r"\d")
# How many texts before the title may still be the product's.
BEFORE_TITLE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPrice:
    """An amount as printed, how likely it is the product's price, and where it stands."""

    amount: Decimal
    currency: str | None
    raw: str
    score: float
    is_struck: bool
    position: int
    source: str


def find_prices(
    texts: list[Text], start: int, buttons: list[int], currency_of: Callable[[str], str | None], *, has_heading: bool
) -> tuple[tuple[PrintedPrice, ...], Counter[tuple[int, str]]]:
    """Return the amounts of a page, the likeliest to be the product's price first, and how many stand in each list.

    `start` and `buttons` are the places of the heading and of the buy buttons.
    """
    grids = Counter[tuple[int, str]]()
    found = list(_prices(texts, start, buttons, currency_of, grids, has_heading=has_heading))
    times = Counter(price.amount for price in found if not price.is_struck)
    ranked = [replace(price, score=price.score + min(times[price.amount] - 1, 3) * 0.5) for price in found]
    return tuple(sorted(ranked, key=lambda price: (-price.score, price.position))), grids


def _prices(
    texts: list[Text], start: int, buttons: list[int], currency_of: Callable[[str], str | None],
    grids: Counter[tuple[int, str]], *, has_heading: bool,
) -> Iterator[PrintedPrice]:  # fmt: skip
    places: list[tuple[Text, str, re.Match[str], Place]] = []
    for index, text in enumerate(texts):
        if len(text.value) > LONGEST_PRICE or not _DIGIT.search(text.value):
            continue
        shown, match = _priced(texts, index)
        if match is not None:
            place = place_of(text.node)
            places.append((text, shown, match, place))
            grid = grid_of(text.node)
            if grid is not None:
                grids[grid] += 1
    for text, shown, match, place in places:
        sign = match["before"] or match["after"] or ""
        currency = currency_of(sign)
        amount = amount_of(match["first"] or match["second"], currency)
        if amount is None or not 0 < amount <= MAX_PRICE:
            continue
        is_struck = bool(place.tags & STRUCK_TAGS or STRUCK_NAMES.search(place.near))
        score = _score(text, shown, place, text.position - start, grids, has_heading=has_heading)
        before = [part.value for part in texts[max(0, text.position - 3) : text.position] if len(part.value) <= 30]
        score += 2 if any(PRICE_LABELS.search(words) for words in before) else 0
        following = [part.value for part in texts[text.position + 1 : text.position + 2]]
        taxed = " ".join((*before[-1:], shown, *(words for words in following if len(words) <= 30)))
        score -= 3 if WITHOUT_TAX.search(taxed) else 0
        if buttons:
            score += 2 if min(abs(text.position - position) for position in buttons) <= 40 else 0
        yield PrintedPrice(
            amount=amount,
            currency=currency,
            raw=" ".join(match.group(0).split()),
            score=score,
            is_struck=is_struck,
            position=text.position,
            source=f"text {place.path} {' '.join(match.group(0).split())!r}",
        )


def _score(
    text: Text, shown: str, place: Place, distance: int, grids: Counter[tuple[int, str]], *, has_heading: bool
) -> float:
    score = 3.0 if PRICE_NAMES.search(place.near) else 1.5 if PRICE_NAMES.search(place.far) else 0.0
    score += 2 if CURRENT_NAMES.search(place.near) else 0
    score += 3 if "itemprop=price" in place.near else 0
    score -= 5 if place.tags & ASIDE_TAGS else 0
    score -= 5 if ASIDE_NAMES.search(place.near) else 3 if ASIDE_NAMES.search(place.far) else 0
    score -= 2 if place.is_hidden else 0
    score -= 4 if NOT_THE_PRICE.search(shown) else 0
    grid = grid_of(text.node)
    score -= 4 if grid is not None and grids[grid] >= 4 else 0
    if has_heading:
        score -= 3 if distance < -BEFORE_TITLE else 0
        score -= min(abs(distance) / 100, 5)
    return score


def _priced(texts: list[Text], index: int) -> tuple[str, re.Match[str] | None]:
    """Return the amount at a text, its sign perhaps in a neighbouring text, and the words around it."""
    own = texts[index].value
    if len(own) > LONGEST_PRICE:
        return own, None
    if match := PRICED.search(own):
        return own, match
    before = texts[index - 1].value if index else ""
    after = [part.value for part in texts[index + 1 : index + 3]]
    for joined in (
        f"{own}{after[0]}" if after and len(after[0]) <= 4 else "",
        f"{own}{after[0]}{after[1]}" if len(after) > 1 and len(after[0] + after[1]) <= 8 else "",
        f"{before}{own}" if 0 < len(before) <= 4 else "",
    ):
        if joined and (match := PRICED.search(joined)):
            return joined, match
    return own, None
