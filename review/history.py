"""A hit's history as sentences, and its prices as a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from review import wording
from review.console import Reading
from review.languages import message as _
from review.mail_words import ANSWER_WORDS
from storage.hit_records import StoredDecision, StoredHit
from storage.owner_answers import OwnerAnswer
from storage.second_looks import Opinion

FIRST_SEEN: Final = _("First seen by a crawl")
DECIDED: Final = _("%(actor)s: %(verdict)s, %(reason)s")
UNDONE: Final = _("%(actor)s took back: %(verdict)s")
SECOND: Final = _("Second look, %(actor)s: %(verdict)s, %(reason)s")
SENIOR: Final = _("Settled by %(actor)s: %(verdict)s, %(reason)s")
CHANGED: Final = _("The listing changed: %(what)s")
ANSWERED: Final = _("The brand owner (%(actor)s) answered: %(verdict)s")
REOPENED: Final = _("Put back into the queue because the listing changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a hit's history."""

    at: datetime
    message: str
    actor: str = ""
    verdict: str = ""
    reason: str = ""
    note: str = ""
    what: tuple[str, ...] = ()

    def sentence(self, reading: Reading) -> str:
        """The event in the reader's language."""
        facts = {
            "actor": self.actor,
            "verdict": reading.translate(self.verdict),
            "reason": reading.translate(self.reason),
            "what": ", ".join(reading.translate(name).lower() for name in self.what),
        }
        return reading.translate(self.message) % facts


def history_of(
    stored: StoredHit, decisions: Sequence[StoredDecision], opinions: Sequence[Opinion] = (),
    changes: Sequence[tuple[datetime, tuple[str, ...]]] = (), answers: Sequence[OwnerAnswer] = (),
) -> tuple[Event, ...]:  # fmt: skip
    """Return what happened to the hit, the latest first. `changes` are times with the names of changed fields."""
    events = [Event(at=stored.first_seen_at, message=FIRST_SEEN)]
    for decision in decisions:
        made = decision.decision
        verdict, reason = wording.VERDICTS[made.verdict], wording.REASON_WORDS[made.reason]
        events.append(
            Event(
                at=made.decided_at, message=DECIDED, actor=made.actor, verdict=verdict, reason=reason, note=made.note
            )
        )  # fmt: skip
        if decision.undone_at is not None:
            who = decision.undone_by or made.actor
            events.append(Event(at=decision.undone_at, message=UNDONE, actor=who, verdict=verdict))
    for opinion in opinions:
        verdict, reason = wording.VERDICTS[opinion.verdict], wording.REASON_WORDS[opinion.reason]
        sentence = SECOND if opinion.stage == "second" else SENIOR
        events.append(
            Event(
                at=opinion.at, message=sentence, actor=opinion.actor, verdict=verdict, reason=reason, note=opinion.note
            )
        )
    events += [Event(at=at, message=CHANGED, what=names) for at, names in changes]
    for answer in answers:
        said = ANSWER_WORDS[answer.answer]
        events.append(Event(at=answer.at, message=ANSWERED, actor=answer.address, verdict=said))
    if stored.reopened_because:
        events.append(Event(at=stored.last_seen_at, message=REOPENED))
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))
