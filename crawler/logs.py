"""Log lines: one JSON object each, with fields instead of glued sentences, and no secret in any of them.

What people see on a terminal is plain text; everything else (files, pipes, services) gets JSON.
"""

import logging
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

import structlog

# Environment variables whose values are secrets, by their names.
SECRET_NAMES = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY$|_KEY_|APP_ID|WEBHOOK|PASSPHRASE")
SHORTEST_SECRET = 6
# Secrets by their form, wherever they came from: a password in an address, an authorisation or cookie header.
SECRET_FORMS = (
    re.compile(r"(?P<keep>[a-z][a-z0-9+.-]*://[^\s:/@\"']*:)[^\s@/\"']+(?=@)", re.IGNORECASE),
    re.compile(r"(?P<keep>\b(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key)\b[\"']?\s*[:=]\s*[\"'b]*)"
               r"[^\"'\r\n,}\]]+", re.IGNORECASE),
    re.compile(r"(?P<keep>\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE),
    re.compile(r"(?P<keep>[?&;](?:access_token|token|api_?key|key|sig|signature|sign|secret|password)=)[^\s&\"'#]+",
               re.IGNORECASE),
)  # fmt: skip
HIDDEN = "***"
# What some readers take for the end of a line and JSON leaves as it is.
LINE_BREAKS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def secrets_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values in an environment that must never be printed, longest first."""
    found = {
        value
        for name, value in environment.items()
        if SECRET_NAMES.search(name.upper()) and len(value) >= SHORTEST_SECRET
    }
    return tuple(sorted(found, key=len, reverse=True))


def hide_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return the text with every known secret, and everything of the form of one, made unreadable."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    for form in SECRET_FORMS:
        text = form.sub(rf"\g<keep>{HIDDEN}", text)
    return text


class Veiled(logging.Formatter):
    """A formatter whose lines hold no secret."""

    def __init__(self, inner: logging.Formatter, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self.inner = inner
        self.secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = hide_secrets(self.inner.format(record), self.secrets)
        return line.translate(LINE_BREAKS)


def configure_logs(stream: TextIO | None = None, *, as_json: bool | None = None, **fields: str) -> None:
    """Send every log line of this process (ours, Scrapy's, the libraries') to the stream, default stderr.

    `fields` stand in every line, such as run="01K…". JSON unless the stream is a person's terminal.
    """
    stream = stream or sys.stderr
    is_json = not stream.isatty() if as_json is None else as_json
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _with_fields(fields),
    ]
    ends: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if is_json:
        ends += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        ends += [structlog.dev.ConsoleRenderer(colors=stream.isatty())]
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=ends)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Veiled(formatter, secrets_of(os.environ)))
    root = logging.getLogger()
    for earlier in root.handlers[:]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # It tells at every opening of the database which kind it is.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _with_fields(fields: Mapping[str, str]) -> Any:
    def add(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        return {**fields, **event}

    return add
