"""The price chain in the reader's language: the matcher's English steps are recognised, translated and formatted."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from records.hit import ChainStep
from review.console import Reading
from review.languages import message as _

# The gap as the matcher states it: the offer as a share of its reference.
SHARE: Final = re.compile(r"(?P<share>[\d.,]+) % of the (?P<which>list price|minimum price)")
# Detail of a step -> the sentence that says the same; a place named in WORDS is translated, another is formatted.
DETAILS: Final = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (
            r"(?P<which>list price|minimum price) (?P<amount>.+) for (?P<pack>.+)",
            _("%(which)s %(amount)s for %(pack)s"),
        ),
        (r"band: (?P<band>.+)", _("band: %(band)s")),
        (r"(?P<product>.+): (?P<how>[^:]+)", "%(product)s: %(how)s"),
    )
)
WORDS: Final = frozenset({"which", "band", "how"})
WHICH: Final = {"list price": _("list price"), "minimum price": _("minimum price")}
# Steps without places.
PLAIN: Final = (_("as printed"), _("read from the printed price"), _("amount ÷ pack"), _("no band"))


@dataclass(frozen=True, slots=True)
class Gap:
    """How far an offer lies from its reference."""

    share: Decimal
    """The offer in percent of the reference."""

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
    return None if found is None else Gap(Decimal(found["share"].replace(",", "")))


def value_words(step: ChainStep, reading: Reading) -> str:
    """Return a step's result; the price as printed stays as it was."""
    if step.name == "raw":
        return step.value
    gap = gap_of(step) if step.name == "gap" else None
    return reading.formats.measured(step.value) if gap is None else gap.words(reading)


def detail_words(step: ChainStep, reading: Reading) -> str:
    """Return how a step came about, in the reader's language where the sentence is known."""
    for pattern, sentence in DETAILS:
        found = pattern.fullmatch(step.detail)
        if found is not None:
            facts = {
                name: reading.translate(text) if name in WORDS else reading.formats.measured(text)
                for name, text in found.groupdict().items()
            }
            return reading.translate(sentence) % facts
    return reading.translate(step.detail)
