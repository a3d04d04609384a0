"""What a recipient of alert mails has chosen, what a brand allows, and what a brand owner may answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from records.decision import Reason
from records.hit import Tier
from records.row_fields import BadField
from records.watchlist import Owner

Kind = Literal["urgent", "digest", "monthly", "account"]
Frequency = Literal["never", "as_it_happens", "daily", "weekly", "monthly"]
Language = Literal["ja", "vi", "en"]
Holidays = Literal["JP", "VN", ""]
Answer = Literal["genuine", "fake", "authorised_seller", "ours_grey", "test_buy"]

# How often each kind may come; the first is what a recipient gets who has chosen nothing. Account mails always come.
FREQUENCIES: dict[Kind, tuple[Frequency, ...]] = {
    "urgent": ("as_it_happens", "never"),
    "digest": ("daily", "weekly", "never"),
    "monthly": ("monthly", "never"),
    "account": ("as_it_happens",),
}
STREAM_KINDS: tuple[Kind, ...] = ("urgent", "digest", "monthly")
# In the order in which the mail offers them.
ANSWERS: tuple[Answer, ...] = ("fake", "genuine", "authorised_seller", "ours_grey", "test_buy")
# A recipient met for the first time is told what was released this long before, not everything there ever was.
FIRST_LOOKBACK = timedelta(days=31)
DEFAULT_HOUR = 9
DEFAULT_PLACE: dict[Language, tuple[str, Holidays]] = {
    "ja": ("Asia/Tokyo", "JP"), "vi": ("Asia/Ho_Chi_Minh", "VN"), "en": ("Asia/Tokyo", "JP"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """How one recipient wants one kind of mail about one brand."""

    frequency: Frequency
    """One of FREQUENCIES of its kind."""
    hour: int = DEFAULT_HOUR
    """Hour of the day, 0 to 23, in `zone`, before which a daily, weekly or monthly mail does not leave."""
    zone: str = "Asia/Tokyo"
    """IANA zone of the hour and of the reader's days."""
    holidays: Holidays = "JP"
    """Country on whose public holidays nothing regular is sent; empty means every day is a day."""
    weekday: int = 0
    """Day of a weekly mail, 0 Monday to 6 Sunday."""
    language: Language = "ja"
    """Language of the mail."""
    minimum_tier: Tier = "low"
    """Confirmed hits of a lower tier are not mailed; low means all of them."""
    markets: tuple[str, ...] = ()
    """Spider names of the marketplaces; empty means all."""
    since: datetime
    """Nothing that was decided before is news."""

    def __post_init__(self) -> None:
        """Refuse an hour or a weekday that no clock or week has, and a time without a zone."""
        if not 0 <= self.hour <= 23:
            raise BadField("hour", f"{self.hour} is not 0 to 23")
        if not 0 <= self.weekday <= 6:
            raise BadField("weekday", f"{self.weekday} is not 0 (Monday) to 6 (Sunday)")
        if self.since.utcoffset() is None:
            raise BadField("since", "a time without a zone")


def default_preference(owner: Owner, kind: Kind, since: datetime) -> Preference:
    """Return what a recipient of that owner gets who has chosen nothing."""
    zone, holidays = DEFAULT_PLACE[owner.language]
    return Preference(
        frequency=FREQUENCIES[kind][0], zone=zone, holidays=holidays, language=owner.language, since=since
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandRule:
    """What one brand allows and asks of its mails."""

    urgent_tier: Tier | None = "high"
    """Lowest tier of an urgent hit; None means that nothing is urgent for this brand."""
    urgent_score: float = 0.9
    """Lowest score of an urgent hit."""
    urgent_reasons: tuple[Reason, ...] = ("counterfeit",)
    """Reasons of the confirmation that make a hit urgent."""
    has_pictures: bool = True
    """False: mails of this brand carry no picture."""
    unreviewed_until: date | None = None
    """Last day on which unreviewed machine flags may be mailed, marked as unreviewed; None means never."""
    agreed_by: str = ""
    """Who agreed to that for the brand owner."""
    recorded_by: str = ""
    """Log-in name or command that wrote the agreement down."""

    def allows_unreviewed(self, day: date) -> bool:
        """Return whether owner and agency agreed to mail unreviewed flags on that day."""
        return self.unreviewed_until is not None and day <= self.unreviewed_until and bool(self.agreed_by)
