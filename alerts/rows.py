"""Hits, changes and coverage in the reader's words: the parts that letters are put together from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from urllib.parse import quote

from alerts.digest import ChangeLine, CoverageLine, DigestLine
from alerts.figures import Figures
from alerts.house import House
from alerts.letter import LinkWords, Row
from alerts.links import Link, Purpose, brand_scope, expiry, path_of
from alerts.title import shown
from alerts.wording import TIER_BARS, Wording
from records.mail import ANSWERS, Kind, Preference
from storage.ledger import ENOUGH, wilson
from storage.mail_deeds import DEEDS, Deed

FINDING_LIMIT = 240
LATIN_LIMIT = 160
HASH_SHOWN = 16
"""Hex digits of a hash in a mail: enough to find the file by, short enough to read out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom the words are, and how links of this mail are made."""

    address_id: str
    """The recipient; empty in a preview for nobody."""
    owner: str
    brand: str
    kind: Kind
    preference: Preference
    words: Wording
    figures: Figures
    made_at: datetime
    pictures: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    """Content-ID of the picture of a listing, by marketplace and id."""

    def answer_url(self, house: House, hit_id: str) -> str:
        """Return where this recipient answers about a hit."""
        return self._url(house, "answer", hit_id)

    def preferences_url(self, house: House) -> str:
        """Return where this recipient changes what comes."""
        return self._url(house, "preferences", brand_scope(self.owner, self.brand))

    def unsubscribe_url(self, house: House) -> str:
        """Return where this recipient stops this kind of mail about this brand."""
        return self._url(house, "unsubscribe", brand_scope(self.owner, self.brand))

    def _url(self, house: House, purpose: Purpose, scope: str) -> str:
        link = Link(
            purpose=purpose,
            address_id=self.address_id,
            scope=scope,
            kind=self.kind,
            expires_at=expiry(purpose, self.made_at),
        )
        return f"{house.console_url}{path_of(link, house.link_key)}"


def row_of(line: DigestLine, reader: Reader, house: House, *, can_answer: bool = True) -> Row:
    """Return one hit in words."""
    words, figures = reader.words, reader.figures
    title = "".join(piece.text for piece in line.title)
    tier = words.tier_label % {"bars": TIER_BARS[line.tier], "word": words.tiers[line.tier]}
    price = _price(line, words, figures)
    answer_url = reader.answer_url(house, line.hit_id) if can_answer else ""
    return Row(
        tier=tier,
        tier_class=line.tier,
        flag=words.unreviewed_label if line.reason is None else None,
        language=line.language,
        pieces=line.title,
        title=title,
        latin=_latin(line, title, reader, house),
        seen=_seen(line, words, figures),
        price=price,
        home_price=_home_price(line, words, figures),
        minimum_price=_minimum_price(line, words, figures),
        share=_share(line, words, figures),
        mark=_mark(line, words),
        reason=None if line.reason is None else words.reasons[line.reason],
        findings=_findings(line, reader, house),
        right=words.rights.get(line.right),
        kept=_kept(line, words, figures),
        url=f"{house.console_url}/hits/{quote(line.hit_id, safe='')}",
        link=words.link,
        answer_ask=words.answer_ask if can_answer else None,
        answers=tuple(LinkWords(words=words.answers[answer], url=f"{answer_url}?answer={answer}") for answer in ANSWERS)
        if can_answer
        else (),
        picture=reader.pictures.get(line.key),
        alt=f"{title} – {price}",
    )


def _findings(line: DigestLine, reader: Reader, house: House) -> tuple[str, ...]:
    """Return what speaks against the listing in sentences; where nobody words them, the printed words."""
    language = reader.preference.language
    said = [shown(house.explain(finding, language))[:FINDING_LIMIT] for finding in line.findings]
    found = tuple(dict.fromkeys(sentence for sentence in said if sentence))
    if found or not line.quotes:
        return found
    quoted = " ".join(reader.words.quote % {"word": word} for word in line.quotes)
    return (reader.words.words % {"words": quoted},)


def _latin(line: DigestLine, title: str, reader: Reader, house: House) -> str | None:
    """Return the title in plain Latin letters where the reader's own language does not make that idle."""
    if line.language == reader.preference.language:
        return None
    latin = shown(house.transcribe(title)).strip()
    if not latin or latin.casefold() == title.casefold():
        return None
    return reader.words.latin % {"title": latin[:LATIN_LIMIT]}


def _seen(line: DigestLine, words: Wording, figures: Figures) -> str:
    places = {"market": line.market, "day": figures.short_day(line.seen_on)}
    if line.first_seen_on >= line.seen_on:
        return words.seen % places
    return words.seen_first % {**places, "first": figures.short_day(line.first_seen_on)}


def _home_price(line: DigestLine, words: Wording, figures: Figures) -> str | None:
    return None if line.home_price is None else words.home_price % {"price": figures.money(line.home_price.money)}


def _kept(line: DigestLine, words: Wording, figures: Figures) -> str | None:
    if line.kept is None:
        return None
    sentence = words.kept_page if line.kept.is_page else words.kept_answer
    places = {"id": line.hit_id, "sha256": line.kept.sha256[:HASH_SHOWN], "day": figures.short_day(line.kept.kept_on)}
    return sentence % places


