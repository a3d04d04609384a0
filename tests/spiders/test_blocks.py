"""Captchas, challenges, refusals and log-in walls are recognised whatever their status says; mentions are not."""

import pytest

from spiders.blocks import BLOCK_WORDS, SIEVE
from spiders.errors import Blocked
from tests.spiders.answers import read

PAGES = {
    "cloudflare": "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>",
    "cloudflare by script": '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/jsch/v1"></script>',
    "datadome": '<iframe src="https://geo.captcha-delivery.com/captcha/?x=1"></iframe>',
    "human": '<div id="px-captcha"></div><p>Press and hold</p>',
    "incapsula": "<iframe src='/_Incapsula_Resource?SWUDNSAI=31'>Incapsula incident ID: 1</iframe>",
    "akamai": "<TITLE>Access Denied</TITLE><p>Reference #18.2 https://errors.edgesuite.net/18.2</p>",
    "aws": "<script>window.gokuProps = {}</script>",
    "google": "<p>Our systems have detected unusual traffic from your computer network.</p>",
    "amazon": "<title>Robot Check</title><form action='/errors/validateCaptcha'></form>",
    "alibaba": '<script>var a = "/_____tmd_____/punish?x5secdata=1"</script>',
    "vietnamese": "<title>Xác minh</title><p>Vui lòng xác minh bạn không phải là robot.</p>",
    "japanese": "<p>私はロボットではありません</p><input type=checkbox>",
    "chinese": "<div>请完成安全验证</div>",
    "log-in wall": "<title>Đăng nhập | Chợ</title><form><input name=u><input type='password' name=p></form>",
}


@pytest.mark.parametrize("name", sorted(PAGES))
@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_refusal_is_blocked_and_never_a_listing(name: str, status: int) -> None:
    for market in ("shop", "tiki_vn"):
        with pytest.raises(Blocked):
            read(market, f"<html><body>{PAGES[name]}</body></html>", status=status)


def test_every_refusal_passes_the_quick_look() -> None:
    assert [words for words, _ in BLOCK_WORDS if not any(word in words for word in SIEVE)] == []


def test_a_shop_with_a_log_in_form_or_words_about_robots_is_no_refusal() -> None:
    form = "<form><input name=u><input type='password' name=p></form>"
    body = f"<h1>Robot lamp</h1><p class='price'>49,90 €</p><button>Add to cart</button>{form}<p>Are you a robot?</p>"
    page = f"<html lang='de'><head><title>Robot lamp - captcha edition</title></head><body>{body}</body></html>"
    assert len(read("shop", page, "https://shop.example/p/1").listings) == 1


def test_a_whole_page_that_loads_a_protection_script_is_no_refusal() -> None:
    script = '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
    body = f"<h1>Lamp</h1><p class='price'>49,90 €</p><button>Add to cart</button>{script}"
    assert len(read("shop", f"<html lang='de'><body>{body}</body></html>", "https://shop.example/p/1").listings) == 1
