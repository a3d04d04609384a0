"""The figures for Prometheus: for a program on this machine, and for those who may read runs."""

import ipaddress
from typing import Final

from fastapi import APIRouter, Request, Response

from review.console import console_of
from review.errors import Absent
from review.sessions import allowed, current_visitor

router = APIRouter(include_in_schema=False)

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
# Set by proxies: with one of them the request came from elsewhere, whatever address it has here.
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


def is_from_here(request: Request) -> bool:
    """Return whether a program of this very machine asks, not a proxy for somebody else."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@router.get("/metrics")
def show_metrics(request: Request) -> Response:
    """Give the figures; without a loopback address only to roles that read runs."""
    if not is_from_here(request):
        allowed("runs")(current_visitor(request))
    metrics = console_of(request).services.metrics
    if metrics is None:
        raise Absent
    return Response(metrics(), media_type=CONTENT_TYPE)
