"""Every route of the console and the API: who may use it, and what they are answered. A new route needs a row."""

from dataclasses import dataclass, field
from typing import Any

STAFF = ("hanh", "minh", "quan")
READERS = (*STAFF, "sato", "tanaka")
RUN_READERS = (*STAFF, "binh")
SENIORS = ("minh", "quan")
OPERATORS = ("binh", "quan")
ADMINISTRATOR = ("quan",)
KEEPERS = ("minh", "quan")
WATCHERS = ("minh", "binh", "quan")
SENIORS = ("minh", "quan")
EVERYONE = (*STAFF, "binh", "sato", "tanaka")
OPEN = ("anonymous", *EVERYONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Who may use a route, what they get, and what they send."""

    who: tuple[str, ...]
    status: int = 200
    send: dict[str, Any] = field(default_factory=dict)
    missing: int | None = None
    """Answer to those who may, where there is no such thing; None: 404, or what is refused before it is looked for."""

    @property
    def without(self) -> int:
        """The answer where there is no such thing."""
        return self.missing or (self.status if self.status in {403, 422} else 404)


def get(who: tuple[str, ...], status: int = 200, **more: Any) -> Row:
    """Return the row of a page that is read."""
    return Row(who=who, status=status, **more)


def post(who: tuple[str, ...], status: int = 303, **send: Any) -> Row:
    """Return the row of an act."""
    return Row(who=who, status=status, send=send)


PICKS: dict[str, Any] = {"verdict": "no_violation", "picks": [{"hit_id": "0", "revision": 1}]}
PLAN: dict[str, Any] = {"market": "nowhere", "timing": {"kind": "daily", "times": ["02:00"]}}
DECISION = {"verdict": "violation", "reason": "counterfeit", "revision": 1}
PERSON = {"name": "Thu", "email": "thu@example.test", "role": "reviewer", "language": "vi"}
ROUTES: dict[tuple[str, str], Row] = {
    # Ways in.
    ("GET", "/"): get(EVERYONE, 303),
    ("GET", "/login"): get(OPEN, 303),
    ("POST", "/login"): post(OPEN, 403),
    ("GET", "/login/code"): get(OPEN, 303),
    ("POST", "/login/code"): post(OPEN, 403),
    ("POST", "/login/passkey/options"): post(OPEN, 403),
    ("POST", "/login/passkey"): post(OPEN, 403),
    ("GET", "/login/provider"): get(OPEN, 404),
    ("GET", "/login/provider/return"): get(OPEN, 404),
    ("GET", "/forgotten"): get(OPEN),
    ("POST", "/forgotten"): post(OPEN, 403),
    ("GET", "/welcome/{token}"): get(OPEN, 404),
    ("POST", "/welcome/{token}"): post(OPEN, 403),
    ("POST", "/logout"): post(EVERYONE),
    ("GET", "/preferences"): get(OPEN, 303),
    # One's own account.
    ("GET", "/me"): get(EVERYONE),
    ("POST", "/me"): post(EVERYONE, name="Other", language="ja"),
    ("GET", "/me/keys"): get(EVERYONE),
    ("POST", "/me/keys"): post(EVERYONE),
    ("POST", "/me/password"): post(EVERYONE, 422, present="wrong", password="a long enough one"),
    ("POST", "/me/codes"): post(EVERYONE),
    ("GET", "/me/codes"): get(EVERYONE),
    ("POST", "/me/codes/confirm"): post(EVERYONE, 422, code="1"),
    ("POST", "/me/codes/off"): post(EVERYONE, 422, present="wrong"),
    ("POST", "/me/passkeys/options"): post(EVERYONE, 404),
    ("POST", "/me/passkeys"): post(EVERYONE, 404),
    ("POST", "/me/passkeys/{credential_id}/remove"): post(EVERYONE),
    ("POST", "/me/sessions/{session_id}/end"): post(EVERYONE),
    ("POST", "/me/tokens"): post(EVERYONE, 422, name="x", scope="none"),
    ("POST", "/me/tokens/{token_id}/revoke"): post(EVERYONE),
    # Review.
    ("GET", "/review"): get(READERS),
    ("GET", "/hits/{hit_id}"): get(READERS),
    ("GET", "/hits/{hit_id}/picture"): get(READERS),
    ("POST", "/hits/{hit_id}/violation"): post(STAFF, reason="counterfeit", revision="1"),
    ("POST", "/hits/{hit_id}/no-violation"): post(STAFF, reason="genuine", revision="1"),
    ("POST", "/hits/{hit_id}/unsure"): post(STAFF, reason="needs_owner", revision="1"),
    ("POST", "/hits/{hit_id}/undo"): post(STAFF),
    ("POST", "/hits/{hit_id}/hold"): post(STAFF),
    ("POST", "/hits/{hit_id}/take-over"): post(STAFF),
    ("POST", "/hits/{hit_id}/release"): post(STAFF),
    ("POST", "/review/bulk/preview"): post(STAFF, 409, verdict="unsure"),
    ("POST", "/review/bulk/record"): post(STAFF, 409, verdict="unsure", reason="needs_owner"),
    ("POST", "/review/bulk/hold"): post(STAFF),
    ("GET", "/review/bulks/{bulk_id}"): get(STAFF),
    ("POST", "/review/bulks/{bulk_id}/undo"): post(STAFF),
    ("POST", "/review/views"): post(STAFF, name="mine"),
    ("POST", "/review/views/{view_id}/remove"): Row(who=STAFF, status=303, missing=303),
    ("GET", "/sellers"): get(STAFF),
    ("GET", "/sellers/{market}"): get(STAFF, 404),
    ("POST", "/sellers/{market}/contacts"): post(STAFF, 404, reason="a case"),
    ("GET", "/brands"): get(STAFF),
    ("GET", "/brands/{brand}"): get(STAFF),
    ("GET", "/brands/{brand}/try"): get(STAFF),
    ("POST", "/brands/{brand}/threshold"): post(SENIORS, track="ip", flag_from="0.7"),
    ("POST", "/brands/{brand}/policy"): post(SENIORS, verdict="unsure", mode="none"),
    ("POST", "/brands/{brand}/spellings"): post(SENIORS, mark="sorano", spellings="ソラノ"),
    ("GET", "/ledger"): get(STAFF),
    ("GET", "/ledger/export/{kind}"): get(STAFF),
    ("GET", "/captures/{sha256}"): get(STAFF, 404),
    ("GET", "/captures/{sha256}/view"): get(STAFF, 404),
    ("GET", "/captures/{sha256}/frame"): get(STAFF, 404),
    ("GET", "/hits/{hit_id}/evidence"): get(STAFF),
    ("POST", "/hits/{hit_id}/capture"): post(STAFF, 404),
    ("POST", "/hits/{hit_id}/pack"): post(STAFF, 404, language="vi"),
    ("POST", "/hits/{hit_id}/legal-hold"): post(SENIORS, reason="court case"),
    ("POST", "/hits/{hit_id}/legal-hold/release"): post(SENIORS, 404, hold_id="1"),
    ("GET", "/captures/pages/{sha256}/picture"): get(STAFF, 404),
    ("GET", "/captures/pages/{sha256}/{name}"): get(STAFF, 404),
    # Crawls.
    ("GET", "/runs"): get(RUN_READERS),
    # A console that was given no figures has none.
    ("GET", "/metrics"): get(RUN_READERS, 404),
    ("GET", "/runs/{run_id}"): get(RUN_READERS),
    ("POST", "/runs/{run_id}/again"): post(OPERATORS),
    ("POST", "/runs/{run_id}/stop"): post(OPERATORS),
    ("GET", "/schedules"): get(RUN_READERS),
    # Mails. What their links open needs the signed link and nothing else.
    ("GET", "/mails"): get(WATCHERS),
    ("POST", "/mails/resume"): post(OPERATORS),
    ("GET", "/mails/recipients/{address_id}"): get(WATCHERS),
    ("POST", "/mails/recipients/{address_id}"): post(
        KEEPERS, kind="digest", owner="Sorano Cosmetics", brand="SORANO", frequency="weekly"
    ),
    ("POST", "/mails/recipients/{address_id}/allow"): post(OPERATORS),
    ("GET", "/mails/preview"): get(KEEPERS),
    ("GET", "/mails/preview/page"): get(KEEPERS, 404),
    ("POST", "/mails/preview/sample"): post(KEEPERS, 404),
    ("GET", "/mails/answers"): get(KEEPERS),
    ("POST", "/mails/suggestions/{suggestion_id}/accept"): post(KEEPERS),
    ("POST", "/mails/suggestions/{suggestion_id}/decline"): post(KEEPERS),
    ("GET", "/m/a/{mail_token}"): get(OPEN, 404),
    ("POST", "/m/a/{mail_token}"): post(OPEN, 404),
    ("GET", "/m/p/{mail_token}"): get(OPEN, 404),
    ("POST", "/m/p/{mail_token}"): post(OPEN, 404),
    ("GET", "/m/u/{mail_token}"): get(OPEN, 404),
    ("POST", "/m/u/{mail_token}"): post(OPEN, 404),
    ("GET", "/schedules/new"): get(OPERATORS),
    ("POST", "/schedules"): post(OPERATORS, 422, act="save", market="nowhere"),
    ("GET", "/schedules/{schedule_id}"): get(OPERATORS),
    ("POST", "/schedules/{schedule_id}"): post(OPERATORS, 200, act="look", market="tiki_vn"),
    ("POST", "/schedules/{schedule_id}/pause"): post(OPERATORS, reason="Tết"),
    ("POST", "/schedules/{schedule_id}/resume"): post(OPERATORS),
    ("POST", "/schedules/{schedule_id}/remove"): post(OPERATORS),
    ("POST", "/schedules/{schedule_id}/run"): post(OPERATORS),
    ("GET", "/markets"): get(RUN_READERS),
    ("GET", "/markets/{market}"): get(RUN_READERS),
    ("POST", "/markets/{market}/ways/{way}/allow"): post(ADMINISTRATOR, ground="a letter of 3 Nov", until="2027-01-01"),
    ("POST", "/markets/{market}/ways/{way}/close"): post(ADMINISTRATOR, reason="withdrawn"),
    ("POST", "/markets/{market}/try"): post(OPERATORS, 200, url="https://nowhere.test/"),
    ("GET", "/lists"): get(("minh", "quan")),
    ("POST", "/lists/preview"): post(("minh", "quan"), 422),
    ("POST", "/lists"): post(("minh", "quan"), 409, step="none"),
    # People.
    ("GET", "/people"): get(ADMINISTRATOR),
    ("POST", "/people"): Row(
        who=ADMINISTRATOR, status=303, send={**PERSON, "login": "lan", "email": "lan@example.test"}
    ),
    ("GET", "/people/{login}"): get(ADMINISTRATOR),
    ("POST", "/people/{login}"): Row(who=ADMINISTRATOR, status=303, send=PERSON),
    ("POST", "/people/{login}/disable"): post(ADMINISTRATOR),
    ("POST", "/people/{login}/enable"): post(ADMINISTRATOR),
    ("POST", "/people/{login}/reset"): post(ADMINISTRATOR),
    ("POST", "/people/{login}/factors/forget"): post(ADMINISTRATOR),
    ("POST", "/people/{login}/sessions/end"): post(ADMINISTRATOR),
    ("POST", "/people/{login}/sessions/{session_id}/end"): post(ADMINISTRATOR),
    ("POST", "/people/{login}/tokens/{token_id}/revoke"): post(ADMINISTRATOR),
    ("GET", "/audit"): get(ADMINISTRATOR),
    ("GET", "/audit/export"): get(ADMINISTRATOR),
    # API.
    ("POST", "/api/v1/session"): post(OPEN, 422),
    ("GET", "/api/v1/session"): get(EVERYONE),
    ("DELETE", "/api/v1/session"): post(EVERYONE, 204),
    ("GET", "/api/v1/me"): get(EVERYONE),
    ("PATCH", "/api/v1/me"): post(EVERYONE, 200, name="Other", language="ja"),
    ("POST", "/api/v1/me/password"): post(EVERYONE, 422, present="wrong", password="a long enough one"),
    ("POST", "/api/v1/me/codes"): post(EVERYONE, 201),
    ("POST", "/api/v1/me/codes/confirm"): post(EVERYONE, 404, step="none", code="1"),
    ("POST", "/api/v1/me/codes/off"): post(EVERYONE, 422, present="wrong"),
    ("GET", "/api/v1/me/passkeys"): get(EVERYONE),
    ("DELETE", "/api/v1/me/passkeys/{credential_id}"): post(EVERYONE, 204),
    ("GET", "/api/v1/me/sessions"): get(EVERYONE),
    ("DELETE", "/api/v1/me/sessions/{session_id}"): post(EVERYONE, 204),
    ("GET", "/api/v1/me/tokens"): get(EVERYONE),
    ("POST", "/api/v1/me/tokens"): post(EVERYONE, 422, name="x", scopes=["none"]),
    ("DELETE", "/api/v1/me/tokens/{token_id}"): post(EVERYONE, 204),
    ("GET", "/api/v1/people"): get(ADMINISTRATOR),
    ("POST", "/api/v1/people"): Row(
        who=ADMINISTRATOR, status=201, send={**PERSON, "login": "ngoc", "email": "ngoc@example.test"}
    ),
    ("GET", "/api/v1/people/{login}"): get(ADMINISTRATOR),
    ("PUT", "/api/v1/people/{login}"): Row(who=ADMINISTRATOR, send=PERSON),
    ("POST", "/api/v1/people/{login}/disable"): post(ADMINISTRATOR, 204),
    ("POST", "/api/v1/people/{login}/enable"): post(ADMINISTRATOR, 204),
    ("POST", "/api/v1/people/{login}/reset"): post(ADMINISTRATOR, 200),
    ("DELETE", "/api/v1/people/{login}/factors"): post(ADMINISTRATOR, 204),
    ("GET", "/api/v1/people/{login}/sessions"): get(ADMINISTRATOR),
    ("DELETE", "/api/v1/people/{login}/sessions"): post(ADMINISTRATOR, 204),
    ("DELETE", "/api/v1/people/{login}/sessions/{session_id}"): post(ADMINISTRATOR, 204),
    ("GET", "/api/v1/people/{login}/tokens"): get(ADMINISTRATOR),
    ("DELETE", "/api/v1/people/{login}/tokens/{token_id}"): post(ADMINISTRATOR, 204),
    ("GET", "/api/v1/audit"): get(ADMINISTRATOR),
    ("GET", "/api/v1/hits"): get(READERS),
    ("GET", "/api/v1/counts"): get(STAFF),
    ("GET", "/api/v1/hits.jsonl"): get(READERS),
    ("PUT", "/api/v1/hits/{hit_id}/claim"): post(STAFF, 200),
    ("DELETE", "/api/v1/hits/{hit_id}/claim"): post(STAFF, 204),
    ("POST", "/api/v1/bulks/check"): Row(who=STAFF, status=404, send=PICKS),
    ("POST", "/api/v1/bulks"): Row(who=STAFF, status=404, send=PICKS | {"reason": "genuine", "count": 1}),
    ("GET", "/api/v1/bulks/{bulk_id}"): get(STAFF),
    ("POST", "/api/v1/bulks/{bulk_id}/undo"): post(STAFF, 200),
    ("GET", "/api/v1/views"): get(STAFF),
    ("POST", "/api/v1/views"): post(STAFF, 201, name="a program's own"),
    ("DELETE", "/api/v1/views/{view_id}"): Row(who=STAFF, status=204, missing=204),
    ("GET", "/api/v1/hits/{hit_id}/captures"): get(STAFF),
    ("POST", "/api/v1/hits/{hit_id}/capture"): post(STAFF, 404),
    ("POST", "/api/v1/hits/{hit_id}/pack"): post(STAFF, 404, language="vi"),
    ("POST", "/api/v1/packs"): post(STAFF, 404, hit_ids=["0"]),
    ("GET", "/api/v1/captures/{sha256}/files/{name}"): get(STAFF, 404),
    ("GET", "/api/v1/hits/{hit_id}/legal-holds"): get(STAFF),
    ("POST", "/api/v1/sellers/{market}/contacts"): post(STAFF, 404, reason="a case"),
    ("POST", "/api/v1/hits/{hit_id}/legal-holds"): post(("minh", "quan"), 201, reason="a case"),
    ("DELETE", "/api/v1/hits/{hit_id}/legal-holds/{hold_id}"): post(("minh", "quan"), 404),
    ("GET", "/api/v1/mails"): get(WATCHERS),
    ("POST", "/api/v1/mails/resume"): post(OPERATORS, 204),
    ("GET", "/api/v1/mails/recipients"): get(WATCHERS),
    ("GET", "/api/v1/mails/recipients/{address_id}"): get(WATCHERS),
    ("PUT", "/api/v1/mails/recipients/{address_id}/wishes"): post(
        KEEPERS, 200, kind="digest", owner="Sorano Cosmetics", brand="SORANO", frequency="weekly"
    ),
    ("POST", "/api/v1/mails/sample"): post(KEEPERS, 404, owner="Nobody", brand="NOTHING"),
    ("POST", "/api/v1/mails/recipients/{address_id}/allow"): post(OPERATORS, 204),
    ("PUT", "/api/v1/mails/suggestions/{suggestion_id}"): post(("minh", "quan"), 204, state="accepted"),
    ("GET", "/api/v1/hits/{hit_id}"): get(READERS),
    ("GET", "/api/v1/hits/{hit_id}/decisions"): get(STAFF),
    ("POST", "/api/v1/hits/{hit_id}/decisions"): post(
        STAFF, 201, verdict="violation", reason="counterfeit", revision=1
    ),
    ("POST", "/api/v1/hits/{hit_id}/undo"): post(STAFF, 409),
    ("GET", "/api/v1/runs"): get(RUN_READERS),
    ("GET", "/api/v1/runs/{run_id}"): get(RUN_READERS),
    ("GET", "/api/v1/schedules"): get(RUN_READERS),
    ("POST", "/api/v1/runs"): post(OPERATORS, 422, market="nowhere"),
    ("POST", "/api/v1/runs/{run_id}/again"): post(OPERATORS, 201),
    ("POST", "/api/v1/runs/{run_id}/stop"): Row(who=OPERATORS, status=422, send={"at_once": True}, missing=404),
    ("GET", "/api/v1/runs/{run_id}/events"): get(RUN_READERS),
    ("GET", "/api/v1/runs/{run_id}/log"): get(RUN_READERS),
    ("POST", "/api/v1/schedules/plan"): post(OPERATORS, 200, **PLAN),
    ("POST", "/api/v1/schedules"): post(OPERATORS, 422, **PLAN),
    ("GET", "/api/v1/schedules/expected"): get(RUN_READERS, 422),
    ("PUT", "/api/v1/schedules/{schedule_id}"): Row(who=OPERATORS, status=422, send=PLAN, missing=404),
    ("DELETE", "/api/v1/schedules/{schedule_id}"): post(OPERATORS, 204),
    ("POST", "/api/v1/schedules/{schedule_id}/pause"): post(OPERATORS, 204, reason="Tết"),
    ("POST", "/api/v1/schedules/{schedule_id}/resume"): post(OPERATORS, 204),
    ("POST", "/api/v1/schedules/{schedule_id}/run"): post(OPERATORS, 201),
    ("POST", "/api/v1/lists"): post(("minh", "quan"), 422, name="x.csv", content="eA=="),
    ("GET", "/api/v1/brands/{brand}/rules"): get(STAFF),
    ("PUT", "/api/v1/brands/{brand}/thresholds/{track}"): post(SENIORS, 200, flag_from=0.7),
    ("PUT", "/api/v1/brands/{brand}/second-looks/{verdict}"): post(SENIORS, 200, mode="sampled", percent=20),
    ("GET", "/api/v1/markets"): get(RUN_READERS),
    ("PUT", "/api/v1/markets/{market}/ways/{way}"): post(
        ADMINISTRATOR, 204, ground="a letter of 3 Nov", until="2027-01-01"
    ),
    ("POST", "/api/v1/markets/{market}/ways/{way}/close"): post(ADMINISTRATOR, 204, reason="withdrawn"),
    ("POST", "/api/v1/markets/{market}/try"): post(OPERATORS, 200, url="https://nowhere.test/"),
}
