"""What the console puts into mails: the same words, names and links as the sender does."""

from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.house import House
from records.hit import Evidence
from records.mail import DEFAULT_PLACE, Language
from review.console import Console, Reading
from review.formats import Formats
from review.shown import finding_sentence
from review.transcripts import romanised
from storage.mail_people import load_link_key, make_link_key


def explain(finding: Evidence, language: Language) -> str:
    """Return a finding in the words of the console, in the mail's language."""
    # No finding speaks of a time, so any moment serves.
    formats = Formats(language=language, zone=ZoneInfo(DEFAULT_PLACE[language][0]), now=datetime.min)  # noqa: DTZ901 - as said above
    return finding_sentence(finding, Reading(language=language, theme="", formats=formats))


def link_key(console: Console) -> str:
    """Return the key that signs the links in mails, made at the first call."""
    with console.database.read() as session:
        key = load_link_key(session)
    if key is None:
        with console.database.write() as session:
            key = make_link_key(session, console.services.clock())
    return key


def house_of(console: Console) -> House:
    """Return what every mail of this installation says."""
    return House(
        sender_address=console.settings.mail_from,
        console_url=console.settings.console_url.rstrip("/"),
        link_key=link_key(console),
        market_titles=console.services.market_titles(),
        explain=explain,
        transcribe=romanised,
    )
