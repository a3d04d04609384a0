"""The price chain in the reader's language: the matcher's English steps are recognised, translated and formatted."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from records.hit import ChainStep
from review.console import Reading
from review.languages import message as _

# The gap as the matcher states it: the offer as a share of its reference.
SHARE: Final = re.compile(
    r"(?P<share>[\d.,]+) % of the (?P<which>list price|minimum price|authorised sellers' lowest price"
    r"|middle of comparable offers)"
)
# Detail of a step -> the sentence that says the same; a place named in WORDS is translated, one in PRINTED stays as it
# is, another is formatted.
DETAILS: Final = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (
            r"(?P<which>list price|minimum price) since (?P<day>\d{4}-\d\d-\d\d): (?P<amount>.+) for (?P<pack>.+)",
            _("%(which)s since %(day)s: %(amount)s for %(pack)s"),
        ),
        (
            r"promotion (?P<name>.+) until (?P<day>\d{4}-\d\d-\d\d): (?P<amount>.+) for (?P<pack>.+)",
            _("promotion %(name)s until %(day)s: %(amount)s for %(pack)s"),
        ),
        (
            r"(?P<which>list price|minimum price):? (?P<amount>.+) for (?P<pack>.+)",
            _("%(which)s %(amount)s for %(pack)s"),
        ),
        (
            r"lowest of (?P<count>\d+) authorised sellers, the highest (?P<amount>.+)",
            _("lowest of %(count)s authorised sellers, the highest %(amount)s"),
        ),
        (
            r"middle of (?P<count>\d+) comparable offers \((?P<kind>\w+)\), usual spread (?P<spread>.+)",
            _("middle of %(count)s comparable offers (%(kind)s), usual spread %(spread)s"),
        ),
        (
            r"middle of its own prices on (?P<count>\d+) days since (?P<day>.+)",
            _("middle of its own prices on %(count)s days since %(day)s"),
        ),
        (r"band: (?P<band>.+)", _("band: %(band)s")),
        (r"(?P<how>[^;:]+); (?P<kind>used|refurbished|sample|refill): (?P<text>.+)", "%(how)s; %(kind)s: %(text)s"),
        (r"(?P<product>.+): (?P<how>[^:]+)", "%(product)s: %(how)s"),
    )
)
WORDS: Final = frozenset({"which", "band", "how", "kind"})
PRINTED: Final = frozenset({"name", "text", "product", "day"})
WHICH: Final = (
    _("list price"), _("minimum price"), _("authorised sellers' lowest price"), _("middle of comparable offers"),
)  # fmt: skip
# Kinds of offers; each is compared with its own kind.
KINDS: Final = (_("new"), _("used"), _("refurbished"), _("sample"), _("refill"))
# Steps without places.
PLAIN: Final = (_("as printed"), _("read from the printed price"), _("amount ÷ pack"), _("no band"))


@dataclass(frozen=True, slots=True)
class Gap:
    """How far an offer lies from its reference."""

    share: Decimal
    """The offer in percent of the reference."""
    which: str
    """What the reference is, such as "list price": a sentence of the catalogue."""

    @property
    def is_low(self) -> bool:
        """True below the reference."""
        return self.share < 100

    def words(self, reading: Reading) -> str:
        """The distance as a signed percentage."""
        return reading.formats.measured(f"{self.share - 100:+.0f} %")


def gap_of(step: ChainStep | None) -> Gap | None:
    """Return the gap of a chain's last step, or None where it states none."""
    found = SHARE.fullmatch(step.value) if step is not None else None
    return None if found is None else Gap(Decimal(found["share"].replace(",", "")), found["which"])


def value_words(step: ChainStep, reading: Reading) -> str:
    """Return a step's result; the price as printed stays as it was."""
    if step.name in {"raw", "product"}:
        return step.value
    gap = gap_of(step) if step.name == "gap" else None
    return reading.formats.measured(step.value) if gap is None else gap.words(reading)


def detail_words(step: ChainStep, reading: Reading) -> str:
    """Return how a step came about, in the reader's language where the sentence is known."""
    for pattern, sentence in DETAILS:
        found = pattern.fullmatch(step.detail)
        if found is not None:
            facts = {
                name: reading.translate(text)
                if name in WORDS
                else text
                if name in PRINTED
                else reading.formats.measured(text)
                for name, text in found.groupdict().items()
            }
            return reading.translate(sentence) % facts
    return reading.translate(step.detail)
