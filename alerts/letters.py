"""Digests and urgent notices in words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from alerts.digest import Digest
from alerts.figures import Figures
from alerts.headers import SUBJECT_COLUMNS, columns, cut_to_columns, safe_header
from alerts.house import House
from alerts.languages import WORDINGS
from alerts.letter import Letter, LinkWords, Section, Stat
from alerts.rows import (
    Reader,
    coverage_words,
    deed_words,
    precision_words,
    rate_words,
    reader_lines,
    row_of,
    schedule_words,
    scope_words,
)
from alerts.title import shown
from alerts.wording import Wording
from records.mail import Kind, Preference

URGENT_A_DAY = 3
"""Urgent mails to one recipient about one brand in a day; the rest folds into the digest."""


def make_reader(
    address_id: str,
    owner: str,
    brand: str,
    kind: Kind,
    preference: Preference,
    made_at: datetime,
    pictures: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> Reader:
    """Return a reader with the wording and the figures of the chosen language."""
    return Reader(
        address_id=address_id,
        owner=owner,
        brand=brand,
        kind=kind,
        preference=preference,
        words=WORDINGS[preference.language],
        figures=Figures(language=preference.language, zone=preference.zone),
        made_at=made_at,
        pictures=pictures,
    )


def fitted(sentence: str, name: str, places: dict[str, str]) -> str:
    """Return a subject of at most 30 full-width characters; only the name is cut."""
    room = SUBJECT_COLUMNS - columns(sentence % {**places, "brand": ""})
    return sentence % {**places, "brand": cut_to_columns(safe_header(name), max(room, 2))}


def as_sample(letter: Letter, words: Wording) -> Letter:
    """Return the letter marked as a sample, in its subject and at its head."""
    subject = cut_to_columns(words.subject_sample % {"subject": letter.subject}, SUBJECT_COLUMNS)
    return replace(letter, subject=subject, note=words.sample_note)


def digest_letter(digest: Digest, reader: Reader, house: House) -> Letter:
    """Return a digest or an urgent notice in words."""
    words, figures = reader.words, reader.figures
    rows = tuple(row_of(line, reader, house) for line in digest.lines)
    flags = tuple(row_of(line, reader, house) for line in digest.flags)
    count = figures.count(digest.count)
    subject, heading = _first_words(digest, words, figures)
    lead = words.reviewed_only
    if digest.flags:
        lead = words.with_unreviewed % {"person": shown(digest.agreed_by)}
    is_digest = digest.kind == "digest"
    more = words.more % {"count": figures.count(digest.more)} if digest.more else None
    button = LinkWords(words=words.open_list % {"count": count}, url=f"{house.console_url}/review?view=confirmed")
    return Letter(
        language=digest.preference.language,
        subject=subject,
        brand=shown(digest.brand),
        kind=kind_name(digest.kind, digest.preference, words),
        day=figures.full_day(digest.day),
        heading=heading,
        lead=lead,
        stats=_stats(digest, words, figures) if is_digest else (),
        scope=_scope(digest, reader),
        rows=rows,
        flags_heading=words.unreviewed_heading,
        flags=flags,
        more=more,
        button=button if is_digest and digest.count else None,
        links_note=words.links_note,
        sections=_sections(digest, reader),
        foot=(*foot(reader), *rate_words((*digest.lines, *digest.flags), reader)),
        ways=ways(reader, house),
    )


def kind_name(kind: Kind, preference: Preference, words: Wording) -> str:
    """Return what the mail is called."""
    if kind != "digest":
        return words.kinds[kind]
    return words.kinds["weekly" if preference.frequency == "weekly" else "daily"]


def foot(reader: Reader) -> tuple[str, ...]:
    """Return why the reader gets this, and what is not in it."""
    words = reader.words
    why = words.why % {
        "owner": shown(reader.owner),
        "brand": shown(reader.brand),
        "kind": kind_name(reader.kind, reader.preference, words),
        "schedule": schedule_words(reader.preference, reader),
    }
    return why, words.privacy


def ways(reader: Reader, house: House) -> tuple[LinkWords, ...]:
    """Return the ways to change or stop the mail."""
    return (
        LinkWords(words=reader.words.choose, url=reader.preferences_url(house)),
        LinkWords(words=reader.words.stop, url=reader.unsubscribe_url(house)),
    )


def _first_words(digest: Digest, words: Wording, figures: Figures) -> tuple[str, str]:
    """Return subject and heading: of the gravest thing that the mail reports."""
    day = figures.short_day(digest.day)
    if digest.kind == "urgent":
        count = figures.count(digest.count)
        heading = words.heading_urgent % {"count": count}
        return fitted(words.subject_urgent, digest.brand, {"count": count, "day": day}), heading
    if digest.count:
        places = {"count": figures.count(digest.count), "day": day}
        return fitted(words.subject, digest.brand, places), _heading(digest, words, figures)
    if digest.changes:
        count = figures.count(digest.changes_count)
        heading = words.heading_changes % {"count": count}
        return fitted(words.subject_changes, digest.brand, {"count": count, "day": day}), heading
    count = figures.count(len(digest.flags))
    subject = fitted(words.subject_unreviewed, digest.brand, {"count": count, "day": day})
    return subject, words.heading_unreviewed % {"count": count}


def _heading(digest: Digest, words: Wording, figures: Figures) -> str:
    sentence = words.heading_both
    if not digest.price_breaches:
        sentence = words.heading_ip
    elif not digest.violations:
        sentence = words.heading_price
    counts = {"violations": figures.count(digest.violations), "prices": figures.count(digest.price_breaches)}
    return sentence % counts


def _stats(digest: Digest, words: Wording, figures: Figures) -> tuple[Stat, ...]:
    def figure(number: int) -> str:
        return words.figure % {"count": figures.count(number)}

    return (
        Stat(label=words.stat_new, figure=figure(digest.count)),
        Stat(label=words.stat_high, figure=figure(digest.high), is_grave=bool(digest.high)),
        Stat(label=words.stat_not_seen, figure=figure(digest.not_seen)),
    )


def _scope(digest: Digest, reader: Reader) -> str:
    """Return what stands behind the figures, and how they compare with the digest before."""
    read = scope_words(digest.coverage, reader)
    if digest.kind != "digest" or digest.last_time is None:
        return read
    day, count = digest.last_time
    before = reader.words.last_time % {"day": reader.figures.short_day(day), "count": reader.figures.count(count)}
    return reader.words.joined % {"first": read, "second": before}


def _sections(digest: Digest, reader: Reader) -> tuple[Section, ...]:
    words, figures = reader.words, reader.figures
    found: list[Section] = []
    if digest.folded:
        places = {"count": figures.count(digest.folded), "cap": figures.count(URGENT_A_DAY)}
        found.append(Section(heading="", lines=(words.folded % places,)))
    changes = reader_lines(digest.changes, reader, answered=False)
    if changes:
        hidden = digest.changes_count - len(digest.changes)
        rest = (words.change_more % {"count": figures.count(hidden)},) if hidden else ()
        found.append(Section(heading=words.changes, lines=(*changes, *rest)))
    answers = reader_lines(digest.changes, reader, answered=True)
    if answers:
        found.append(Section(heading=words.answered, lines=answers))
    did = deed_words(digest.deeds, reader)
    if did and digest.deeds_since is not None:
        heading = words.did % {"day": figures.short_day(digest.deeds_since)}
        found.append(Section(heading=heading, lines=did))
    if digest.lines or digest.flags:
        found.append(Section(heading=words.asked, lines=(words.asked_line,)))
    unreviewed = (words.unreviewed % {"count": figures.count(digest.unreviewed)},)
    since = words.coverage % {"day": figures.short_day(digest.read_since)}
    read = (*coverage_words(digest.coverage, reader), *unreviewed, precision_words(digest.reviewed, reader))
    found.append(Section(heading=since, lines=(*read, words.tighten)))
    return tuple(found)
