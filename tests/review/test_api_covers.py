"""Every button of the pages has a call in the API, and every form posts to a route that exists."""

import re

from tests.review.access_table import ROUTES
from tests.review.catalogue import REVIEW

# Page route -> API call that does the same. A new button without a row fails.
COVERED = {
    "/logout": "DELETE /session",
    "/login": "POST /session",
    "/login/code": "POST /session",
    "/me": "PATCH /me",
    "/me/password": "POST /me/password",
    "/me/codes": "POST /me/codes",
    "/me/codes/confirm": "POST /me/codes/confirm",
    "/me/codes/off": "POST /me/codes/off",
    "/me/passkeys/{credential_id}/remove": "DELETE /me/passkeys/{credential_id}",
    "/me/sessions/{session_id}/end": "DELETE /me/sessions/{session_id}",
    "/me/tokens": "POST /me/tokens",
    "/me/tokens/{token_id}/revoke": "DELETE /me/tokens/{token_id}",
    "/hits/{hit_id}/violation": "POST /hits/{hit_id}/decisions",
    "/hits/{hit_id}/no-violation": "POST /hits/{hit_id}/decisions",
    "/hits/{hit_id}/unsure": "POST /hits/{hit_id}/decisions",
    "/hits/{hit_id}/undo": "POST /hits/{hit_id}/undo",
    "/hits/{hit_id}/hold": "PUT /hits/{hit_id}/claim",
    "/hits/{hit_id}/take-over": "PUT /hits/{hit_id}/claim",
    "/hits/{hit_id}/release": "DELETE /hits/{hit_id}/claim",
    "/review/bulk/preview": "POST /bulks/check",
    "/review/bulk/record": "POST /bulks",
    "/review/bulk/hold": "PUT /hits/{hit_id}/claim",
    "/review/bulks/{bulk_id}/undo": "POST /bulks/{bulk_id}/undo",
    "/review/views": "POST /views",
    "/review/views/{view_id}/remove": "DELETE /views/{view_id}",
    "/hits/{hit_id}/capture": "POST /hits/{hit_id}/capture",
    "/hits/{hit_id}/pack": "POST /hits/{hit_id}/pack",
    "/sellers/{market}/contacts": "POST /sellers/{market}/contacts",
    "/hits/{hit_id}/legal-hold": "POST /hits/{hit_id}/legal-holds",
    "/hits/{hit_id}/legal-hold/release": "DELETE /hits/{hit_id}/legal-holds/{hold_id}",
    "/runs/{run_id}/again": "POST /runs/{run_id}/again",
    "/runs/{run_id}/stop": "POST /runs/{run_id}/stop",
    "/schedules": "POST /schedules",
    "/schedules/{schedule_id}": "PUT /schedules/{schedule_id}",
    "/schedules/{schedule_id}/pause": "POST /schedules/{schedule_id}/pause",
    "/schedules/{schedule_id}/resume": "POST /schedules/{schedule_id}/resume",
    "/schedules/{schedule_id}/remove": "DELETE /schedules/{schedule_id}",
    "/schedules/{schedule_id}/run": "POST /schedules/{schedule_id}/run",
    "/markets/{market}/ways/{way}/allow": "PUT /markets/{market}/ways/{way}",
    "/markets/{market}/ways/{way}/close": "POST /markets/{market}/ways/{way}/close",
    "/markets/{market}/try": "POST /markets/{market}/try",
    "/brands/{brand}/threshold": "PUT /brands/{brand}/thresholds/{track}",
    "/brands/{brand}/policy": "PUT /brands/{brand}/second-looks/{verdict}",
    "/lists/preview": "POST /lists",
    "/lists": "POST /lists",
    "/mails/resume": "POST /mails/resume",
    "/mails/recipients/{address_id}": "PUT /mails/recipients/{address_id}/wishes",
    "/mails/preview/sample": "POST /mails/sample",
    "/mails/recipients/{address_id}/allow": "POST /mails/recipients/{address_id}/allow",
    "/mails/suggestions/{suggestion_id}/accept": "PUT /mails/suggestions/{suggestion_id}",
    "/mails/suggestions/{suggestion_id}/decline": "PUT /mails/suggestions/{suggestion_id}",
    "/people": "POST /people",
    "/people/{login}": "PUT /people/{login}",
    "/people/{login}/disable": "POST /people/{login}/disable",
    "/people/{login}/enable": "POST /people/{login}/enable",
    "/people/{login}/reset": "POST /people/{login}/reset",
    "/people/{login}/factors/forget": "DELETE /people/{login}/factors",
    "/people/{login}/sessions/end": "DELETE /people/{login}/sessions",
    "/people/{login}/sessions/{session_id}/end": "DELETE /people/{login}/sessions/{session_id}",
    "/people/{login}/tokens/{token_id}/revoke": "DELETE /people/{login}/tokens/{token_id}",
}
# Page route -> why no program needs it.
BY_HAND = {
    "/login/passkey/options": "an authenticator sits in a browser",
    "/login/passkey": "an authenticator sits in a browser",
    "/me/passkeys/options": "an authenticator sits in a browser",
    "/me/passkeys": "an authenticator sits in a browser",
    "/forgotten": "a person's mailbox proves who asks",
    "/welcome/{token}": "a person's mailbox proves who asks",
    "/m/a/{mail_token}": "the link of a mail is the way in",
    "/m/p/{mail_token}": "the link of a mail is the way in",
    "/m/u/{mail_token}": "the link of a mail is the way in",
    "/brands/{brand}/spellings": "POST /lists with the mark's row does the same",
    "/me/keys": "keys are pressed in a browser",
}


def test_every_button_has_a_call_in_the_api_or_a_reason() -> None:
    pages = {path for method, path in ROUTES if method == "POST" and not path.startswith("/api")}
    assert pages - BY_HAND.keys() == set(COVERED)
    assert not BY_HAND.keys() & COVERED.keys()
    missing = [call for call in COVERED.values() if tuple(call.replace(" /", " /api/v1/", 1).split()) not in ROUTES]
    assert missing == []


def test_every_form_posts_to_a_route_that_stands_in_the_table() -> None:
    known = [path for method, path in ROUTES if method == "POST" and not path.startswith("/api")]
    found = 0
    for path in sorted(REVIEW.rglob("*.html")):
        for form in re.findall(r"<form\b[^>]*>", path.read_text(encoding="utf-8")):
            action = re.search(r'action="([^"]+)"', form)
            if 'method="post"' not in form or action is None or action[1].startswith("{{"):
                continue
            plain = re.sub(r"\{\{.*?\}\}", "X", action[1]).partition("#")[0].partition("?")[0]
            shape = re.compile(re.escape(plain).replace("X", ".*"))
            assert any(shape.fullmatch(one) for one in known), f"{path.name}: {form}"
            found += 1
    assert found > 20
