import re
from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.digest import Digest
from alerts.errors import BadAddress, BadConsoleUrl, UnsafeMessage
from alerts.headers import checked_bytes, columns, plain_address, safe_header
from alerts.house import House
from alerts.languages import WORDINGS
from alerts.message import render_html, render_text, wire_bytes
from records.decision import REASONS
from records.hit import ChainStep, Hit
from records.mail import ANSWERS, Language
from tests.alerts.cases import (
    CONSOLE,
    HANAMORI,
    HOUSE,
    NOW,
    RECIPIENT,
    SENDER,
    letter_of,
    make_digest,
    make_hit,
    make_run,
    message_of,
    stored,
)  # fmt: skip

LANGUAGES: tuple[Language, ...] = ("ja", "vi", "en")
HOSTILE = (
    "Nike\r\nBcc: x@evil.example",
    "Nike\nBcc: x@evil.example",
    "Nike\rBcc: x@evil.example",
    "Nike\r\n\r\n<script>alert(1)</script>",
    "=?utf-8?q?Nike=0d=0aBcc:_x@evil.example?=",
    "=?utf-8?q?a=0d=0a=0d=0abody?=",
    "=?utf-8?b?TmlrZQ0KQmNjOiB4QGV2aWwuZXhhbXBsZQ==?=",
    "=?utf-8?q?a?= =?utf-8?q?=0aBcc:x@y.zz?=",
    "=?x=?utf-8?q?=0d=0aBcc:_x@y?=?=",
    "Nike\u2028Bcc: x@evil.example",
    "Nike\u2029\u0085\x0b\x0cBcc: x@evil.example",
    "Nike\x00\x1b[31m",
    "Nike\u202eexample",
    "Nike \ud800",
    "é" * 5000,
    "資生堂" * 500,
    "😀" * 300,
    ", evil@evil.example",
    '"<evil@evil.example>" <a@b.example>, x',
    "<script>alert(1)</script>&amp;{{7*7}}%(count)s",
    "   ",
    "a" * 998 + " b",
)


def html_of(digest: Digest) -> str:
    return render_html(letter_of(digest))


def text_of(digest: Digest) -> str:
    return render_text(letter_of(digest))


def subject(digest: Digest) -> str:
    return letter_of(digest).subject


