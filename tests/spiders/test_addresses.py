import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.addresses import BadAddress, canonical, checked, is_on_host, joined, moved, origin_of


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)", "data:text/html,x", "gopher://a.example/",
        "https://user:secret@a.example/", "https:///x", "https://a.example:99999/", "https://a.example:abc/",
        "https://a.example/\r\nX: y", "https://a b.example/", "https://market.example\\@evil.example/",
        "https://a.example/" + "x" * 2_083, "", "//a.example/x",
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_fetched_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        checked(url)


def test_a_password_in_an_address_is_never_shown() -> None:
    with pytest.raises(BadAddress) as caught:
        checked("https://user:secret@a.example/")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("HTTPS://Shop.Example:443/a/../b/./c?b=2&a=1#x", "https://shop.example/b/c?a=1&b=2"),
        ("https://shop.example/p?utm_source=a&id=7&fbclid=z", "https://shop.example/p?id=7"),
        ("https://shop.example", "https://shop.example/"),
        ("http://shop.example:8080/x", "http://shop.example:8080/x"),
        ("https://shop.example/ca%20phe/cà", "https://shop.example/ca%20phe/c%C3%A0"),
    ],
)
def test_addresses_that_differ_in_nothing_but_form_become_one(url: str, form: str) -> None:
    assert canonical(url) == form
    assert canonical(form) == form


def test_a_host_is_compared_label_by_label() -> None:
    hosts = ("market.example",)
    assert is_on_host("https://www.market.example/x", hosts)
    assert not is_on_host("https://evil-market.example/x", hosts)
    assert not is_on_host("https://market.example.evil.test/x", hosts)
    assert not is_on_host("https://evil.test#@market.example", hosts)


def test_an_address_moves_to_another_origin_with_path_and_query() -> None:
    assert moved("https://tiki.vn/a?b=1", "http://127.0.0.1:8000") == "http://127.0.0.1:8000/a?b=1"
    assert origin_of("HTTP://[::1]:80/x") == "http://[::1]"


@given(base=st.just("https://shop.example/a/"), link=st.text(max_size=60))
def test_a_link_is_an_address_or_nothing(base: str, link: str) -> None:
    found = joined(base, link)
    assert found is None or found.startswith(("http://", "https://"))
    assert found is None or canonical(found) == canonical(canonical(found))
