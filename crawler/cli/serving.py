"""markwatch serve: the review console and its JSON API."""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from crawler.cli.options import DbOption, database, say
from crawler.config import Settings
from crawler.console import console_app
from crawler.errors import BadInput, PortInUse
from storage.database import open_database

# A process that does not answer for so long is started anew.
HANGS_AFTER_SECONDS = 60


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog="Example: markwatch serve --port 8000")(serve)


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket on that address, or raise PortInUse that names it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # From here on the address answers: who opens it while the console starts waits instead of being refused.
        listener.listen(128)
    except OSError as problem:
        listener.close()
        if problem.errno in {98, 48}:  # EADDRINUSE on Linux and on macOS
            raise PortInUse(host, port) from None
        raise BadInput(f"--host {host} --port {port}: {problem.strerror}") from None
    return listener


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches that address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(
    *,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; a loopback one without TLS.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8000,
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", metavar="FILE", help="Certificate chain (PEM): the console speaks TLS.")
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", metavar="FILE", help="The certificate's key (PEM).")
    ] = None,
    behind_tls: Annotated[
        bool, typer.Option("--behind-tls", help="A proxy on this machine speaks TLS: the same as a trusted 127.0.0.1.")
    ] = False,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option("--trusted-proxy", metavar="ADDRESS", help="A proxy that speaks TLS; may be repeated."),
    ] = None,
    processes: Annotated[
        int,
        typer.Option("--processes", min=1, max=64, help="Processes that answer: one a core for many people."),
    ] = 1,
    db: DbOption = None,
) -> None:
    """Serve the review console and the JSON API until stopped with Ctrl-C.

    On a loopback address plain HTTP is fine. Any other address needs TLS of its own or a trusted proxy with TLS.
    """
    settings = Settings()
    proxies = [*(trusted_proxy or []), *(["127.0.0.1", "::1"] if behind_tls else [])]
    secure = bool(proxies) or tls_cert is not None
    check_exposure(host, settings, proxies=proxies, tls_cert=tls_cert, tls_key=tls_key)
    here = f"{'https' if tls_cert else 'http'}://{host if ':' not in host else f'[{host}]'}:{port}"
    url = settings.console_url if secure or "console_url" in settings.model_fields_set else here
    served = ServedConsole(url=settings.database_url(db), secure=secure, console_url=url)
    with database(db), bind(host, port) as listener:  # what is wrong with the database is said before anybody connects
        say(f"console: {here}/review (stop with Ctrl-C)")
        config = uvicorn.Config(
            served, factory=True, log_level="warning", server_header=False, date_header=True,
            proxy_headers=bool(proxies), forwarded_allow_ips=proxies or [],
            ssl_certfile=tls_cert, ssl_keyfile=tls_key,
            workers=processes, timeout_worker_healthcheck=HANGS_AFTER_SECONDS,
        )  # fmt: skip
        if processes == 1:
            uvicorn.Server(config).run(sockets=[listener])
        else:
            Multiprocess(config, sockets=[listener]).run()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedConsole:
    """Makes the console inside the process that serves it; a database is never carried into another process."""

    url: str
    secure: bool
    console_url: str

    def __call__(self) -> FastAPI:
        """Open the database for the life of the process and return the console on it."""
        settings = Settings()
        opened = open_database(self.url, settings.contact_key_bytes)
        app = console_app(opened, settings, secure_cookies=self.secure, console_url=self.console_url)
        app.router.add_event_handler("shutdown", opened.close)
        return app


def check_exposure(
    host: str, settings: Settings, *, proxies: Sequence[str], tls_cert: Path | None, tls_key: Path | None
) -> None:
    """Refuse to serve where passwords would cross a network in the clear; raise BadInput that says what is missing."""
    for proxy in proxies:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise BadInput(f"--trusted-proxy {proxy}: neither an address nor a network such as 10.0.0.0/24") from None
    if (tls_cert is None) != (tls_key is None):
        raise BadInput("--tls-cert and --tls-key belong together")
    for file in (tls_cert, tls_key):
        if file is not None and not file.is_file():
            raise BadInput(f"{file}: no such file")
    if not proxies and tls_cert is None and not is_loopback(host):
        raise BadInput(
            f"--host {host}: without TLS the console listens on a loopback address only; give --tls-cert "
            "and --tls-key, or --trusted-proxy (--behind-tls for one on this machine)"
        )
    if proxies and not settings.console_url.startswith("https://"):
        url = settings.console_url
        raise BadInput(f"MARKWATCH_CONSOLE_URL is {url}: behind a proxy it is the https address that people open")
