"""Mails about an account: the invitation and the link for a new password. Plain text, nobody can unsubscribe."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Literal

from alerts.headers import POLICY, checked_bytes, domain_of, plain_address, safe_header

AccountMailKind = Literal["invite", "reset"]
KIND: Final = "account"
SENDER_NAME: Final = "Markwatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    subject: str
    text: str


# %(name)s, %(link)s, %(hours)s, %(login)s stand on lines of their own words; the link alone on its line, so that every
# mail program makes it clickable whole.
WORDS: Final[dict[tuple[AccountMailKind, str], _Words]] = {
    ("invite", "en"): _Words(
        subject="Your Markwatch account",
        text="Hello %(name)s,\n\n"
        "an account was made for you. Your log-in name is: %(login)s\n\n"
        "Choose your password here within %(hours)s hours:\n%(link)s\n\n"
        "The link works once. If you do not know what this is about, ignore this mail.",
    ),
    ("reset", "en"): _Words(
        subject="A new password for Markwatch",
        text="Hello %(name)s,\n\n"
        "a new password was asked for the account: %(login)s\n\n"
        "Choose it here within %(hours)s hours:\n%(link)s\n\n"
        "The link works once. If you did not ask for it, ignore this mail: your password stays as it is.",
    ),
    ("invite", "vi"): _Words(
        subject="Tài khoản Markwatch của bạn",
        text="Chào %(name)s,\n\n"
        "bạn vừa được tạo một tài khoản. Tên đăng nhập: %(login)s\n\n"
        "Hãy chọn mật khẩu tại đây trong vòng %(hours)s giờ:\n%(link)s\n\n"
        "Liên kết chỉ dùng được một lần. Nếu bạn không biết thư này về việc gì, hãy bỏ qua.",
    ),
    ("reset", "vi"): _Words(
        subject="Mật khẩu mới cho Markwatch",
        text="Chào %(name)s,\n\n"
        "có yêu cầu mật khẩu mới cho tài khoản: %(login)s\n\n"
        "Hãy chọn tại đây trong vòng %(hours)s giờ:\n%(link)s\n\n"
        "Liên kết chỉ dùng được một lần. Nếu bạn không yêu cầu, hãy bỏ qua: mật khẩu cũ vẫn giữ nguyên.",
    ),
    ("invite", "ja"): _Words(
        subject="Markwatch アカウントのご案内",
        text="%(name)s 様\n\n"
        "アカウントが作成されました。ログイン名：%(login)s\n\n"
        "%(hours)s 時間以内に次のリンクからパスワードを設定してください：\n%(link)s\n\n"
        "リンクは一度だけ使えます。お心当たりがない場合は、このメールを破棄してください。",
    ),
    ("reset", "ja"): _Words(
        subject="Markwatch パスワード再設定",
        text="%(name)s 様\n\n"
        "次のアカウントについてパスワードの再設定が求められました：%(login)s\n\n"
        "%(hours)s 時間以内に次のリンクから設定してください：\n%(link)s\n\n"
        "リンクは一度だけ使えます。お心当たりがない場合は破棄してください。現在のパスワードはそのままです。",
    ),
}


def account_mail_key(kind: AccountMailKind, ticket_sha256: str) -> str:
    """Return the outbox key of a ticket's mail; small letters, digits and hyphens, so that it can name a file."""
    return f"account-{kind}-{ticket_sha256[:24]}"


def build_account_mail(
    kind: AccountMailKind,
    *,
    name: str,
    login: str,
    language: str,
    link: str,
    hours: int,
    sender_address: str,
    recipient: str,
    key: str,
    at: datetime,
) -> EmailMessage:
    """Return the mail to one person; raise BadAddress for addresses, UnsafeMessage when it does not read as meant."""
    words = WORDS.get((kind, language), WORDS[kind, "en"])
    text = words.text % {"name": safe_header(name), "login": safe_header(login), "link": link, "hours": hours}
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    headers = {
        "From": f"{SENDER_NAME} <{plain_address(sender_address)}>",
        "To": plain_address(recipient),
        "Subject": words.subject,
        "Date": format_datetime(at.replace(microsecond=0)),
        "Message-ID": f"<{digest}@{domain_of(sender_address)}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": language if (kind, language) in WORDS else "en",
    }
    message = EmailMessage(policy=POLICY)
    message.set_content(text)
    for header, value in headers.items():
        message[header] = value
    checked_bytes(message, headers, text, None)
    return message
