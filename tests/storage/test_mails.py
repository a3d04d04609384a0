"""The outbox, its recipients, and what brand owners answer, on both databases."""

from collections.abc import Sequence
from datetime import date

import pytest

from records.mail import Answer, BrandRule, default_preference
from records.watchlist import AuthorisedSeller, Mark, Owner
from storage.audit import load_audit, verify_audit
from storage.database import Database
from storage.errors import NotFound
from storage.hits import hit_id_of, save_hits
from storage.listings import save_listing
from storage.mail_news import report_hits
from storage.mail_people import (
    address_id_of,
    allow_address,
    join_members,
    load_link_key,
    load_members,
    load_owner_brands,
    load_pause,
    load_preferences,
    load_rule,
    make_link_key,
    pause_stream,
    preference_of,
    resume_stream,
    save_preference,
    save_rule,
    suppress_address,
)
from storage.outbox import (
    GIVE_UP_AFTER,
    LEASE,
    RETRY_WAITS,
    Change,
    NewMail,
    claim_mails,
    close_mail,
    count_queued,
    count_states,
    find_mail,
    load_items,
    load_mail,
    load_mails,
    mark_sent,
    mark_unsent,
    queue_mail,
)
from storage.owner_answers import (
    count_suggestions,
    decide_suggestion,
    load_answers,
    load_answers_since,
    load_latest_answers,
    load_suggestions,
    record_answer,
)
from storage.watchlist import load_watchlist, save_marks, save_owners
from tests.storage.factories import DAY, HOUR, START, make_hit, make_listing

OWNER = Owner(name="Nike Inc", emails=("a@x.example",), language="en")
ADDRESS = address_id_of("a@x.example")


def new_mail(key: str, *, kind: str = "digest") -> NewMail:
    return NewMail(
        key=key, address_id=ADDRESS, recipient="a@x.example", owner="Nike Inc", brand="Nike",
        kind=kind,  # type: ignore[arg-type]
        message_id=f"<{key}@x.example>", subject="Tiêu đề", message=b"\x00mail",
    )  # fmt: skip


def post(database: Database, key: str, items: Sequence[tuple[str, Change]] = (), *, kind: str = "digest") -> int | None:
    with database.write() as session:
        return queue_mail(session, new_mail(key, kind=kind), START, items)


def test_a_mail_is_queued_once_per_key(database: Database) -> None:
    mail_id = post(database, "k", [("H1", "new"), ("H2", "price"), ("H1", "new")])
    assert mail_id is not None
    assert post(database, "k", [("H3", "new")]) is None
    with database.read() as session:
        (mail,) = load_mails(session)
        assert (mail.message, mail.state, mail.subject) == (b"\x00mail", "new", "Tiêu đề")
        assert load_items(session, mail_id) == (("H1", "new"), ("H2", "price"))
        assert find_mail(session, "<k@x.example>") == mail
        assert find_mail(session, "") is None
        assert count_queued(session, START, ("digest",)) == 1
        assert count_states(session) == {"new": 1}


def test_a_claimed_mail_is_nobody_elses_until_its_lease_is_over(database: Database) -> None:
    post(database, "a")
    post(database, "b")
    with database.write() as session:
        (first,) = claim_mails(session, START, 1)
        (second,) = claim_mails(session, START, 9)
        assert (first.key, second.key, first.state, first.attempts) == ("a", "b", "sending", 1)
        assert claim_mails(session, START, 9) == ()
        mark_sent(session, second.mail_id, START)
        (again,) = claim_mails(session, START + LEASE, 9)
        assert (again.key, again.attempts) == ("a", 2)


def test_account_mails_and_urgent_ones_leave_first(database: Database) -> None:
    for kind in ("digest", "monthly", "urgent", "account"):
        post(database, kind, kind=kind)
    with database.write() as session:
        assert [mail.key for _ in range(4) for mail in claim_mails(session, START, 1)] == [
            "account", "urgent", "digest", "monthly",
        ]  # fmt: skip


def test_only_the_kinds_asked_for_are_claimed(database: Database) -> None:
    post(database, "a")
    post(database, "b", kind="operations")
    with database.write() as session:
        assert [mail.key for mail in claim_mails(session, START, 9, ("account", "operations"))] == ["b"]


