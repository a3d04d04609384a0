"""From a letter to a mail that can go into the outbox: its key, its headers, its pictures."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.digest import Digest
from alerts.gathering import Stream, load_pictures
from alerts.house import House
from alerts.letter import Letter
from alerts.letters import digest_letter, make_reader
from alerts.message import Envelope, build_bytes, mail_key, message_id
from alerts.rows import Reader
from records.mail import Kind
from storage.outbox import NewMail

Session = Any  # only storage may name SQLAlchemy's types


def finished(
    letter: Letter, stream: Stream, kind: Kind, period: str, now: datetime, house: House
) -> NewMail:  # fmt: skip
    """Return the letter as a mail that can go into the outbox."""
    key = mail_key(kind, period, stream.address, stream.owner, stream.brand)
    return NewMail(
        key=key,
        address_id=stream.address_id,
        recipient=stream.address,
        owner=stream.owner,
        brand=stream.brand,
        kind=kind,
        message_id=message_id(key, house),
        subject=letter.subject,
        message=build_bytes(letter, envelope_of(stream, kind, key, now, house), house),
    )


def envelope_of(stream: Stream, kind: Kind, key: str, now: datetime, house: House) -> Envelope:
    """Return what the headers of a mail say."""
    reader = reader_of(stream, kind, now)
    return Envelope(
        key=key,
        recipient=stream.address,
        thread=(stream.owner, stream.brand, kind),
        list_name=stream.brand or stream.owner,
        made_at=now,
        unsubscribe_url=None if kind == "account" else reader.unsubscribe_url(house),
    )


def illustrated(session: Session, digest: Digest, stream: Stream, house: House) -> Letter:
    """Return a digest in words with the pictures of its listings, where the brand wants pictures."""
    pictures = load_pictures(session, (*digest.lines, *digest.flags)) if stream.rule.has_pictures else {}
    reader = make_reader(
        stream.link_id, stream.owner, stream.brand, digest.kind, stream.preference, digest.made_at,
        {key: name for key, (name, _) in pictures.items()},
    )  # fmt: skip
    letter = digest_letter(digest, reader, house)
    return replace(letter, pictures=tuple(dict(pictures.values()).items()))


def reader_of(stream: Stream, kind: Kind, now: datetime) -> Reader:
    """Return for whom the words of a stream's mail are."""
    return make_reader(stream.link_id, stream.owner, stream.brand, kind, stream.preference, now)
