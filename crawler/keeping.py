"""Removes daily what has been kept long enough, where the installation is set to."""

from collections.abc import Mapping

from captures.retention import apply_retention, plan_retention
from captures.store import CaptureStore
from crawler.job_context import JobContext


def perform_retention(context: JobContext) -> Mapping[str, object]:
    """Job: remove evidence that was kept long enough; without MARKWATCH_RETENTION_APPLY only count what is due."""
    at, settings = context.clock(), context.settings
    plan = plan_retention(context.database, settings.retention_policy, at)
    if not settings.retention_apply or not plan.expired:
        return {"due": len(plan.expired), "removed": 0}
    context.pause_point()
    files = apply_retention(context.database, CaptureStore(settings.captures_dir), plan, "retention", at)
    return {"due": len(plan.expired), "removed": len(plan.expired), "files": files}
