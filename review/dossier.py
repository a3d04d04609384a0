"""One or many hits as a document for an authority: what was seen, which mark, which findings, who decided what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from captures.document import (
    Block,
    CaseText,
    Document,
    Fact,
    Facts,
    Grid,
    Marked,
    Note,
    Picture,
    Piece,
    Section,
    Text,
)
from captures.procedure import procedure_text, verification_text
from records.watchlist import Mark
from review import wording
from review.chain import detail_words, value_words
from review.console import Reading
from review.history import history_of
from review.languages import message as _
from review.shown import ShownHit, language_of
from storage.captures import StoredCapture
from storage.hit_records import StoredDecision, StoredHit
from storage.page_captures import PageCapture

SIGHTINGS: Final = {
    "seen": _("Seen"),
    "not_seen": _("Not seen"),
    "blocked": _("Blocked"),
    "failed": _("No answer"),
    "no_room": _("Not captured: no room"),
}
STAMPS: Final = {
    "none": _("signed, not time-stamped"),
    "pending": _("time stamp pending"),
    "stamped": _("time-stamped"),
}
# What is said of a right that is not simply valid: such a hit is watch only.
INTRO: Final = (
    _(
        "This pack lists possible violations with what was seen and when. Findings are made by a program; a verdict is "
        "always a named person's."
    ),
    _("Seen, not seen and blocked describe single moments. Nothing here says why a listing is no longer seen."),
)
PDF_MISSING: Final = _("The PDF is missing: %(why)s. The same content stands in evidence.html and evidence.xlsx.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """Everything that storage knows about one hit."""

    stored: StoredHit
    mark: Mark | None
    decisions: tuple[StoredDecision, ...]
    answers: tuple[StoredCapture, ...]
    pages: tuple[PageCapture, ...]


def make_document(
    cases: Sequence[CaseFacts], reading: Reading, *, made_by: str, made_at: datetime, key_fingerprint: str
) -> Document:
    """Return the document of those cases in the reader's language."""
    say = reading.translate
    return Document(
        language=reading.language,
        title=say(_("Evidence pack")),
        intro=tuple(say(sentence) for sentence in INTRO),
        made=(
            Fact(say(_("Made at")), Text(_moment(reading, made_at))),
            Fact(say(_("Made by")), Text(made_by)),
            Fact(say(_("Key fingerprint")), Text(key_fingerprint, is_code=True)),
        ),
        cases=tuple(_case(case, reading) for case in cases),
        opening=(Section(say(_("Cases")), (_overview(cases, reading),)),),
        closing=(
            Section(say(_("How captures are made")), _paragraphs(procedure_text(reading.language), reading.language)),
            Section(
                say(_("How to check this pack")), _paragraphs(verification_text(reading.language), reading.language)
            ),
        ),
        hit_column=say(_("Case")),
    )


def _overview(cases: Sequence[CaseFacts], reading: Reading) -> Grid:
    say = reading.translate
    rows = []
    for number, case in enumerate(cases, 1):
        shown = ShownHit(case.stored)
        rows.append(
            (
                Text(str(number)),
                Text(shown.listing.title, shown.title_language),
                Text(say(shown.market_name)),
                Text(case.stored.brand),
                Text(say(wording.TIERS[shown.hit.tier])),
                Text(say(wording.STATES[case.stored.state])),
            )
        )
    columns = (_("No."), _("Title"), _("Marketplace"), _("Brand"), _("Tier"), _("State"))
    return Grid(say(_("Cases")), tuple(say(head) for head in columns), tuple(rows))


def _paragraphs(text: str, language: str) -> tuple[Note, ...]:
    """Return a text file's paragraphs without its heading and line ends; a numbered or indented line begins one."""
    joint = "" if language == "ja" else " "
    found: list[str] = []
    for line in text.splitlines()[1:]:
        is_continued = bool(found) and found[-1] and line[:1] == " " and not line.startswith("    ")
        if is_continued or (found and found[-1] and line[:1] not in {"", " "} and not line[:1].isdigit()):
            found[-1] += joint + line.strip()
        else:
            found.append(line.strip())
    return tuple(Note(paragraph) for paragraph in found if paragraph)


