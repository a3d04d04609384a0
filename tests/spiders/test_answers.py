"""Answers that are no page of a market: blocks, errors, broken JSON, hostile pages."""

import pytest

from spiders.errors import BadRequest, Blocked, Gone, PageChanged, ServerFailed, Throttled
from tests.spiders.answers import read

MARKETS = ("tiki_vn", "shopee_vn", "shop")
DEEP = 200_000


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_not_there_is_gone(market: str, status: int) -> None:
    with pytest.raises(Gone):
        read(market, "<html>Not found</html>", status=status)


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refusal_by_status_is_a_block(market: str, status: int) -> None:
    with pytest.raises(Blocked, match=str(status)):
        read(market, "", status=status)


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>Robot Check</title></head></html>",
        "<html><head><title>\n Robot\n Check </title></head></html>",
        '<script>location = "https://x/_____tmd_____/punish?x5secdata=a"</script>',
        '{"ret":["RGV587_ERROR::SM::a"],"data":{"url":"https://x/punish"}}',
        '<form action="/errors/validateCaptcha"></form>',
        '<html><head><meta http-equiv="refresh" content="0;url=/verify/captcha?anti_bot_tracking_id=1"></head></html>',
    ],
)
def test_a_refusal_page_with_status_200_is_a_block(market: str, body: str) -> None:
    with pytest.raises(Blocked):
        read(market, body)


@pytest.mark.parametrize("market", MARKETS)
def test_a_redirect_to_a_captcha_is_a_block(market: str) -> None:
    with pytest.raises(Blocked, match="/verify/captcha"):
        read(market, "<html>x</html>", "https://shopee.vn/verify/captcha?anti_bot_tracking_id=a")


@pytest.mark.parametrize("market", MARKETS)
def test_an_empty_body_and_a_server_error_are_no_empty_result(market: str) -> None:
    with pytest.raises(PageChanged, match="body: is empty"):
        read(market, " \n")
    with pytest.raises(ServerFailed, match="HTTP 503"):
        read(market, "<html>x</html>", status=503)
    with pytest.raises(Throttled, match="HTTP 429"):
        read(market, "<html>x</html>", status=429)
    with pytest.raises(BadRequest, match="HTTP 400"):
        read(market, "<html>x</html>", status=400)
    with pytest.raises(PageChanged, match="status: is not 200"):
        read(market, "<html>x</html>", status=206)
    with pytest.raises(PageChanged, match="body: is longer than"):
        read(market, b"[" + b" " * (8 * 1024 * 1024) + b"]")


@pytest.mark.parametrize("market", ["tiki_vn", "shopee_vn"])
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('{"data": [{"id": 1', "is cut off at byte 18"),
        ("{'data': []}", "is not JSON at byte 1"),
        ('{"price": NaN}', "is not a number at byte 10"),
        ('{"price": -Infinity}', "is not a number at byte 10"),
        ('{"price": ' + "9" * 5_000 + "}", "number is too long at byte 10"),
        ('{"a": ' + "[" * DEEP, "nesting is too deep at byte"),
        ('{"data": [], "price": 1, "price": 9}', "has one key twice in an object (got 'price')"),
        (b'{"name": "\xff\xfe"}', "is not UTF-8 at byte"),
    ],
)
def test_broken_json_names_the_byte_and_what_is_wrong(market: str, body: str | bytes, problem: str) -> None:
    with pytest.raises(PageChanged) as caught:
        read(market, body)
    assert problem in str(caught.value)


def test_half_a_character_becomes_a_replacement_and_nothing_else_changes() -> None:
    item = '{"seller_product_id": 5, "id": 4, "name": "A\\ud800B\\u0000C", "price": 9000}'
    listing = read("tiki_vn", f"[{item}]").listings[0]
    assert listing.title == "A\ufffdBC"
    assert listing.title.encode()


def test_more_entries_than_a_page_can_hold_are_refused() -> None:
    with pytest.raises(PageChanged, match="has 5001 entries, at most 5000 are read"):
        read("tiki_vn", "[" + ",".join(["{}"] * 5_001) + "]")
    with pytest.raises(PageChanged, match="data: has 5001 entries"):
        read("tiki_vn", '{"data": [' + ",".join(["{}"] * 5_001) + "]}")


@pytest.mark.parametrize("market", MARKETS)
def test_a_page_nested_or_attributed_without_measure_is_refused_before_it_is_parsed(market: str) -> None:
    with pytest.raises(PageChanged, match="nesting is deeper than 1000"):
        read(market, "<html>" + "<div>" * DEEP)
    with pytest.raises(PageChanged, match="more than 1000 attributes"):
        read(market, "<html><p " + " ".join(f"a{number}=1" for number in range(40_000)) + ">x</p>")


def test_a_nesting_bomb_in_a_page_s_data_is_refused() -> None:
    with pytest.raises(PageChanged, match="nesting is too deep"):
        read("tiki_vn", '<script id="__NEXT_DATA__">' + "[" * DEEP + "</script>")


def test_an_error_shows_a_value_short_and_escaped() -> None:
    with pytest.raises(PageChanged) as caught:
        read("shopee_vn", '{"error": "\\u001b[2J\\r\\n' + "x" * 500 + '"}')
    message = str(caught.value)
    assert "\x1b" not in message
    assert "\n" not in message
    assert len(message) < 250