def test_an_unsent_mail_is_tried_again_later_and_given_up_in_the_end(database: Database) -> None:
    post(database, "a")
    with database.write() as session:
        (mail,) = claim_mails(session, START, 1)
        after = mark_unsent(session, mail.mail_id, START, "451 later")
        assert (after.state, after.problem, after.due_at) == ("new", "451 later", START + RETRY_WAITS[0])
        assert claim_mails(session, START, 1) == ()
        (mail,) = claim_mails(session, after.due_at, 1)
        assert mark_unsent(session, mail.mail_id, after.due_at, "x").due_at == after.due_at + RETRY_WAITS[1]
        over = mark_unsent(session, mail.mail_id, START + GIVE_UP_AFTER, "x")
        assert (over.state, over.closed_at) == ("failed", START + GIVE_UP_AFTER)
        assert claim_mails(session, START + 2 * GIVE_UP_AFTER, 1) == ()
    post(database, "c")
    with database.write() as session:
        (mail,) = claim_mails(session, START, 1)
        mark_sent(session, mail.mail_id, START)
        assert mark_unsent(session, mail.mail_id, START, "late news").state == "sent"
        assert load_mail(session, mail.mail_id).sent_at == START
        with pytest.raises(NotFound):
            mark_sent(session, 999, START)


def test_a_mail_that_may_have_arrived_stays_maybe_sent(database: Database) -> None:
    post(database, "a")
    with database.write() as session:
        (mail,) = claim_mails(session, START, 1)
        assert mark_unsent(session, mail.mail_id, START, "lost", maybe=True).state == "maybe_sent"
        (mail,) = claim_mails(session, START + HOUR, 1)
        assert mark_unsent(session, mail.mail_id, START + HOUR, "451").state == "maybe_sent"


def test_a_closed_mail_is_not_offered_again(database: Database) -> None:
    mail_id = post(database, "a")
    assert mail_id is not None
    with database.write() as session:
        close_mail(session, mail_id, START, "suppressed", "not wanted")
        assert claim_mails(session, START + DAY, 1) == ()
        assert load_mail(session, mail_id).problem == "not wanted"


def meet(database: Database) -> None:
    with database.write() as session:
        save_owners(session, [OWNER])
        save_marks(session, [Mark(mark_id="nike", text="Nike", owner=OWNER.name)])
        join_members(session, OWNER.name, OWNER.emails, START)


def test_recipients_follow_the_owners_list(database: Database) -> None:
    with database.write() as session:
        assert join_members(session, "Nike Inc", ["a@x.example", "B@x.example"], START) == tuple(
            map(address_id_of, ("a@x.example", "b@x.example"))
        )
        (first,) = load_members(session, "Nike Inc", address_id_of("A@x.example"))
        assert (first.address.address, len(load_members(session, "Nike Inc"))) == ("a@x.example", 2)
        assert join_members(session, "Nike Inc", ["a@x.example"], START + HOUR) == ()
        assert [one.address.address for one in load_members(session, "Nike Inc")] == ["a@x.example"]
        assert join_members(session, "Nike Inc", ["a@x.example", "b@x.example"], START + DAY) != ()
        joined = {one.address.address: one.joined_at for one in load_members(session)}
        assert joined == {"a@x.example": START, "B@x.example": START + DAY}


def test_a_preference_is_kept_over_the_default_and_audited(database: Database) -> None:
    meet(database)
    with database.write() as session:
        (member,) = load_members(session)
        wanted = default_preference(OWNER, "digest", START)
        assert preference_of({}, OWNER, member, "Nike", "digest").frequency == "daily"
        chosen = type(wanted)(
            **{name: getattr(wanted, name) for name in wanted.__slots__} | {"frequency": "weekly", "markets": ("shop",)}
        )
        save_preference(session, ADDRESS, OWNER.name, "Nike", "digest", chosen, START, "an")
        save_preference(session, ADDRESS, OWNER.name, "Nike", "digest", chosen, START, "an")
        assert load_preferences(session, OWNER.name) == {(ADDRESS, "Nike", "digest"): chosen}
        assert load_owner_brands(session) == {"Nike Inc": ("Nike",)}
        assert [row.action for row in load_audit(session, ADDRESS)] == ["mail.preference"] * 2
        assert verify_audit(session) == ()


def test_a_brands_rule_is_kept_over_the_default(database: Database) -> None:
    rule = BrandRule(urgent_tier=None, has_pictures=False, unreviewed_until=date(2027, 1, 1), agreed_by="Sato")
    with database.write() as session:
        assert load_rule(session, "Nike Inc", "Nike") == BrandRule()
        save_rule(session, "Nike Inc", "Nike", rule, START, "an")
        assert load_rule(session, "Nike Inc", "Nike") == rule