def _case(case: CaseFacts, reading: Reading) -> CaseText:
    shown = ShownHit(case.stored, case.mark)
    say = reading.translate
    sections = [
        Section(say(_("What was seen")), _seen(shown, case.stored, reading)),
        Section(say(_("Mark and registration")), (_mark(case, reading),)),
        Section(say(_("Findings")), _findings(shown, reading)),
    ]
    if case.stored.hit.chain:
        sections.append(Section(say(_("Price, step by step")), (_chain(case, reading),)))
    sections.append(Section(say(_("Captures of the page")), _pages(case, reading)))
    if case.answers:
        sections.append(Section(say(_("Answers kept by the crawl")), (_answers(case, reading),)))
    sections.append(Section(say(_("Decisions")), _decisions(case, reading)))
    heading = Text(shown.listing.title, shown.title_language)
    return CaseText(hit_id=case.stored.hit_id, heading=heading, sections=tuple(sections))


def _seen(shown: ShownHit, stored: StoredHit, reading: Reading) -> tuple[Block, ...]:
    listing, say = shown.listing, reading.translate
    seller = listing.seller
    rows = (
        (_("Marketplace"), Text(say(shown.market_name))),
        (_("Listing id"), Text(listing.listing_id, is_code=True)),
        (_("Address"), Text(listing.url or "", is_code=True)),
        (_("Seller"), Text(seller.name or seller.seller_id or "", shown.seller_language)),
        (_("Seller id"), Text(seller.seller_id or "", is_code=True)),
        (_("Price as printed"), Text(listing.offer.price_raw or "", shown.title_language)),
        (_("Price"), Text(shown.price_words(reading.formats))),
        (_("Brand field"), Text(listing.brand or "", language_of(listing.brand, listing.market))),
        (_("Category"), Text(" › ".join(listing.category), shown.title_language)),
        (_("First seen"), Text(_moment(reading, stored.first_seen_at))),
        (_("Last seen"), Text(_moment(reading, stored.last_seen_at))),
    )
    blocks: list[Block] = [
        Marked(tuple(Piece(piece.text, piece.number) for piece in shown.title), shown.title_language),
        Facts(tuple(Fact(say(label), value) for label, value in rows if value.text)),
    ]
    if listing.description:
        blocks.append(
            Marked(tuple(Piece(piece.text, piece.number) for piece in shown.description), shown.title_language)
        )
    return tuple(blocks)


def _mark(case: CaseFacts, reading: Reading) -> Facts:
    say, mark = reading.translate, case.mark
    rows = [(_("Brand"), Text(case.stored.brand)), (_("Owner"), Text(case.stored.owner or ""))]
    if mark is not None:
        rows += [
            (_("Mark"), Text(mark.text)),
            (_("Registration no."), Text(mark.registration_no or "", is_code=True)),
            (_("Office"), Text(mark.office or "")),
            (_("Nice classes"), Text(", ".join(str(one) for one in mark.nice_classes))),
            (_("Valid until"), Text(reading.formats.date(mark.valid_until) if mark.valid_until else "")),
        ]
    rows.append((_("Right"), Text(say(wording.RIGHTS[case.stored.hit.right]))))
    if case.stored.hit.right != "valid":
        rows.append((_("Use"), Text(say(_("Watch only: this hit can't enter a notice.")))))
    return Facts(tuple(Fact(say(label), value) for label, value in rows if value.text))


