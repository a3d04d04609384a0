"""Arguments of a crawl, one pydantic model per spider: what `-a name=value` may say and what it means."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from spiders.addresses import checked
from spiders.ways import WayName

SEPARATOR = "|"


class ArgumentError(ValueError):
    """The arguments of a crawl are wrong, or the crawl is not allowed; the message is for the person who asked."""


def _several(value: object) -> object:
    """Split one text at | into its parts; a list stays a list."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(SEPARATOR) if part.strip())
    return value


Several = Annotated[tuple[str, ...], BeforeValidator(_several)]


class CrawlArguments(BaseModel):
    """What every market's crawl can be told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: Several = Field(default=(), description="Words to search for; several with | between them")
    url: Several = Field(default=(), description="Pages of the market to read; several with | between them")
    base_url: str | None = Field(
        default=None, description="Scheme and host of a replay server that stands in for the market's hosts"
    )
    category: Several = Field(default=(), description="Categories to list, by the market's own id; several with |")
    seller: Several = Field(
        default=(), description="Sellers whose goods to list, by the market's own id; several with |"
    )
    details: bool = Field(default=False, description="Also read each listing's own page or answer, not only the lists")
    way: WayName | None = Field(
        default=None, description="Way in: api (with the operator's keys) or pages; the market's first one unless given"
    )
    max_pages: int = Field(default=5, ge=1, le=1_000, description="Pages fetched per query, category, seller and page")
    allow_host: Several = Field(default=(), description="Further hosts, as HOST:PORT, open for this run")

    @field_validator("url")
    @classmethod
    def _check_urls(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(checked(url) for url in value)

    @field_validator("base_url")
    @classmethod
    def _check_base_url(cls, value: str | None) -> str | None:
        return None if value is None else checked(value)

    @field_validator("allow_host")
    @classmethod
    def _check_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for host in value:
            name, _, port = host.rpartition(":")
            if not name or not port.isdecimal() or not 0 < int(port) < 65_536 or "/" in name or "@" in name:
                raise ValueError(f"is not of the form HOST:PORT: {host!r}")
        return value


def read_arguments(model: type[CrawlArguments], market: str, given: dict[str, object]) -> CrawlArguments:
    """Return the checked arguments; raise ArgumentError, which names every argument that is wrong."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        problems = []
        for detail in error.errors(include_url=False, include_context=False):
            name = ".".join(str(part) for part in detail["loc"])
            if detail["type"] == "extra_forbidden":
                problems.append(f"{name}: unknown argument of {market} (it knows {', '.join(model.model_fields)})")
            else:
                problems.append(f"{name}: {detail['msg'].removeprefix('Value error, ')}")
        raise ArgumentError("; ".join(problems)) from None
