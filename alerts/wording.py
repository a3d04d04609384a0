"""The sentences of the mails, whole, in each language. Names in %(…)s are filled in; nothing is glued together.

A hit is a possible violation, even a confirmed one: only a court can say more. A listing was seen; what is
no longer seen is never said to have been taken down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from records.decision import Reason
from records.hit import Right, Tier
from records.mail import Answer

# The same shapes in every language; the word stands beside them.
TIER_BARS: Mapping[Tier, str] = MappingProxyType({"high": "▮▮▮", "medium": "▮▮▯", "low": "▮▯▯", "none": "–"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The sentences of one language; wording_en.py is the reference for what each one says."""

    # Subjects: at most 30 full-width characters; the brand's name is cut to fit.
    subject: str
    subject_changes: str
    subject_unreviewed: str
    subject_urgent: str
    subject_monthly: str
    subject_account: str
    subject_sample: str
    kinds: Mapping[str, str]
    """Names of the mails: daily, weekly, urgent, monthly, account."""

    # The first sentence, and what is in this mail.
    heading_ip: str
    heading_price: str
    heading_both: str
    heading_changes: str
    heading_unreviewed: str
    heading_urgent: str
    heading_monthly: str
    heading_joined: str
    heading_changed: str
    reviewed_only: str
    with_unreviewed: str

    # The three figures and the line beside them.
    stat_new: str
    stat_high: str
    stat_not_seen: str
    figure: str
    scope: str
    scope_none: str
    last_time: str
    joined: str
    """Two sentences on one line."""

    # One hit.
    tiers: Mapping[Tier, str]
    tier_label: str
    unreviewed_label: str
    seen: str
    seen_first: str
    latin: str
    price: str
    home_price: str
    price_range: str
    price_unknown: str
    minimum_price: str
    share_of_list: str
    share_of_minimum: str
    mark: str
    mark_without_number: str
    words: str
    quote: str
    reasons: Mapping[Reason, str]
    rights: Mapping[Right, str]
    kept_page: str
    kept_answer: str
    link: str
    answer_ask: str
    answers: Mapping[Answer, str]

    # The list in the console.
    more: str
    open_list: str
    links_note: str

    # Sections.
    folded: str
    unreviewed_heading: str
    changes: str
    change_price: str
    change_not_seen: str
    change_seen_again: str
    change_more: str
    answered: str
    answered_line: str
    did: str
    did_reviewed: str
    did_captured: str
    did_packed: str
    did_sellers: str
    asked: str
    asked_line: str
    precision: str
    precision_few: str
    precision_none: str
    tighten: str
    unreviewed: str
    coverage: str
    coverage_month: str
    coverage_line: str
    coverage_broken: str
    coverage_none: str
    coverage_note: str

    # The monthly report.
    monthly_lead: str
    monthly_markets: str
    monthly_reasons: str
    monthly_changes: str
    monthly_line: str
    monthly_no_hits: str
    monthly_did: str
    monthly_file: str
    monthly_file_note: str
    monthly_hits: str
    report_columns: Mapping[str, str]
    """The document's table: listing; where, when and price; reason and mark; evidence."""
    report_note: str
    reason_names: Mapping[Reason, str]
    change_names: Mapping[str, str]

    # A mail about the mails.
    account_lead_joined: str
    account_lead_changed: str
    account_settings: str
    account_line: str
    account_never: str
    account_trust: str
    account_stop: str

    # The foot.
    why: str
    schedules: Mapping[str, str]
    privacy: str
    rates: str
    sample_note: str
    choose: str
    stop: str