def reread(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [
            (tag, name, value or "") for name, value in attrs if name in {"href", "src", "srcset", "background"}
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_has_every_header_and_two_parts(language: Language) -> None:
    digest = make_digest(owner=replace(HANAMORI, language=language))
    message = reread(wire_bytes(message_of(digest)))
    assert message["From"] == f"Markwatch <{SENDER}>"
    assert message["To"] == RECIPIENT
    assert message["Date"].datetime == NOW
    assert re.fullmatch(r"<[0-9a-f]{32}@markwatch\.example>", message["Message-ID"])
    assert re.fullmatch(r"<[0-9a-f]{32}@markwatch\.example>", message["References"])
    assert message["References"] != message["Message-ID"]
    assert re.fullmatch(r"<hanamori-[0-9a-f]{8}\.brands\.markwatch\.example>", message["List-Id"])
    assert re.fullmatch(rf"<{CONSOLE}/m/u/[\w.-]+>", message["List-Unsubscribe"])
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == language
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not {"Cc", "Bcc", "Reply-To", "Sender"} & set(message)


def test_the_wire_carries_ascii_lines_of_lawful_length() -> None:
    content = wire_bytes(message_of(make_digest()))
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 78
    assert content.count(b"\n") == content.count(b"\r\n")


def test_the_same_digest_gives_the_same_bytes_and_each_recipient_an_own_message_id() -> None:
    first, again = (message_of(make_digest()) for _ in range(2))
    assert wire_bytes(first) == wire_bytes(again)
    other = message_of(make_digest(), "two@hanamori.example")
    assert other["Message-ID"] != first["Message-ID"]


def test_mails_of_one_brand_thread_and_those_of_two_days_differ() -> None:
    digest = make_digest()
    later = replace(digest, day=digest.day.replace(day=23))
    first, second = (message_of(one) for one in (digest, later))
    assert first["References"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["Hanamori", "資生堂インターナショナル株式会社", "An Owner With A Long Name " * 5])
def test_a_subject_fits_thirty_full_width_characters_and_names_no_seller(language: Language, name: str) -> None:
    hits = tuple(stored(make_hit(number)) for number in range(500))
    found = subject(make_digest(hits, owner=replace(HANAMORI, language=language), brand=name))
    assert columns(found) <= 60
    assert "500" in found
    assert "Cửa hàng" not in found


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_owner_or_brand_name_adds_no_header_and_no_recipient(hostile: str) -> None:
    digest = make_digest((stored(make_hit()),), owner=replace(HANAMORI, name=hostile), brand=hostile)
    content = wire_bytes(message_of(digest))
    message = reread(content)
    assert sorted(name.lower() for name in message) == sorted(
        ["mime-version", "content-type", "from", "to", "subject", "date", "message-id", "references", "list-id",
         "auto-submitted", "content-language", "list-unsubscribe", "list-unsubscribe-post"]
    )  # fmt: skip
    assert [address.addr_spec for address in message["To"].addresses] == [RECIPIENT]
    assert len(str(message["Subject"]).splitlines()) == 1


@pytest.mark.slow
@given(
    name=st.text(st.sampled_from("ab é́ễ資ア😀=?_:,()<>\"'[]%0"), min_size=1, max_size=40),
    language=st.sampled_from(LANGUAGES),
)
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_any_brand_name_arrives_in_the_subject_letter_by_letter(name: str, language: Language) -> None:
    digest = make_digest((stored(make_hit()),), owner=replace(HANAMORI, language=language), brand=name)
    message = reread(wire_bytes(message_of(digest)))
    assert str(message["Subject"]) == subject(digest)


@pytest.mark.parametrize("hostile", [text for text in HOSTILE if text.strip()])
def test_a_hostile_title_or_mark_stays_text(hostile: str) -> None:
    hit: Hit = replace(make_hit(), listing=replace(make_hit().listing, title=hostile[:1000]), evidence=())
    digest = make_digest((stored(hit),))
    message = reread(wire_bytes(message_of(digest)))
    html = html_of(digest)
    links = Links()
    links.feed(html)
    assert not links.tags & {"script", "img", "iframe", "object", "form", "link", "base", "svg"}
    assert len(list(message.walk())) == 3
    assert "49" not in "".join(line.title[0].text for line in digest.lines)


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example, evil@x.example", "a@b.example\r\nRCPT TO:<e@x.example>", "alice@example.org)bob@evil.example",
        "a@b.example\u200b", '"a b"@x.example', "a@[127.0.0.1]", "a@x", f"{'a' * 65}@x.example", "a@bücher.example",
        "Name <a@b.example>", "a@b..example", ".a@b.example", "a@-b.example", "", "a", "a@b.example\n", "a b@c.example",
        f"a@{'b.' * 126}example",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        message_of(make_digest(), address)
    with pytest.raises(BadAddress):
        replace(HOUSE, sender_address=address)


@pytest.mark.parametrize(
    "address", ["a@b.example", "first.last+tag@mail.b.example", "markwatch@localhost", "a@xn--bcher-kva.example"]
)
def test_plain_addresses_are_accepted(address: str) -> None:
    assert plain_address(address) == address
    message_of(make_digest(), address, replace(HOUSE, sender_address=address))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://a.example/\nx",
        'https://a.example/"x',
        "//a.example",
        "https://",
        "",
        "https://a.example/",
    ],
)
def test_a_console_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadConsoleUrl):
        House(sender_address=SENDER, console_url=url, link_key="k")


def test_a_message_that_reads_differently_is_not_let_out() -> None:
    message = message_of(make_digest())
    message["X-Extra"] = "1"
    with pytest.raises(UnsafeMessage, match="x-extra"):
        checked_bytes(message, {"To": RECIPIENT}, "", "")


def test_an_encoded_word_in_foreign_text_stays_text() -> None:
    assert safe_header("=?utf-8?q?Nike=0d=0aBcc:_x@y?=") == "=？utf-8?q?Nike=0d=0aBcc:_x@y？="
    assert safe_header("a\r\n b\x00\u2028c\u202e") == "a b c"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_part_says_everything_that_the_html_part_says(language: Language) -> None:
    digest = make_digest(
        owner=replace(HANAMORI, language=language), runs=(make_run(), make_run("shop", outcome="lost"))
    )
    text, html = text_of(digest), html_of(digest)
    words = WORDINGS[language]
    for line in digest.lines:
        assert f"{CONSOLE}/hits/{line.hit_id}" in text
        assert f'href="{CONSOLE}/hits/{line.hit_id}"' in html
        assert "".join(piece.text for piece in line.title) in text
        assert line.reason is not None
        assert words.reasons[line.reason] in text
        assert words.reasons[line.reason] in html
        assert line.mark in text
    for part in (text, html):
        assert "4-0123456-000" in part
        assert "Tiki (VN)" in part
        assert words.links_note in part
        assert words.coverage_note in part
        assert words.unreviewed % {"count": "7"} in part
    assert "<" not in text


