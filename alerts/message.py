"""From a digest to the mail: headers, a complete text part and an HTML part that loads nothing."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.digest import CoverageLine, Digest, DigestLine
from alerts.errors import BadConsoleUrl
from alerts.figures import Figures
from alerts.headers import POLICY, SUBJECT_COLUMNS, checked_bytes, columns, cut_to_columns, domain_of, safe_header
from alerts.title import Piece, shown
from alerts.wording import TIER_BARS, WORDINGS, Wording
from records.hit import Tier

SENDER_NAME = "Markwatch"
# Host, port and path only; nothing that could end an attribute or a line.
_CONSOLE = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
TEMPLATES = Path(__file__).parent / "templates"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Nothing is fetched while a mail is built, and the one style block that must stay is the one for narrow screens.
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One hit in words."""

    tier: str
    tier_class: Tier
    language: str | None
    pieces: tuple[Piece, ...]
    title: str
    seen: str
    price: str
    minimum_price: str | None
    share: str | None
    mark: str
    reason: str
    words: str | None
    right: str | None
    url: str


def mail_key(digest: Digest, recipient: str) -> str:
    """Return the mail's lasting key: the same recipient, owner, kind and period give the same one, for ever.

    It holds small letters, digits and hyphens only, so that it can name a file.
    """
    parts = (recipient.lower(), digest.owner.name, digest.period.kind, digest.period.day.isoformat())
    return f"{digest.period.kind}-{digest.period.day.isoformat()}-{_label(digest.owner.name)}-{_digest_of(parts)[:16]}"


def build_message(digest: Digest, sender_address: str, console_url: str, *, recipient: str) -> EmailMessage:
    """Return the mail to one recipient; the same digest gives the same bytes.

    Raises BadAddress, BadConsoleUrl, or UnsafeMessage when the finished message does not read as it was meant.
    """
    text, html = render_text(digest, console_url), render_html(digest, console_url)
    headers = _headers(digest, sender_address, recipient)
    message = EmailMessage(policy=POLICY)
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    # After the parts: making them would move Content-Language into the first one.
    for name, value in headers.items():
        message[name] = value
    message.set_boundary(f"=_{_digest_of((mail_key(digest, recipient), 'boundary'))[:32]}")
    checked_bytes(message, headers, text, html)
    return message


def wire_bytes(message: EmailMessage) -> bytes:
    """Return the mail as it goes over the wire: ASCII with CRLF line ends."""
    return message.as_bytes(policy=POLICY)


def subject_of(digest: Digest) -> str:
    """Return the subject: at most 30 full-width characters, without anything that a seller wrote."""
    words, figures = WORDINGS[digest.owner.language], Figures(language=digest.owner.language)
    places = {"count": figures.count(digest.count), "day": figures.short_day(digest.period.day)}
    room = SUBJECT_COLUMNS - columns(words.subject % {**places, "owner": ""})
    return words.subject % {**places, "owner": cut_to_columns(safe_header(digest.owner.name), room)}


def render_text(digest: Digest, console_url: str) -> str:
    """Return the text part, complete by itself."""
    return _ENVIRONMENT.get_template("digest.txt").render(_context(digest, console_url)) + "\n"


def render_html(digest: Digest, console_url: str) -> str:
    """Return the HTML part: tables, inline styles, light only, no picture, no remote content."""
    return _INLINER.inline(_ENVIRONMENT.get_template("digest.html").render(_context(digest, console_url)))


def _headers(digest: Digest, sender_address: str, recipient: str) -> dict[str, str]:
    domain = domain_of(sender_address)
    domain_of(recipient)
    label = _label(digest.owner.name)
    thread = _digest_of((recipient.lower(), digest.owner.name, digest.period.kind))[:32]
    return {
        "From": f"{SENDER_NAME} <{sender_address}>",
        "To": recipient,
        "Subject": subject_of(digest),
        "Date": format_datetime(digest.period.ends_at.replace(microsecond=0)),
        "Message-ID": f"<{_digest_of((mail_key(digest, recipient),))[:32]}@{domain}>",
        "References": f"<{thread}@{domain}>",
        "List-Id": f"<{label}.owners.{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": digest.owner.language,
    }


def _context(digest: Digest, console_url: str) -> dict[str, object]:
    language = digest.owner.language
    words, figures = WORDINGS[language], Figures(language=language)
    base = _console(console_url)
    owner = shown(digest.owner.name)
    count = figures.count(digest.count)
    unreviewed = figures.count(digest.unreviewed)
    return {
        "language": language,
        "subject": subject_of(digest),
        "words": words,
        "owner": owner,
        "day": figures.full_day(digest.period.day),
        "heading": _heading(digest, words, figures),
        "count": words.figure % {"count": count},
        "high": words.figure % {"count": figures.count(digest.high)},
        "unreviewed": words.figure % {"count": unreviewed},
        "unreviewed_sentence": words.unreviewed % {"count": unreviewed},
        "rows": [_row(line, words, figures, base) for line in digest.lines],
        "more": words.more % {"count": figures.count(digest.more)} if digest.more else None,
        "open_list": words.open_list % {"count": count},
        "list_url": f"{base}/review?view=confirmed",
        "coverage": [_coverage(line, words, figures) for line in digest.coverage],
        "why": words.why % {"owner": owner},
    }


def _heading(digest: Digest, words: Wording, figures: Figures) -> str:
    sentence = words.heading_both
    if not digest.price_breaches:
        sentence = words.heading_ip
    elif not digest.violations:
        sentence = words.heading_price
    counts = {"violations": figures.count(digest.violations), "prices": figures.count(digest.price_breaches)}
    return sentence % counts


def _row(line: DigestLine, words: Wording, figures: Figures, base: str) -> Row:
    quoted = " ".join(words.quote % {"word": word} for word in line.quotes)
    return Row(
        tier=words.tier_label % {"bars": TIER_BARS[line.tier], "word": words.tiers[line.tier]},
        tier_class=line.tier,
        language=line.language,
        pieces=line.title,
        title="".join(piece.text for piece in line.title),
        seen=words.seen % {"market": line.market, "day": figures.short_day(line.seen_on)},
        price=_price(line, words, figures),
        minimum_price=_minimum_price(line, words, figures),
        share=_share(line, words, figures),
        mark=_mark(line, words),
        reason=words.reasons[line.reason],
        words=words.words % {"words": quoted} if quoted else None,
        right=words.rights.get(line.right),
        url=f"{base}/hits/{quote(line.hit_id, safe='')}",
    )


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


def _coverage(line: CoverageLine, words: Wording, figures: Figures) -> str:
    numbers = {name: figures.count(getattr(line, name)) for name in ("pages", "blocked", "denied", "runs", "broken")}
    sentence = words.coverage_broken if line.broken else words.coverage_line
    return sentence % {**numbers, "market": line.market}


def _console(url: str) -> str:
    if not _CONSOLE.fullmatch(url):
        raise BadConsoleUrl(f"console address: {url!r} is not an http or https address")
    return url.rstrip("/")


def _label(name: str) -> str:
    """Return a name's ASCII letters and digits with some of its hash: readable, and never the same for two names."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    letters = "-".join("".join(sign if sign.isalnum() else " " for sign in plain).split())[:24].strip("-")
    return "-".join(part for part in (letters, _digest_of((name,))[:8]) if part)


def _digest_of(parts: tuple[str, ...]) -> str:
    """Return a hash of the parts; no part can run into the next one."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")).hexdigest()
