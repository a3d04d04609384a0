"""Fills the console's calls on schedules and runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crawler import access, due_times, scheduling, trying
from crawler.config import Settings
from crawler.errors import BadInput
from crawler.jobs import market_class
from crawler.run_log import read_run_log
from crawler.timing_words import say_timing
from records.log import LogPage
from records.run import ENDED, Run
from records.schedule import ExpectedRun, ScheduleDraft, SchedulePlan
from review.operating import MarketWay, Operating, TriedPage
from storage.access import end_grants
from storage.audit import record_audit
from storage.database import Database, Session
from storage.errors import NotFound
from storage.runs import ask_to_stop, load_run
from storage.schedules import Schedule, load_schedules


@dataclass(frozen=True, slots=True)
class Desk:
    """What the calls work on; each method is one field of Operating, where it is described."""

    database: Database
    settings: Settings
    clock: Callable[[], datetime]

    def plan(self, draft: ScheduleDraft, schedule_id: str) -> SchedulePlan:
        """Return what the draft would do."""
        with self.database.read() as session:
            others = load_schedules(session)
        return scheduling.plan_schedule(draft, self.clock(), others, schedule_id, self.database)

    def save(self, draft: ScheduleDraft, login: str, schedule_id: str) -> tuple[str, SchedulePlan]:
        """Keep the draft unless it has problems."""
        planned = self.plan(draft, schedule_id)
        if planned.problems:
            return "", planned
        saved = scheduling.save_draft(self.database, draft, login, self.clock(), schedule_id)
        return saved.schedule_id, planned

    def pause(self, schedule_id: str, reason: str, until: datetime | None, login: str) -> str:
        """Pause a schedule."""
        return self._try(lambda session: scheduling.pause(session, schedule_id, reason, until, login, self.clock()))

    def resume(self, schedule_id: str, login: str) -> str:
        """End a pause."""
        return self._try(lambda session: scheduling.resume(session, schedule_id, login, self.clock()))

    def remove(self, schedule_id: str, login: str) -> str:
        """Take a schedule out of use."""
        return self._try(lambda session: scheduling.remove(session, schedule_id, login, self.clock()))

    def expected(self, since: datetime) -> tuple[ExpectedRun, ...]:
        """Return every due time since then."""
        with self.database.read() as session:
            return due_times.load_expected(session, since, self.clock())

    def stop_run(self, run_id: str, login: str, at_once: bool) -> str:
        """Ask a run to stop."""

        def act(session: Session) -> None:
            run = load_run(session, run_id)
            if run.outcome in ENDED:
                raise BadInput(f"run {run_id} ended already: {run.outcome}")
            ask_to_stop(session, run_id, login, self.clock(), at_once=at_once)
            record_audit(session, self.clock(), login, "run.stop", run_id, {"at_once": at_once})

        return self._try(act)

    def read_log(self, run: Run, words: str, level: str, after: int) -> LogPage:
        """Return the next lines of a run's log."""
        return read_run_log(self.settings, run, words, level, after)

    def markets(self) -> tuple[MarketWay, ...]:
        """Return every way into every market."""
        return tuple(_market_way(state) for state in access.register(self.database, self.clock()))

    def allow_way(self, market: str, way: str, ground: str, until: str, login: str) -> str:
        """Record that a way is allowed."""
        try:
            access.allow(self.database, market_class(market), way, ground, until, login, self.clock())
        except BadInput as problem:
            return str(problem).removeprefix("--")
        return ""

    def close_way(self, market: str, way: str, reason: str, login: str) -> str:
        """End every record that opens a way."""

        def act(session: Session) -> None:
            access.declared_way(market_class(market), way)
            end_grants(session, market, way, reason, login, self.clock())

        return self._try(act)

    def try_page(self, market: str, url: str, content: bytes | None) -> TriedPage:
        """Read one page without storing it."""
        return trying.try_page(self.settings, self.database, market, url, content)

    def _try(self, act: Callable[[Session], object]) -> str:
        try:
            with self.database.write() as session:
                act(session)
        except (BadInput, NotFound) as problem:
            return str(problem)
        return ""


def _market_way(state: access.WayState) -> MarketWay:
    market, way = state.market, state.way
    return MarketWay(
        market=market.name,
        title=market.title,
        hosts=market.hosts,
        way=way.name,
        is_open=state.is_open,
        because=state.because,
        format=way.format,
        verified=way.verified,
        terms=way.terms,
        rules=market.rules.sentence,
        limits=way.limits,
        asks_consent=way.asks_consent,
        keys=tuple(key.variable for key in way.keys),
        floor_seconds=way.floor_seconds,
        daily_calls=way.daily_calls,
        shortest_interval_minutes=int(market.shortest_interval.total_seconds() // 60),
        grants=state.grants,
        rests=state.rests,
    )


def say_times(schedule: Schedule, language: str) -> str:
    """Return a schedule's times as a sentence."""
    return say_timing(schedule.cron, schedule.zone, language, schedule.jitter_minutes, schedule.hours)


def operating_on(database: Database, settings: Settings, clock: Callable[[], datetime]) -> Operating:
    """Return the calls on that database."""
    desk = Desk(database, settings, clock)
    return Operating(
        plan=desk.plan,
        save=desk.save,
        draft_of=scheduling.draft_of,
        say_times=say_times,
        pause=desk.pause,
        resume=desk.resume,
        remove=desk.remove,
        expected=desk.expected,
        stop_run=desk.stop_run,
        read_log=desk.read_log,
        markets=desk.markets,
        allow_way=desk.allow_way,
        close_way=desk.close_way,
        try_page=desk.try_page,
    )
