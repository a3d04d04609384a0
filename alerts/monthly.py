"""The monthly report: what reviewers confirmed in a month beside the month before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType

import structlog

from alerts.digest import CoverageLine, DigestLine, market_title
from alerts.house import House
from alerts.letter import Letter, Section, Stat
from alerts.letters import fitted, foot, ways
from alerts.report_pdf import PdfAbsent, report_file
from alerts.rows import Reader, coverage_words, deed_words, precision_words, scope_words
from alerts.title import shown
from records.decision import REASONS
from storage.mail_deeds import Deed

log = structlog.get_logger()

LISTED = 200
"""Hits listed in the document; the rest is a number and stands in the console."""
CHANGES = ("new", "price", "not_seen", "seen_again", "answered")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """The figures of one brand's month."""

    owner: str
    """Company that holds the brand."""
    brand: str
    """The one brand it is about."""
    month: date
    """First day of the month reported."""
    day: date
    """The reader's day on which it is made."""
    made_at: datetime
    """Aware UTC."""
    confirmed: Mapping[tuple[str, str, str], int]
    """Hits confirmed in the month and in force, by marketplace, reason and tier."""
    before: Mapping[tuple[str, str, str], int]
    """The same of the month before."""
    told: Mapping[str, int]
    """What this recipient was told in the month, by kind of change."""
    told_before: Mapping[str, int]
    """The same of the month before."""
    unreviewed: int
    """Flags nobody has looked at; a number only."""
    reviewed: tuple[int, int]
    """Flags confirmed and rejected so far."""
    coverage: tuple[CoverageLine, ...]
    """What was read in the month."""
    lines: tuple[DigestLine, ...] = ()
    """At most LISTED of the hits confirmed in the month, the gravest first; they stand in the attached document."""
    deeds: Mapping[Deed, int] = field(default_factory=lambda: MappingProxyType({}))
    """What was done for the brand in the month."""

    @property
    def has_news(self) -> bool:
        """False: nothing was confirmed and nothing was told, so nothing is sent."""
        return bool(sum(self.confirmed.values()) or sum(self.told.values()))


def monthly_letter(report: MonthlyReport, reader: Reader, house: House) -> Letter:
    """Return a monthly report in words, with its document where one can be made on this machine."""
    letter = figures_letter(report, reader, house)
    confirmed = sum(report.confirmed.values())
    try:
        file = report_file(letter, report.month, report.lines, confirmed - len(report.lines), reader, house)
    except PdfAbsent as problem:
        # The mail is complete without it; that it is missing is for operators to mend (`markwatch doctor` says it).
        log.warning("monthly report without its document", problem=str(problem))
        return letter
    words = reader.words
    note = Section(heading=words.monthly_file, lines=(words.monthly_file_note % {"name": file.name},))
    return replace(letter, sections=(*letter.sections, note), files=(file,))


def figures_letter(report: MonthlyReport, reader: Reader, house: House) -> Letter:
    """Return a monthly report in words, without its document."""
    words, figures = reader.words, reader.figures
    month = figures.month(report.month)

    def line(name: str, count: int, before: int) -> str:
        return words.monthly_line % {"name": name, "count": figures.count(count), "before": figures.count(before)}

    def by(place: int) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for number, counts in enumerate((report.confirmed, report.before)):
            for key, count in counts.items():
                now, then = found.get(key[place], (0, 0))
                found[key[place]] = (now + count, then) if number == 0 else (now, then + count)
        return found

    markets, reasons = by(0), by(1)
    market_lines = tuple(
        line(market_title(market, house.market_titles), *counts)
        for market, counts in sorted(markets.items(), key=lambda one: (-one[1][0], one[0]))
    )
    reason_lines = tuple(line(words.reason_names[one], *reasons[one]) for one in REASONS["violation"] if one in reasons)
    told = tuple(
        line(words.change_names[one], report.told.get(one, 0), report.told_before.get(one, 0))
        for one in CHANGES
        if report.told.get(one) or report.told_before.get(one)
    )
    figure = {
        "new": sum(report.confirmed.values()),
        "high": sum(count for key, count in report.confirmed.items() if key[2] == "high"),
        "not_seen": report.told.get("not_seen", 0),
    }
    unreviewed = words.unreviewed % {"count": figures.count(report.unreviewed)}
    sections = [
        Section(heading=words.monthly_markets, lines=market_lines or (words.monthly_no_hits,)),
        Section(heading=words.monthly_reasons, lines=reason_lines),
        Section(heading=words.monthly_changes, lines=told),
        Section(heading=words.monthly_did, lines=deed_words(report.deeds, reader)),
        Section(
            heading=words.coverage_month,
            lines=(
                *coverage_words(report.coverage, reader),
                unreviewed,
                precision_words(report.reviewed, reader),
                words.tighten,
            ),
        ),
    ]
    return Letter(
        language=reader.preference.language,
        subject=fitted(words.subject_monthly, report.brand, {"month": month}),
        brand=shown(report.brand),
        kind=words.kinds["monthly"],
        day=figures.full_day(report.day),
        heading=words.heading_monthly % {"month": month},
        lead=words.monthly_lead,
        stats=(
            Stat(label=words.stat_new, figure=words.figure % {"count": figures.count(figure["new"])}),
            Stat(
                label=words.stat_high,
                figure=words.figure % {"count": figures.count(figure["high"])},
                is_grave=bool(figure["high"]),
            ),
            Stat(label=words.stat_not_seen, figure=words.figure % {"count": figures.count(figure["not_seen"])}),
        ),
        scope=scope_words(report.coverage, reader),
        sections=tuple(section for section in sections if section.lines),
        foot=foot(reader),
        ways=ways(reader, house),
    )
