"""A mail server on loopback that takes mails, or fails in a chosen way."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Sink:
    """Takes mails; `answers` replaces the answer to a verb, `drop_at` hangs up and `hang_at` says nothing at a verb.

    The verbs are EHLO, MAIL, RCPT, DATA (before the text), TEXT (after it) and QUIT.
    """

    def __init__(
        self, answers: dict[str, str] | None = None, drop_at: str | None = None, hang_at: str | None = None
    ) -> None:
        self.answers = answers or {}
        self.drop_at = drop_at
        self.hang_at = hang_at
        self.taken: list[tuple[str, list[str], bytes]] = []

    async def fail(self, verb: str, server: SMTP) -> None:
        """Hang up without an answer, or say nothing for longer than any client of a test waits."""
        if self.drop_at == verb and server.transport is not None:
            server.transport.close()
        if self.hang_at == verb:
            await asyncio.sleep(2)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        await self.fail("EHLO", server)
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        await self.fail("MAIL", server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        await self.fail("RCPT", server)
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if "DATA" not in self.answers:
            self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        await self.fail("TEXT", server)
        return self.answers.get("DATA", "250 OK")

    async def handle_QUIT(self, server: SMTP, _session: Any, _envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        await self.fail("QUIT", server)
        return "221 Bye"


class Server(SMTP):
    """Also fails where the client says DATA, before it sends the text."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Take the verb, or fail."""
        await self.event_handler.fail("DATA", self)
        if self.transport is not None and not self.transport.is_closing():
            await super().smtp_DATA(arg)


class Loopback(Controller):
    """Runs such a server."""

    def factory(self) -> SMTP:
        """Make the server of one connection."""
        return Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(sink: Sink, *, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run the server on a free loopback port for as long as the block lasts; give the port."""
    options: dict[str, Any] = {} if context is None else {"tls_context": context}
    controller = Loopback(sink, hostname="127.0.0.1", port=0, decode_data=False, **options)
    # aiosmtpd checks that it runs by connecting to the port it was given, which must be a real one.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
