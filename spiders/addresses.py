"""Addresses: which are fetched, which host they belong to, and the one form that identifies a page."""

from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

MAX_URL_LENGTH = 2_083
# Query parameters that only say where a visitor came from; they never change the page.
TRACKING_PARAMETERS = frozenset(
    {
        "_ga", "_gl", "_pos", "_psq", "_sid", "_ss", "dclid", "fbclid", "gbraid", "gclid", "igshid", "jsessionid",
        "mc_cid", "mc_eid", "msclkid", "phpsessid", "ref_src", "sessionid", "sid", "sp_atk", "spm", "srsltid",
        "ttclid", "wbraid", "xptdk", "yclid",
    }
)  # fmt: skip
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")
DEFAULT_PORTS = {"http": 80, "https": 443}


class BadAddress(ValueError):
    """A text is no address that may be fetched; the message says why."""


def checked(url: str) -> str:
    """Return the address stripped of its fragment and outer blanks, or raise BadAddress."""
    trimmed = url.strip(" \t\r\n")
    if len(trimmed) > MAX_URL_LENGTH:
        raise BadAddress(f"is longer than {MAX_URL_LENGTH} characters")
    if any(sign <= " " or sign in '\\<>"' or sign == "\x7f" for sign in trimmed):
        raise BadAddress(f'holds a blank, control character or one of \\ < > ": {trimmed[:80]!a}')
    try:
        parts = urlsplit(trimmed)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadAddress(f"is not an address: {trimmed[:80]!a}") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise BadAddress(f"has the scheme {parts.scheme[:20]!a}, not http or https")
    if not host or port == 0:
        raise BadAddress(f"names no host: {trimmed[:80]!a}")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("holds a user name or password")
    return urlunsplit(parts._replace(fragment=""))


def joined(base: str, link: str) -> str | None:
    """Return the link of a page as an absolute address, or None where it is none that may be fetched."""
    try:
        return checked(urljoin(base, link.strip()))
    except ValueError:
        return None


def origin_of(url: str) -> str:
    """Return scheme, host and port in one form: lower case, a default port left out."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    shown = f"[{host}]" if ":" in host else host
    port = parts.port
    return f"{parts.scheme}://{shown}" + ("" if port in {None, DEFAULT_PORTS.get(parts.scheme)} else f":{port}")


def moved(url: str, origin: str) -> str:
    """Return the address on another origin, path and query as they are."""
    parts, target = urlsplit(url), urlsplit(origin)
    return urlunsplit(parts._replace(scheme=target.scheme, netloc=target.netloc))


def is_on_host(url: str, hosts: tuple[str, ...]) -> bool:
    """Return whether the address lies on one of the hosts or below it, compared label by label."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(host == own or host.endswith(f".{own}") for own in hosts)


def is_default_port(url: str) -> bool:
    """Return whether the address uses the usual port of its scheme."""
    parts = urlsplit(url)
    return parts.port in {None, DEFAULT_PORTS.get(parts.scheme)}


def canonical(url: str) -> str:
    """Return the one form of a page's address: no fragment or tracking parameters, query sorted, host in lower case."""
    parts = urlsplit(checked(url))
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in TRACKING_PARAMETERS and not name.lower().startswith(TRACKING_PREFIXES)
    )
    path = quote(_without_dots(parts.path), safe="/%:@!$&'()*+,;=~-._") or "/"
    return moved(urlunsplit(parts._replace(path=path, query=urlencode(kept), fragment="")), origin_of(url))


def _without_dots(path: str) -> str:
    """Return the path with `.` and `..` segments resolved, as browsers do."""
    if "/." not in path:
        return path
    return urlsplit(urljoin("http://host/", path)).path
