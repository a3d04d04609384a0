"""The ways into a marketplace as its file declares them: what each needs, what binds it, and how it was verified."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from spiders.credentials import Key

WayName = Literal["api", "pages", "import"]

# What is said where a way's format stands on documents alone.
NOT_VERIFIED = "documented, not verified on a live answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way in: an API with the operator's keys, public pages that robots.txt allows, or files saved by a person."""

    name: WayName
    """api, pages or import."""
    format: str
    """What is read, and where the format is known from."""
    recorded: str = ""
    """Kind and date of the recorded answers it was verified on; empty where it stands on documents alone."""
    terms: str = ""
    """What the market's own terms say about this way, with the date of the reading."""
    asks_consent: bool = False
    """True where the terms ask for consent: closed until an administrator's record opens it."""
    keys: tuple[Key, ...] = ()
    """What the operator sets in the environment before it can be used."""
    floor_seconds: float = 3.0
    """Least time between two requests to one host."""
    daily_calls: int | None = None
    """Most requests a day; None sets no bound of the market's own."""
    limits: str = ""
    """Quotas, paging limits and what this way never returns."""

    @property
    def verified(self) -> str:
        """Return what the reading was verified on."""
        return f"recorded: {self.recorded}" if self.recorded else NOT_VERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a market's terms allow to be kept and shown. An installation can shorten the times, never lengthen them."""

    price_for: timedelta | None = None
    """Price and availability are removed this long after they were last seen; None keeps them."""
    details_for: timedelta | None = None
    """All but id, address, title and price is removed this long after it was last seen; None keeps it."""
    listing_for: timedelta | None = None
    """The listing is removed this long after it was last seen; one with a hit keeps id, address and title."""
    keeps_sellers: bool = True
    """False: the seller's id and name are never stored."""
    keeps_answers: Literal["all", "pages", "none"] = "all"
    """Which answers may be kept as they came; `pages` leaves out those of the API."""
    credit: str = ""
    """What the terms ask to be shown beside the data; empty where nothing is asked."""
    source: str = ""
    """Which text binds, and as read when."""

    @property
    def sentence(self) -> str:
        """Return what is removed when, in one sentence; empty where nothing is."""
        times = (("price and availability", self.price_for), ("all but id, address, title and price", self.details_for))
        parts = [f"{what} removed after {_shown(after)}" for what, after in times if after is not None]
        if self.listing_for is not None:
            parts.append(f"listings without a hit removed after {_shown(self.listing_for)}")
        if not self.keeps_sellers:
            parts.append("no seller is stored")
        if self.keeps_answers != "all":
            parts.append("no answer is kept as it came" if self.keeps_answers == "none" else "no API answer is kept")
        return "; ".join(parts)


def closed_sentence(market: str, way: Way) -> str:
    """Return why a way that asks for consent is closed, and how an administrator opens it."""
    return (
        f"{market}: the way {way.name} is closed: {way.terms} An administrator records who allowed it with: "
        f"markwatch markets allow {market} {way.name} --ground TEXT --until DATE"
    )


def _shown(length: timedelta) -> str:
    hours = round(length.total_seconds() / 3_600)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"
