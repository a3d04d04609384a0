"""Price bands: how far below the owner's list price an offer is."""

from decimal import Decimal
from typing import Literal

Band = Literal["very_strong", "strong", "medium", "weak"]

# Upper edge of each band as a share of the list price. Above the last there is no price signal,
# and no sign of innocence either.
BANDS: tuple[tuple[Band, Decimal], ...] = (
    ("very_strong", Decimal("0.20")),
    ("strong", Decimal("0.50")),
    ("medium", Decimal("0.70")),
    ("weak", Decimal("0.90")),
)
BAND_WORDS: dict[Band, str] = {"very_strong": "very strong", "strong": "strong", "medium": "medium", "weak": "weak"}


def share_of(price: Decimal, reference: Decimal) -> Decimal:
    """Return a price as a share of a reference to twelve digits, so that a third of a ml moves no edge."""
    return (price / reference).quantize(Decimal("1e-12"))


def band_of(share: Decimal) -> Band | None:
    """Return the band of a price given as a share of the list price, edges included; None above all bands."""
    return next((band for band, edge in BANDS if share <= edge), None)