def _findings(shown: ShownHit, reading: Reading) -> tuple[Block, ...]:
    say, hit = reading.translate, shown.hit
    rows = tuple(
        (
            Text(str(card.number)),
            Text(say(card.name)),
            Text(card.sentence(reading)),
            Text(" · ".join(span.text for span in card.evidence.spans), shown.title_language),
            Text(" ".join(f"{span.field}[{span.start}:{span.end}]" for span in card.evidence.spans), is_code=True),
            Text(reading.formats.weight(card.evidence.weight)),
        )
        for card in shown.cards
    )
    columns = tuple(
        say(head) for head in (_("No."), _("Finding"), _("Explanation"), _("Words"), _("Place"), _("Weight"))
    )
    facts = (
        Fact(say(_("Tier")), Text(say(wording.TIERS[hit.tier]))),
        Fact(say(_("Score")), Text(reading.formats.score(hit.score))),
        Fact(say(_("Rules")), Text(hit.rule_version, is_code=True)),
    )
    return (Facts(facts), Grid(say(_("Findings")), columns, rows))


def _chain(case: CaseFacts, reading: Reading) -> Grid:
    say = reading.translate
    rows = tuple(
        (
            Text(say(wording.CHAIN_STEPS.get(step.name, step.name))),
            Text(value_words(step, reading)),
            Text(detail_words(step, reading)),
        )
        for step in case.stored.hit.chain
    )
    return Grid(say(_("Price, step by step")), (say(_("Step")), say(_("Result")), say(_("How"))), rows)


def _pages(case: CaseFacts, reading: Reading) -> tuple[Block, ...]:
    say = reading.translate
    if not case.pages:
        return (Note(say(_("The page was not captured on its own."))),)
    rows = tuple(
        (
            Text(_moment(reading, page.ended_at)),
            Text(say(SIGHTINGS[page.outcome])),
            Text(page.url, is_code=True),
            Text(page.manifest_sha256 or "–", is_code=True),
            Text(_stamp(page, reading)),
        )
        for page in case.pages
    )
    columns = (_("Time"), _("Outcome"), _("Address"), _("Manifest (SHA-256)"), _("Time stamp"))
    blocks: list[Block] = [Grid(say(_("Captures of the page")), tuple(say(head) for head in columns), rows)]
    shown = next((page for page in case.pages if page.file("screenshot.png") is not None), None)
    picture = None if shown is None else shown.file("screenshot.png")
    if shown is not None and picture is not None:
        caption = say(_("The page as it was shown at %(at)s")) % {"at": _moment(reading, shown.ended_at)}
        blocks.append(Picture(picture.sha256, caption))
    return tuple(blocks)


def _stamp(page: PageCapture, reading: Reading) -> str:
    if page.manifest_sha256 is None:
        return "–"
    said = reading.translate(STAMPS[page.stamp_state])
    return said if page.stamped_at is None else f"{said} {_moment(reading, page.stamped_at)}"


def _answers(case: CaseFacts, reading: Reading) -> Grid:
    say = reading.translate
    rows = tuple(
        (
            Text(_moment(reading, one.page_copy.fetched_at)),
            Text(one.page_copy.url, is_code=True),
            Text(str(one.page_copy.status)),
            Text(one.page_copy.sha256, is_code=True),
        )
        for one in case.answers
    )
    columns = (_("Time"), _("Address"), _("Status"), "SHA-256")
    return Grid(say(_("Answers kept by the crawl")), tuple(say(head) for head in columns), rows)


def _decisions(case: CaseFacts, reading: Reading) -> tuple[Block, ...]:
    say = reading.translate
    events = [event for event in history_of(case.stored, case.decisions) if event.actor]
    if not events:
        return (Note(say(_("Nobody has decided this hit yet."))),)
    rows = tuple(
        (Text(_moment(reading, event.at)), Text(event.sentence(reading)), Text(event.note)) for event in events
    )
    return (Grid(say(_("Decisions")), (say(_("Time")), say(_("Decision")), say(_("Note"))), rows),)


def _moment(reading: Reading, moment: datetime) -> str:
    """Return the time in the reader's zone with its name, to the second: evidence needs more than the pages show."""
    local = moment.astimezone(reading.formats.zone)
    return f"{reading.formats.date(local.date())} {local:%H:%M:%S} ({local:%z})"
