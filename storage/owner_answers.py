"""What brand owners answered about hits, from the links in their mails; and the sellers they call authorised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from records.mail import Answer
from records.watchlist import AuthorisedSeller
from storage.audit import hold_chain, record_audit
from storage.column_types import LARGEST_NUMBER
from storage.errors import NotFound
from storage.hits import load_hit
from storage.mail_tables import mail_addresses, owner_answers, seller_suggestions
from storage.watchlist import save_sellers

SuggestionState = Literal["open", "accepted", "declined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerAnswer:
    """One answer by one recipient. Never changed; a later answer of the same recipient counts instead."""

    answer_id: int
    hit_id: str
    address_id: str
    address: str
    """Who answered."""
    owner: str
    brand: str
    answer: Answer
    at: datetime
    decision_id: int | None
    """The decision in force when it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerSuggestion:
    """A seller that a brand owner calls authorised; a senior reviewer decides whether the watch list takes it."""

    suggestion_id: int
    answer: OwnerAnswer
    mark_id: str
    market: str
    seller_id: str | None
    seller_name: str | None
    state: SuggestionState
    decided_by: str | None
    decided_at: datetime | None


_ANSWERS = select(
    owner_answers.c.answer_id, owner_answers.c.hit_id, owner_answers.c.address_id, mail_addresses.c.address,
    owner_answers.c.owner, owner_answers.c.brand, owner_answers.c.answer, owner_answers.c.at,
    owner_answers.c.decision_id,
).join(mail_addresses, mail_addresses.c.address_id == owner_answers.c.address_id)  # fmt: skip


def record_answer(session: Session, hit_id: str, address_id: str, answer: Answer, at: datetime) -> OwnerAnswer:
    """Add a brand owner's answer to a hit, with its audit row, and return it.

    Giving the same answer again adds nothing. "Authorised seller" leaves a suggestion for a senior reviewer; it
    changes neither the watch list nor the hit. Raises NotFound for an unknown hit or one without an owner.
    """
    hold_chain(session)
    stored = load_hit(session, hit_id)
    if stored.owner is None:
        raise NotFound(f"hit {hit_id} has no owner")
    last = [one for one in load_answers(session, hit_id) if one.address_id == address_id]
    if last and last[-1].answer == answer:
        return last[-1]
    decision_id = None if stored.decision is None else stored.decision.decision_id
    values = {
        "hit_id": hit_id, "address_id": address_id, "owner": stored.owner, "brand": stored.brand, "answer": answer,
        "at": at, "decision_id": decision_id,
    }  # fmt: skip
    answer_id = session.execute(insert(owner_answers).values(values).returning(owner_answers.c.answer_id)).scalar_one()
    seller = stored.hit.listing.seller
    if answer == "authorised_seller" and (seller.seller_id or seller.name):
        session.execute(
            insert(seller_suggestions).values(
                answer_id=answer_id, mark_id=stored.hit.mark_id, market=stored.hit.listing.market,
                seller_id=seller.seller_id, seller_name=seller.name, state="open",
            )
        )  # fmt: skip
    facts = {"answer": answer, "decision_id": decision_id, "answer_id": answer_id}
    record_audit(session, at, f"brand owner {address_id}", "hit.owner_answer", hit_id, facts)
    return load_answers(session, hit_id)[-1]


def load_answers(session: Session, hit_id: str) -> tuple[OwnerAnswer, ...]:
    """Return every answer to a hit, oldest first."""
    rows = session.execute(_ANSWERS.where(owner_answers.c.hit_id == hit_id).order_by(owner_answers.c.answer_id))
    return tuple(OwnerAnswer(**row) for row in rows.mappings())


def load_answers_since(session: Session, owner: str, brand: str, since: datetime) -> tuple[OwnerAnswer, ...]:
    """Return the answers about a brand given after that moment, oldest first."""
    query = _ANSWERS.where(owner_answers.c.owner == owner, owner_answers.c.brand == brand, owner_answers.c.at > since)
    return tuple(OwnerAnswer(**row) for row in session.execute(query.order_by(owner_answers.c.answer_id)).mappings())


def load_latest_answers(session: Session, limit: int = 100) -> tuple[OwnerAnswer, ...]:
    """Return the latest answers about any brand, newest first; for staff."""
    rows = session.execute(_ANSWERS.order_by(owner_answers.c.answer_id.desc()).limit(limit))
    return tuple(OwnerAnswer(**row) for row in rows.mappings())


def load_suggestions(session: Session, states: Sequence[SuggestionState] = ("open",)) -> tuple[SellerSuggestion, ...]:
    """Return the sellers that brand owners call authorised, oldest first."""
    query = select(seller_suggestions).where(seller_suggestions.c.state.in_(states))
    rows = session.execute(query.order_by(seller_suggestions.c.suggestion_id)).mappings().all()
    wanted = [row["answer_id"] for row in rows]
    found = session.execute(_ANSWERS.where(owner_answers.c.answer_id.in_(wanted))).mappings()
    answers = {row["answer_id"]: OwnerAnswer(**row) for row in found}
    return tuple(
        SellerSuggestion(
            answer=answers[row["answer_id"]],
            **{name: row[name] for name in SellerSuggestion.__slots__ if name != "answer"},
        )
        for row in rows
    )


def count_suggestions(session: Session) -> int:
    """Return how many sellers wait for a senior reviewer."""
    query = select(func.count()).select_from(seller_suggestions).where(seller_suggestions.c.state == "open")
    return int(session.scalar(query) or 0)


def decide_suggestion(
    session: Session, suggestion_id: int, state: Literal["accepted", "declined"], actor: str, at: datetime
) -> SellerSuggestion:
    """Take a seller into the watch list or not, with its audit row; raise NotFound when that was decided before."""
    if suggestion_id > LARGEST_NUMBER:
        raise NotFound(f"no open suggestion {suggestion_id}")
    hold_chain(session)
    here = (seller_suggestions.c.suggestion_id == suggestion_id, seller_suggestions.c.state == "open")
    changed = update(seller_suggestions).where(*here).values(state=state, decided_by=actor, decided_at=at)
    if session.execute(changed.returning(seller_suggestions.c.suggestion_id)).one_or_none() is None:
        raise NotFound(f"no open suggestion {suggestion_id}")
    states = cast("tuple[SuggestionState, ...]", (state,))
    decided = next(one for one in load_suggestions(session, states) if one.suggestion_id == suggestion_id)
    if state == "accepted":
        save_sellers(
            session,
            [
                AuthorisedSeller(
                    mark_id=decided.mark_id, market=decided.market, seller_id=decided.seller_id,
                    seller_name=decided.seller_name,
                )
            ],
        )  # fmt: skip
    facts = {"mark_id": decided.mark_id, "market": decided.market, "seller_id": decided.seller_id, "state": state}
    record_audit(session, at, actor, "seller.suggestion", str(suggestion_id), facts)
    return decided
