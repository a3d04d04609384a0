"""The figures of an installation in the format that Prometheus reads."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from crawler.due_times import load_expected
from crawler.versions import code_version
from storage.database import Database
from storage.figures import Figures, load_figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Figures(Collector):
    def __init__(self, figures: Figures, missed: int) -> None:
        self.figures = figures
        self.missed = missed

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield every figure."""
        figures = self.figures
        yield _family("markwatch_info", "Version of the program.", ("version",), [((code_version(),), 1)])
        yield _family(
            "markwatch_runs", "Runs that wait, run, or ended within a day.", ("market", "outcome"), figures.runs.items()
        )
        yield _family("markwatch_run_counts", "Sums over those runs.", ("market", "count"), figures.counted.items())
        yield _family("markwatch_jobs", "Jobs by kind and state.", ("kind", "state"), figures.jobs.items())
        yield _family("markwatch_hits", "Hits.", ("track", "tier", "state"), figures.hits.items())
        yield _family(
            "markwatch_mails",
            "Mails by state.",
            ("state",),
            [((state,), number) for state, number in figures.mails.items()],
        )
        plain: Mapping[str, tuple[str, float]] = {
            "markwatch_job_lag_seconds": ("How long the oldest due job has waited.", figures.lag_seconds),
            "markwatch_run_heartbeat_seconds": (
                "Age of the oldest heartbeat of a running run.",
                figures.heartbeat_seconds,
            ),
            "markwatch_workers": ("Workers that are alive.", figures.workers),
            "markwatch_scheduler_up": ("1 while a scheduler is at work.", float(figures.scheduler_seconds is not None)),
            "markwatch_missed_runs": ("Due times within a day that had no run and are not caught up.", self.missed),
        }
        for name, (text, value) in plain.items():
            yield GaugeMetricFamily(name, text, value=value)


def _family(
    name: str, text: str, labels: Sequence[str], values: Iterable[tuple[tuple[str, ...], int]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in sorted(values):
        family.add_metric(list(key), value)
    return family


def render_metrics(database: Database, at: datetime) -> bytes:
    """Return the figures at that time as Prometheus reads them."""
    with database.read() as session:
        figures = load_figures(session, at)
        missed = sum(one.state == "missed" for one in load_expected(session, at - timedelta(days=1), at))
    registry = CollectorRegistry()
    registry.register(_Figures(figures, missed))
    return generate_latest(registry)
