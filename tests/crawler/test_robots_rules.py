import hashlib

import pytest

from crawler.middlewares.robots_rules import MAX_PARSED_BYTES, Robots, robots_of_answer, text_of, unreachable

URL = "https://shop.example/robots.txt"
PAGE = "https://shop.example/goods/1"
FORBIDDEN = b"User-agent: *\nDisallow: /goods\n"


def rules(body: bytes) -> Robots:
    return robots_of_answer(URL, 200, body)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451])
def test_a_client_error_other_than_429_allows_everything(status: int) -> None:
    assert robots_of_answer(URL, status, FORBIDDEN).allows(PAGE)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 304, 100, 600])
def test_a_server_error_or_refusal_forbids_everything(status: int) -> None:
    assert not robots_of_answer(URL, status, b"").allows(PAGE)


def test_what_could_not_be_read_forbids_everything() -> None:
    assert not unreachable(URL, "timed out").allows(PAGE)


@pytest.mark.parametrize(
    "body",
    [
        FORBIDDEN,
        b"\xef\xbb\xbf" + FORBIDDEN,
        FORBIDDEN.replace(b"\n", b"\r"),
        FORBIDDEN.replace(b"\n", b"\r\n"),
        b"\xff\xfe" + FORBIDDEN.decode().encode("utf-16-le"),
        b"User-ag\0ent: *\nDis\0allow: /goods\n",
        b"User-agent: *\nAllow: /\nUser-agent: markwatch\nDisallow: /goods\n",
        b"User-agent: Markwatch\nDisallow: /goods\nUser-agent: *\nAllow: /goods\n",
        b"User-agent: *\nDisallow: /\n",
    ],
)
def test_a_forbidden_page_is_forbidden_however_the_file_is_written(body: bytes) -> None:
    assert not rules(body).allows(PAGE)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html><body>User-agent: *</body></html>",
        b"User-agent: *\nDisallow: /goods\nAllow: /goods\n",
        b"User-agent: *\nDisallow: /goods\nUser-agent: Markwatch\nAllow: /\n",
        b"User-agent: Markwatcher\nDisallow: /\n",
        b"User-agent: *\nDisallow:\n",
        bytes(range(256)) * 20,
    ],
)
def test_a_page_that_no_rule_forbids_is_allowed(body: bytes) -> None:
    assert rules(body).allows(PAGE)


def test_only_the_first_512_kib_count_and_no_rule_is_cut_in_half() -> None:
    filler = b"# " + b"x" * 98 + b"\n"
    lines = filler * (MAX_PARSED_BYTES // len(filler) + 1)
    body = lines + b"User-agent: *\nDisallow: /goods\n" + filler * 1_000
    assert rules(b"User-agent: *\nDisallow: /goods\n" + body).allows(PAGE) is False
    assert rules(body).allows(PAGE) is True
    assert len(text_of(body)) <= MAX_PARSED_BYTES
    assert text_of(body).endswith("\n")
    assert f"the first {MAX_PARSED_BYTES}" in rules(body).reason


@pytest.mark.parametrize(
    ("value", "seconds", "too_slow"),
    [("5", 5.0, False), ("30", 30.0, False), ("31", 31.0, True), ("99999", 99_999.0, True), ("-5", 0.0, False),
     ("NaN", 0.0, False), ("soon", 0.0, False)],
)  # fmt: skip
def test_a_crawl_delay_is_kept_up_to_thirty_seconds(value: str, seconds: float, *, too_slow: bool) -> None:
    robots = rules(f"User-agent: *\nCrawl-delay: {value}\n".encode())
    assert robots.crawl_delay_seconds == seconds
    assert robots.is_too_slow is too_slow


def test_a_decision_names_the_hash_of_the_body_it_was_made_from() -> None:
    assert hashlib.sha256(FORBIDDEN).hexdigest() in rules(FORBIDDEN).sentence


def test_a_rule_of_many_wildcards_is_decided_quickly() -> None:
    robots = rules(b"User-agent: *\nDisallow: /" + b"*a" * 30 + b"*b\n")
    assert robots.allows("https://shop.example/" + "a" * 2_000)
