"""Signs that a market refuses automatic reading, whatever its HTTP status says."""

import re

from spiders.errors import BadRequest, Blocked, Gone, PageChanged, ReadingError, ServerFailed, Throttled
from spiders.reading import MAX_BODY_BYTES, Answer

BLOCKED_STATUSES = frozenset({401, 403, 407, 451})
GONE_STATUSES = frozenset({404, 410})
BAD_REQUEST_STATUSES = frozenset({400, 405, 406, 409, 412, 413, 414, 415, 422})
SERVER_STATUSES = frozenset({500, 502, 503, 504, 522, 524})
THROTTLED_STATUS = 429
# What the readers want to see beside 200, because each means something.
READ_STATUSES = BLOCKED_STATUSES | GONE_STATUSES | BAD_REQUEST_STATUSES | SERVER_STATUSES | {THROTTLED_STATUS}

# Parts of an address that only a refusal is redirected to.
BLOCK_ADDRESSES = ("/verify/captcha", "/verify/traffic", "/_____tmd_____/", "/errors/validatecaptcha", "/buyer/login")

# Words of refusal pages: sought in the first part of a body that is a page, so that a listing may quote them later.
BLOCK_WORDS: tuple[tuple[bytes, str], ...] = (
    (b"<title>robot check</title>", "Robot Check"),
    (b"/errors/validatecaptcha", "captcha form"),
    (b"opfcaptcha.amazon", "captcha form"),
    (b"_____tmd_____/punish", "punish page"),
    (b"x5secdata", "punish page"),
    (b"punishpage.min.js", "punish page"),
    (b"rgv587_error", "RGV587_ERROR"),
    (b"fail_sys_user_validate", "FAIL_SYS_USER_VALIDATE"),
    (b"/verify/captcha?anti_bot", "captcha redirect"),
    (b"<title>just a moment...</title>", "browser challenge"),
    (b"cf-challenge-running", "browser challenge"),
    (b"<title>attention required! | cloudflare</title>", "browser challenge"),
    (b"<title>access denied</title>", "Access Denied"),
    (b"captcha-delivery.com", "captcha form"),
    (b"/cdn-cgi/challenge-platform/h/", "browser challenge"),
    (b"window._cf_chl_opt", "browser challenge"),
    (b'id="px-captcha"', "captcha form"),
    (b"_incapsula_resource?swudnsai", "browser challenge"),
    (b"incapsula incident id", "Incapsula refusal"),
    (b"errors.edgesuite.net", "Access Denied"),
    (b"window.gokuprops", "browser challenge"),
    (b"our systems have detected unusual traffic", "unusual traffic"),
    ("xác minh bạn không phải là robot".encode(), "captcha form"),
    ("xác nhận bạn không phải là robot".encode(), "captcha form"),
    ("私はロボットではありません".encode(), "captcha form"),
    ("请完成安全验证".encode(), "captcha form"),
    ("请按住滑块".encode(), "captcha form"),
)
# A page of nothing but a log-in: its title says so, and it asks for a password.
LOG_IN_TITLE = re.compile(
    r"<title[^>]*>[^<]{0,40}?(?:\blog ?in\b|\bsign ?in\b|(?:đ|Đ)ăng nhập|ログイン|登录|登入|anmelden|connexion|"
    r"вход)".encode()
)
PASSWORD_FIELD = re.compile(rb"<input[^>]{0,200}type=[\"']?password")
SEARCHED_BYTES = 20_000
LONGEST_TITLE = 1_000
_TITLE = re.compile(rb"<title")
# Refusal pages are small; a whole product page may load the scripts that they consist of.
REFUSAL_BYTES = 100_000
_SPACES = re.compile(rb"\s+")
# Every one of BLOCK_WORDS holds one of these: a page without any of them is read no further.
SIEVE: tuple[bytes, ...] = (
    b"captcha", b"punish", b"x5secdata", b"rgv587", b"fail_sys_", b"robot", b"moment...", b"cf-challenge", b"cf_chl",
    b"/challenge-platform", b"cloudflare", b"denied", b"incapsula", b"edgesuite.net", b"gokuprops", b"unusual",
    *("ロボットではありません".encode(), "请完成安全".encode(), "请按住".encode()),
)  # fmt: skip


def check_answer(answer: Answer) -> None:
    """Raise what a status, an address or a refusal page means; return where the answer can be read."""
    if answer.status in GONE_STATUSES:
        raise Gone(answer.url)
    if answer.status in BLOCKED_STATUSES:
        raise Blocked(answer.url, f"HTTP {answer.status}")
    sign = refusal_sign(answer)
    if sign is not None:
        raise Blocked(answer.url, sign)
    if answer.status != 200:
        raise _error_of_status(answer)
    if not answer.body.strip():
        raise PageChanged(answer.url, "body", "is empty")
    if len(answer.body) > MAX_BODY_BYTES:
        raise PageChanged(answer.url, "body", f"is longer than {MAX_BODY_BYTES} bytes", len(answer.body))


def refusal_sign(answer: Answer) -> str | None:
    """Return what shows that the answer refuses automatic reading, whatever its status; None where nothing does."""
    address = answer.url.lower()
    for part in BLOCK_ADDRESSES:
        if part in address:
            return f"redirect to {part}"
    if len(answer.body) > REFUSAL_BYTES:
        return None
    head = answer.body[:SEARCHED_BYTES].lower()
    if any(word in head for word in SIEVE):
        tidy = _tidy(head)
        for words, sign in BLOCK_WORDS:
            if words in tidy:
                return sign
    titles = (_tidy(head[found.start() : found.start() + LONGEST_TITLE]) for found in _TITLE.finditer(head))
    is_wall = any(LOG_IN_TITLE.match(title) for title in titles) and PASSWORD_FIELD.search(answer.body.lower())
    return "log-in wall" if is_wall else None


def _tidy(text: bytes) -> bytes:
    return _SPACES.sub(b" ", text).replace(b"> ", b">").replace(b" <", b"<")


def _error_of_status(answer: Answer) -> ReadingError:
    if answer.status == THROTTLED_STATUS:
        return Throttled(answer.url, f"HTTP {answer.status}")
    if answer.status >= 500:
        return ServerFailed(answer.url, f"HTTP {answer.status}")
    if answer.status in BAD_REQUEST_STATUSES:
        return BadRequest(answer.url, f"HTTP {answer.status}")
    return PageChanged(answer.url, "status", "is not 200", answer.status)
