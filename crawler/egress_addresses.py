"""Which network addresses a crawl may never reach, whatever name or notation led to them."""

import ipaddress
import socket

# Beyond what the standard library calls not global: translation prefixes that carry an IPv4 address inside, and
# ranges whose standing changed between Python versions.
NEVER: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


def is_public(address: str) -> bool:
    """Return whether the address may be reached: global by the standard library and in none of our own ranges."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not parsed.is_global or parsed.is_multicast:
        return False
    return not any(parsed.version == network.version and parsed in network for network in NEVER)


def is_internal_literal(host: str) -> bool:
    """Return whether the host names an internal address without any look-up: a literal in any notation, localhost."""
    name = host.rstrip(".").strip("[]").lower()
    if name == "localhost" or name.endswith((".localhost", ".internal")):
        return True
    address = literal_address(name)
    return address is not None and not is_public(address)


def literal_address(host: str) -> str | None:
    """Return the address that a literal stands for (127.1, 0x7f.1 and 2130706433 included), or None for a name."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    if not host or not (host[0].isdigit() and host.isascii()):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None
