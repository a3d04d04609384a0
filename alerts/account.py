"""Mails about the mails: somebody is on a list now, or somebody else changed what comes. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from alerts.headers import safe_header
from alerts.house import House
from alerts.letter import Letter, LinkWords, Section
from alerts.letters import fitted
from alerts.rows import Reader, schedule_words
from alerts.title import shown
from records.mail import STREAM_KINDS, Kind, Preference

AccountEvent = Literal["joined", "changed"]


def account_letter(
    event: AccountEvent, choices: Mapping[Kind, Preference], day: date, reader: Reader, house: House
) -> Letter:
    """Return what a recipient is told about the own address; it names no hit."""
    words, figures = reader.words, reader.figures
    owner = shown(reader.owner)
    has_joined = event == "joined"
    lines = tuple(
        words.account_line
        % {"kind": _kind(kind, choices[kind], reader), "schedule": schedule_words(choices[kind], reader)}
        for kind in STREAM_KINDS
    )
    name = safe_header(reader.brand or reader.owner)
    return Letter(
        language=reader.preference.language,
        subject=fitted(words.subject_account, name, {"day": figures.short_day(day)}),
        brand=shown(reader.brand) or owner,
        kind=words.kinds["account"],
        day=figures.full_day(day),
        heading=words.heading_joined % {"owner": owner} if has_joined else words.heading_changed,
        lead=words.account_lead_joined % {"owner": owner} if has_joined else words.account_lead_changed,
        sections=(
            Section(heading=words.account_settings, lines=lines),
            Section(
                heading="", lines=(words.account_trust % {"sender": house.sender_address}, words.account_stop)
            ),
        ),
        foot=(words.privacy,),
        ways=(LinkWords(words=words.choose, url=reader.preferences_url(house)),),
    )  # fmt: skip


def _kind(kind: Kind, preference: Preference, reader: Reader) -> str:
    if kind == "digest":
        return reader.words.kinds["weekly" if preference.frequency == "weekly" else "daily"]
    return reader.words.kinds[kind]
