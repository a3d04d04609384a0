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
)
SEARCHED_BYTES = 20_000
# Refusal pages are small; a whole product page may load the scripts that they consist of.
REFUSAL_BYTES = 100_000
_SPACES = re.compile(rb"\s+")


def check_answer(answer: Answer) -> None:
    """Raise what a status, an address or a refusal page means; return where the answer can be read."""
    if answer.status in GONE_STATUSES:
        raise Gone(answer.url)
    if answer.status in BLOCKED_STATUSES:
        raise Blocked(answer.url, f"HTTP {answer.status}")
    address = answer.url.lower()
    for part in BLOCK_ADDRESSES:
        if part in address:
            raise Blocked(answer.url, f"redirect to {part}")
    head = _SPACES.sub(b" ", answer.body[:SEARCHED_BYTES].lower()).replace(b"> ", b">").replace(b" <", b"<")
    for words, sign in BLOCK_WORDS if len(answer.body) <= REFUSAL_BYTES else ():
        if words in head:
            raise Blocked(answer.url, sign)
    if answer.status != 200:
        raise _error_of_status(answer)
    if not answer.body.strip():
        raise PageChanged(answer.url, "body", "is empty")
    if len(answer.body) > MAX_BODY_BYTES:
        raise PageChanged(answer.url, "body", f"is longer than {MAX_BODY_BYTES} bytes", len(answer.body))


def _error_of_status(answer: Answer) -> ReadingError:
    if answer.status == THROTTLED_STATUS:
        return Throttled(answer.url, f"HTTP {answer.status}")
    if answer.status >= 500:
        return ServerFailed(answer.url, f"HTTP {answer.status}")
    if answer.status in BAD_REQUEST_STATUSES:
        return BadRequest(answer.url, f"HTTP {answer.status}")
    return PageChanged(answer.url, "status", "is not 200", answer.status)
