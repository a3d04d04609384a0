"""Documented APIs of marketplaces: every call has a public address without keys, and is signed only when it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Literal

from records.listing import Listing
from spiders.arguments import ArgumentError, CrawlArguments
from spiders.credentials import Keys
from spiders.errors import AuthRefused
from spiders.reading import Answer, Reading

# Requests that are signed when they are sent carry this mark. They are made under the API's own contract and with the
# operator's key, so robots.txt, which speaks to crawlers of pages, is not asked for them.
API_MARK = "market_api"
BrowseKind = Literal["category", "seller"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it goes over the wire."""

    url: str
    """The address with whatever keys and signatures the API wants in it."""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What an API lends its user for a while."""

    value: str = field(repr=False)
    ends_at: datetime
    """When it stops working, aware UTC."""


class Api:
    """One market's API: how to ask for something, and how to sign what is asked.

    The public address of a call holds everything but the keys, also where the API itself takes a POST body; it names
    the answer in logs, captures and saved files, and `call` turns it into the request that is sent.
    """

    host: ClassVar[str]
    """Scheme and host of the API."""
    needs_token: ClassVar[bool] = False
    """True where a token is fetched with the keys before anything else."""

    @classmethod
    def search_url(cls, query: str, page: int, arguments: CrawlArguments) -> str:  # noqa: ARG003 - the hook's arguments
        """Return the public address of a page of a search, from 1; raise ArgumentError where there is no search."""
        raise ArgumentError("its API has no search by words; give categories (-a category=…) or pages (-a url=…)")

    @classmethod
    def browse_url(cls, kind: BrowseKind, value: str, page: int, arguments: CrawlArguments) -> str:  # noqa: ARG003 - as above
        """Return the public address of a page of a category or of a seller's goods; raise ArgumentError."""
        raise ArgumentError(f"this API has no listing by {kind} (asked for {value[:80]!r})")

    @classmethod
    def known_url(cls, url: str) -> str:
        """Return the public address of the call that reads what a page of the market shows; raise ArgumentError."""
        raise ArgumentError(f"{url} names no item that this API can be asked for")

    @classmethod
    def detail_url(cls, listing: Listing) -> str | None:  # noqa: ARG003 - the hook's argument
        """Return the public address of a listing's own answer; None where the API says no more about it."""
        return None

    @classmethod
    def check(cls, answer: Answer) -> Reading | None:
        """Raise what an error answer of the API means; return None where the answer is to be read.

        An API that says more in the body than in the status reads it here first; where its error means that nothing
        was found, it returns that empty reading.
        """
        if answer.status in {401, 403}:
            raise AuthRefused(answer.url, f"HTTP {answer.status}")
        return None

    @classmethod
    def call(cls, url: str, keys: Keys, token: Token | None, at: datetime) -> Call:
        """Return the signed request of a public address."""
        raise NotImplementedError

    @classmethod
    def token_call(cls, keys: Keys, at: datetime) -> Call:
        """Return the request for a token; its address is public."""
        raise NotImplementedError

    @classmethod
    def read_token(cls, answer: Answer) -> Token:
        """Return the token of an answer; raise ReadingError."""
        raise NotImplementedError
