"""What an installation puts into every mail: its addresses, its key, and the words of rooms above this one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from alerts.errors import BadConsoleUrl
from alerts.headers import plain_address
from records.hit import Evidence
from records.mail import Language

# Host, port and path only; nothing that could end an attribute or a line.
_CONSOLE = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?")


def no_sentence(finding: Evidence, language: Language) -> str:  # noqa: ARG001 - the signature of House.explain
    """Explain nothing; the mail then quotes the printed words."""
    return ""


def no_transcript(title: str) -> str:
    """Return the title as it is; the mail then shows no second line."""
    return title


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Who sends, and where links lead."""

    sender_address: str
    """Plain address in the From line."""
    console_url: str
    """Address of the console as brand owners reach it, without a slash at the end."""
    link_key: str = field(repr=False)
    """Signs links and makes Message-IDs."""
    market_titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Display names of the marketplaces, by spider name."""
    explain: Callable[[Evidence, Language], str] = no_sentence
    """Says a finding in the reader's language; empty where it cannot."""

    transcribe: Callable[[str], str] = no_transcript
    """Writes a title in plain Latin letters, for readers who do not read its script."""

    def __post_init__(self) -> None:
        """Refuse a sender that is no address, a console that is no web address, and an empty key."""
        plain_address(self.sender_address)
        if not _CONSOLE.fullmatch(self.console_url) or self.console_url.endswith("/"):
            raise BadConsoleUrl(f"console address: {self.console_url!r} is not an http or https address")
        if not self.link_key:
            raise ValueError("link_key: empty")