def test_a_suppressed_address_holds_its_mails_back(database: Database) -> None:
    meet(database)
    post(database, "a")
    post(database, "b")
    with database.write() as session:
        assert suppress_address(session, ADDRESS, START, "550") == 2
        assert suppress_address(session, ADDRESS, START + DAY, "551") == 0
        assert load_members(session)[0].address.suppressed_at == START
        assert count_states(session) == {"suppressed": 2}
        allow_address(session, ADDRESS, START, "an")
        assert load_members(session)[0].address.suppressed_because is None
        with pytest.raises(NotFound):
            allow_address(session, "nobody", START, "an")


def test_the_stream_is_paused_until_a_person_resumes_it(database: Database) -> None:
    with database.write() as session:
        assert load_pause(session) is None
        pause_stream(session, START, "201 mails")
        assert load_pause(session) == (START, "201 mails")
        resume_stream(session, START + HOUR, "an")
        assert load_pause(session) is None


def test_the_key_of_links_is_made_once(database: Database) -> None:
    with database.write() as session:
        assert load_link_key(session) is None
        key = make_link_key(session, START)
        assert make_link_key(session, START + DAY) == load_link_key(session) == key
        assert len(key) >= 43


def saved_hit(database: Database) -> str:
    meet(database)
    listing = make_listing()
    hit = make_hit(listing, mark_id="nike")
    with database.write() as session:
        save_listing(session, listing, None, START)
        save_hits(session, listing, [hit], None, START)
    return hit_id_of(hit.key)


@pytest.mark.parametrize("answer", ["genuine", "fake", "authorised_seller", "ours_grey", "test_buy"])
def test_an_answer_is_kept_once_and_changes_neither_hit_nor_watch_list(database: Database, answer: Answer) -> None:
    hit_id = saved_hit(database)
    with database.write() as session:
        first = record_answer(session, hit_id, ADDRESS, answer, START)
        assert record_answer(session, hit_id, ADDRESS, answer, START + HOUR) == first
        assert (first.answer, first.address, first.brand) == (answer, "a@x.example", "Nike")
        assert load_answers(session, hit_id) == load_latest_answers(session) == (first,)
        assert load_answers_since(session, "Nike Inc", "Nike", START) == ()
        assert count_suggestions(session) == (1 if answer == "authorised_seller" else 0)
        assert load_watchlist(session, None).sellers == ()
        assert [row.action for row in load_audit(session, hit_id)] == ["hit.owner_answer"]
        with pytest.raises(NotFound):
            record_answer(session, "nothing", ADDRESS, answer, START)


def test_a_later_answer_is_another_row(database: Database) -> None:
    hit_id = saved_hit(database)
    with database.write() as session:
        for answer in ("fake", "genuine", "fake"):
            record_answer(session, hit_id, ADDRESS, answer, START)
        assert [one.answer for one in load_answers(session, hit_id)] == ["fake", "genuine", "fake"]


def test_a_senior_takes_the_seller_into_the_watch_list_or_not(database: Database) -> None:
    hit_id = saved_hit(database)
    with database.write() as session:
        record_answer(session, hit_id, ADDRESS, "authorised_seller", START)
        (open_one,) = load_suggestions(session)
        assert open_one.answer.hit_id == hit_id
        done = decide_suggestion(session, open_one.suggestion_id, "accepted", "minh", START + HOUR)
        assert (done.state, done.decided_by) == ("accepted", "minh")
        assert load_watchlist(session, None).sellers == (
            AuthorisedSeller(
                mark_id="nike", market=done.market, seller_id=done.seller_id, seller_name=done.seller_name
            ),
        )  # fmt: skip
        with pytest.raises(NotFound):
            decide_suggestion(session, open_one.suggestion_id, "declined", "minh", START + HOUR)
        with pytest.raises(NotFound):
            decide_suggestion(session, 2**70, "declined", "minh", START + HOUR)


def test_what_a_mail_tells_is_noted_once(database: Database) -> None:
    mail_id = post(database, "a")
    assert mail_id is not None
    with database.write() as session:
        report_hits(session, mail_id, [("H1", "new"), ("H1", "new"), ("H1", "answered")])
        assert load_items(session, mail_id) == (("H1", "answered"), ("H1", "new"))
