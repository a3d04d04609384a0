"""From a letter to the mail: headers, a complete text part and an HTML part that loads nothing from anywhere."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.headers import POLICY, checked_bytes, domain_of
from alerts.house import House
from alerts.letter import Letter
from alerts.links import message_name

SENDER_NAME = "Markwatch"
LARGEST_HTML = 90_000
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
class Envelope:
    """What the headers say."""

    key: str
    """The mail's lasting key: recipient, brand, kind and period."""
    recipient: str
    """One plain address."""
    thread: tuple[str, ...]
    """What the mails of one thread have in common."""
    list_name: str
    """Readable and unique name of the list, such as the brand's."""
    made_at: datetime
    """For the Date header, aware UTC."""
    unsubscribe_url: str | None = None
    """Where one POST stops this kind of mail; None for mails that cannot be stopped."""


def mail_key(kind: str, period: str, recipient: str, owner: str, brand: str) -> str:
    """Return the mail's lasting key: the same recipient, brand, kind and period give the same one, for ever.

    It holds small letters, digits and hyphens only, so that it can name a file.
    """
    digest = digest_of((recipient.lower(), owner, brand, kind, period))[:16]
    parts = (kind, label_of(period) if period else "", label_of(brand or owner), digest)
    return "-".join(part for part in parts if part)


def build_message(letter: Letter, envelope: Envelope, house: House) -> EmailMessage:
    """Return the mail to one recipient; the same letter gives the same bytes.

    Raises BadAddress, or UnsafeMessage when the finished message does not read as it was meant.
    """
    return _built(letter, envelope, house)[0]


def build_bytes(letter: Letter, envelope: Envelope, house: House) -> bytes:
    """Return the same mail as it goes over the wire."""
    return _built(letter, envelope, house)[1]


def _built(letter: Letter, envelope: Envelope, house: House) -> tuple[EmailMessage, bytes]:
    text, html = render_text(letter), render_html(letter)
    headers = _headers(letter.subject, letter.language, envelope, house)
    message = EmailMessage(policy=POLICY)
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    boundary = f"=_{digest_of((envelope.key, 'boundary'))[:32]}"
    if letter.pictures:
        page = list(message.iter_parts())[1]
        for number, (name, jpeg) in enumerate(letter.pictures, start=1):
            page.add_related(
                jpeg, "image", "jpeg", cid=f"<{name}>", disposition="inline", filename=f"{number}.jpg"
            )  # fmt: skip
        page.set_boundary(f"{boundary}r")
    if letter.files:
        message.set_boundary(f"{boundary}a")
        for file in letter.files:
            message.add_attachment(file.content, "application", "pdf", filename=file.name)
    # After the parts: making them would move Content-Language into the first one.
    for name, value in headers.items():
        message[name] = value
    message.set_boundary(boundary)
    return message, checked_bytes(
        message, headers, text, html, letter.pictures, [(file.name, file.content) for file in letter.files]
    )


def plain_message(subject: str, text: str, envelope: Envelope, house: House) -> EmailMessage:
    """Return a mail of one English text part, for staff; checked like the others."""
    headers = _headers(subject, "en", envelope, house)
    message = EmailMessage(policy=POLICY)
    message.set_content(text)
    for name, value in headers.items():
        message[name] = value
    checked_bytes(message, headers, text)
    return message


def wire_bytes(message: EmailMessage) -> bytes:
    """Return the mail as it goes over the wire: ASCII with CRLF line ends."""
    return message.as_bytes(policy=POLICY)


def render_text(letter: Letter) -> str:
    """Return the text part, complete by itself."""
    return _ENVIRONMENT.get_template("letter.txt").render(letter=letter) + "\n"


def render_html(letter: Letter) -> str:
    """Return the HTML part: tables, inline styles, light only, no remote content."""
    return _INLINER.inline(_ENVIRONMENT.get_template("letter.html").render(letter=letter))


def message_id(key: str, house: House) -> str:
    """Return a mail's Message-ID: the same at every attempt, and nobody else can foretell it."""
    return f"<{message_name(key, house.link_key)}@{domain_of(house.sender_address)}>"


def _headers(subject: str, language: str, envelope: Envelope, house: House) -> dict[str, str]:
    domain = domain_of(house.sender_address)
    domain_of(envelope.recipient)
    thread = digest_of((envelope.recipient.lower(), *envelope.thread))[:32]
    headers = {
        "From": f"{SENDER_NAME} <{house.sender_address}>",
        "To": envelope.recipient,
        "Subject": subject,
        "Date": format_datetime(envelope.made_at.replace(microsecond=0)),
        "Message-ID": message_id(envelope.key, house),
        "References": f"<{thread}@{domain}>",
        "List-Id": f"<{label_of(envelope.list_name)}.brands.{domain}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
    }
    if envelope.unsubscribe_url is not None:
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def label_of(name: str) -> str:
    """Return a name's ASCII letters and digits with some of its hash: readable, and never the same for two names."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    letters = "-".join("".join(sign if sign.isalnum() else " " for sign in plain).split())[:24].strip("-")
    return "-".join(part for part in (letters, digest_of((name,))[:8]) if part)


def digest_of(parts: tuple[str, ...]) -> str:
    """Return a hash of the parts; no part can run into the next one."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass")).hexdigest()
