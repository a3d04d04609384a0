"""How pages are asked for: through which guard, under which name, with whose leave."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from captures.page_record import RobotsNote


class Manners(Protocol):
    """What the crawler knows and a capture must keep to."""

    def robots(self, url: str) -> RobotsNote:
        """Return what robots.txt says about the page."""
        ...

    def turn(self, url: str) -> AbstractContextManager[None]:
        """Wait until the page's host may be asked, and hold it meanwhile."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How pages are asked for."""

    proxy_url: str
    """The egress guard: http://user:password@host:port."""
    user_agent: str
    """Who asks, with a contact."""
    manners: Manners
    """robots.txt and turns."""
    clock: Callable[[], datetime]
    """The time now, aware UTC."""
    accept_language: str = "vi,ja,en;q=0.8"
    """As the crawls send it."""
    authorities: str | None = None
    """PEM file of authorities besides the system's, for an office's own."""
    certificate_override: str | None = None
    """An officer's reason for allowing a certificate that cannot be verified; None refuses it."""
