"""markwatch serve: the review console and its JSON API."""

import ipaddress
import socket
from typing import Annotated

import typer
import uvicorn

from crawler.cli.options import DbOption, database, say
from crawler.config import Settings
from crawler.console import console_app
from crawler.errors import BadInput, PortInUse


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
    host: Annotated[str, typer.Option("--host", help="Address to listen on; a loopback one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen on.")] = 8000,
    behind_tls: Annotated[
        bool, typer.Option("--behind-tls", help="A proxy in front speaks TLS: cookies are Secure, any --host is fine.")
    ] = False,
    db: DbOption = None,
) -> None:
    """Serve the review console and the JSON API until stopped with Ctrl-C."""
    if not behind_tls and not is_loopback(host):
        raise BadInput(f"--host {host}: without TLS the console listens on a loopback address only; see --behind-tls")
    with database(db) as opened, bind(host, port) as listener:
        app = console_app(opened, Settings(), secure_cookies=behind_tls)
        say(f"console: http://{host}:{port}/review (stop with Ctrl-C)")
        config = uvicorn.Config(
            app, log_level="warning", server_header=False, date_header=True, proxy_headers=behind_tls
        )
        uvicorn.Server(config).run(sockets=[listener])