def _price(line: DigestLine, words: Wording, figures: Figures) -> str:
    if line.price is None:
        return words.price_unknown
    if line.price_max is not None:
        ends = {"low": figures.money(line.price), "high": figures.money(line.price_max)}
        return words.price_range % ends
    return words.price % {"price": figures.money(line.price)}


def _minimum_price(line: DigestLine, words: Wording, figures: Figures) -> str | None:
    return None if line.minimum_price is None else words.minimum_price % {"price": figures.money(line.minimum_price)}


def _share(line: DigestLine, words: Wording, figures: Figures) -> str | None:
    if line.share is None:
        return None
    sentence = words.share_of_list if line.share.reference == "list" else words.share_of_minimum
    return sentence % {"share": figures.percent(line.share.percent)}


def _mark(line: DigestLine, words: Wording) -> str:
    if line.registration_no is None:
        return words.mark_without_number % {"mark": line.mark}
    places = {"mark": line.mark, "number": line.registration_no, "office": line.office or "–"}
    return words.mark % places


def change_words(change: ChangeLine, reader: Reader) -> str:
    """Return one change as a sentence."""
    words, figures = reader.words, reader.figures
    places = {"title": change.title, "market": change.market, "day": figures.short_day(change.day)}
    if change.change == "answered" and change.answer is not None:
        return words.answered_line % {**places, "answer": words.answers[change.answer]}
    if change.change == "price" and change.before is not None and change.after is not None:
        moved = {"before": figures.money(change.before), "after": figures.money(change.after)}
        return words.change_price % {**places, **moved}
    sentence = words.change_seen_again if change.change == "seen_again" else words.change_not_seen
    return sentence % places


def coverage_words(coverage: Sequence[CoverageLine], reader: Reader) -> tuple[str, ...]:
    """Return what was read, a sentence a marketplace, and what an unread page does not mean."""
    words, figures = reader.words, reader.figures
    found: list[str] = []
    for line in coverage:
        numbers = {
            name: figures.count(getattr(line, name)) for name in ("pages", "blocked", "denied", "runs", "broken")
        }
        sentence = words.coverage_broken if line.broken else words.coverage_line
        found.append(sentence % {**numbers, "market": line.market})
    return (*(found or [words.coverage_none]), words.coverage_note)


def scope_words(coverage: Sequence[CoverageLine], reader: Reader) -> str:
    """Return in one line what stands behind the figures beside it."""
    if not coverage:
        return reader.words.scope_none
    sums = {name: sum(getattr(line, name) for line in coverage) for name in ("pages", "blocked", "denied")}
    numbers = {name: reader.figures.count(value) for name, value in sums.items()}
    return reader.words.scope % {**numbers, "markets": reader.figures.count(len(coverage))}


def deed_words(deeds: Mapping[Deed, int], reader: Reader) -> tuple[str, ...]:
    """Return what was done for the brand, a sentence a kind; empty where nothing was."""
    words, figures = reader.words, reader.figures
    counts: dict[str, str] = {deed: figures.count(deeds.get(deed, 0)) for deed in DEEDS}
    counts["reviewed"] = figures.count(deeds.get("confirmed", 0) + deeds.get("rejected", 0))
    said: tuple[tuple[str, tuple[Deed, ...]], ...] = (
        (words.did_reviewed, ("confirmed", "rejected")),
        (words.did_captured, ("captured",)),
        (words.did_packed, ("packs",)),
        (words.did_sellers, ("sellers",)),
    )
    return tuple(sentence % counts for sentence, needs in said if any(deeds.get(deed) for deed in needs))


def rate_words(lines: Iterable[DigestLine], reader: Reader) -> tuple[str, ...]:
    """Return by which rates prices were turned into the reader's money; empty where none was."""
    sources = dict.fromkeys(line.home_price.source for line in lines if line.home_price is not None)
    return (reader.words.rates % {"rates": "; ".join(sources)},) if sources else ()


def precision_words(reviewed: tuple[int, int], reader: Reader) -> str:
    """Return how often our flags were right so far, with its interval; without a percentage where it would mislead."""
    words, figures = reader.words, reader.figures
    confirmed, rejected = reviewed
    total = confirmed + rejected
    if not total:
        return words.precision_none
    places = {"reviewed": figures.count(total), "confirmed": figures.count(confirmed)}
    if total < ENOUGH:
        return words.precision_few % places
    low, high = wilson(confirmed, total)
    shares = {"share": confirmed / total, "low": low, "high": high}
    percents = {name: figures.percent(Decimal(round(share * 1000)) / 10) for name, share in shares.items()}
    return words.precision % {**places, **percents}


def schedule_words(preference: Preference, reader: Reader) -> str:
    """Return when a kind of mail comes."""
    figures, words = reader.figures, reader.words
    if preference.frequency == "never":
        return words.account_never
    places = {"hour": str(preference.hour), "zone": figures.zone_name(), "weekday": figures.weekday(preference.weekday)}
    return words.schedules[preference.frequency] % places


def reader_lines(changes: Iterable[ChangeLine], reader: Reader, *, answered: bool) -> tuple[str, ...]:
    """Return the sentences of the changes that are answers, or of those that are not."""
    return tuple(change_words(one, reader) for one in changes if (one.change == "answered") == answered)