@pytest.mark.parametrize(("language", "price"), [("ja", "260,000"), ("vi", "260.000"), ("en", "260,000")])
def test_prices_stand_in_the_readers_manner(language: Language, price: str) -> None:
    digest = make_digest(owner=replace(HANAMORI, language=language))
    for part in (text_of(digest), html_of(digest).replace("&nbsp;", "\u00a0")):
        assert f"{price}\u00a0₫" in part
        assert WORDINGS[language].price_unknown in part


@pytest.mark.parametrize(("language", "share"), [("ja", "定価の41.3"), ("vi", "bằng 41,3"), ("en", "unit 41.3")])
def test_the_share_of_the_list_price_stands_in_the_readers_manner(language: Language, share: str) -> None:
    hit = replace(make_hit(product_id="hanamori-50"), chain=(ChainStep(name="gap", value="41.3 % of the list price"),))
    digest = make_digest((stored(hit),), owner=replace(HANAMORI, language=language))
    for part in (text_of(digest), html_of(digest).replace("&nbsp;", "\u00a0")):
        assert f"{share}\u00a0%" in part


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_part_loads_nothing_and_links_to_the_console_only(language: Language) -> None:
    html = html_of(make_digest(owner=replace(HANAMORI, language=language)))
    links = Links()
    links.feed(html)
    assert links.found
    assert all(tag == "a" and value.startswith(f"{CONSOLE}/") for tag, _, value in links.found)
    assert "url(" not in html
    assert "@import" not in html
    assert "&#39;" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_hundred_long_hits_stay_under_ninety_kilobytes_with_a_link_to_the_rest(language: Language) -> None:
    title = "Kem chống nắng H.anamori 50ml hàng loại 1 " + "字<&>ễ" * 150
    digest = make_digest(
        tuple(stored(make_hit(number, title=title)) for number in range(500)),
        owner=replace(HANAMORI, language=language),
    )
    html, text = html_of(digest), text_of(digest)
    assert len(html.encode()) < 90_000
    assert html.count("/hits/") == text.count("/hits/") == 20
    assert html.count("/m/a/") == text.count("/m/a/") == 20 * len(ANSWERS)
    assert f'href="{CONSOLE}/review?view=confirmed"' in html
    for part in (html, text):
        assert WORDINGS[language].more % {"count": "480"} in part


def test_nothing_is_ever_called_removed_and_every_violation_is_possible() -> None:
    words = {language: re.sub(r"%\(\w+\)s", "", " ".join(_sentences(language))) for language in LANGUAGES}
    assert not re.search(r"remov|delet|taken down", words["en"], re.IGNORECASE)
    assert not re.search("削除", words["ja"])
    assert not re.search(r"\b(gỡ|xóa|xoá)\b", words["vi"], re.IGNORECASE)
    assert words["en"].count("iolation") == len(re.findall(r"[Pp]ossible violation", words["en"]))
    assert words["ja"].count("違反") == len(re.findall("違反の可能性", words["ja"]))
    assert words["vi"].count("vi phạm") == len(re.findall("(?:nghi vấn|có thể) vi phạm", words["vi"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_the_same_places_in_each_language(language: Language) -> None:
    def places(one: Language) -> list[list[str]]:
        return [sorted(re.findall(r"%\((\w+)\)s", sentence)) for sentence in _sentences(one)]

    assert places(language) == places("en")
    assert set(WORDINGS[language].reasons) == set(REASONS["violation"])


def _sentences(language: Language) -> list[str]:
    words = WORDINGS[language]
    plain = [getattr(words, name) for name in words.__slots__ if isinstance(getattr(words, name), str)]
    tables: list[Mapping[Any, str]] = [
        getattr(words, name) for name in words.__slots__ if not isinstance(getattr(words, name), str)
    ]
    return [*plain, *(table[key] for table in tables for key in sorted(table))]
