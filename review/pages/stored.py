"""Stored answers of marketplaces, as attachments that no browser runs."""

import re
from typing import Final

from fastapi import APIRouter, Depends, Request, Response

from captures.errors import CaptureError
from captures.store import CaptureStore
from review.captured_page import FRAME_POLICY, readable
from review.console import console_of, render
from review.errors import Absent
from review.sessions import allowed
from storage.captures import StoredCapture, load_capture

router = APIRouter(include_in_schema=False)

SHA256: Final = re.compile(r"[0-9a-f]{64}")


def body_of(request: Request, sha256: str) -> tuple[StoredCapture, bytes]:
    """Return a kept answer with its body; raise Absent where none is kept, or where it was altered."""
    console = console_of(request)
    folder = console.settings.captures_folder
    if folder is None or not SHA256.fullmatch(sha256):
        raise Absent
    with console.database.read() as session:
        capture = load_capture(session, sha256)
    if capture is None:
        raise Absent
    try:
        return capture, CaptureStore(folder).read(sha256)
    except (CaptureError, OSError):
        raise Absent from None


@router.get("/captures/{sha256}/view", dependencies=[Depends(allowed("read"))])
def show_capture(request: Request, sha256: str) -> Response:
    """Show one stored answer in a frame where nothing runs."""
    capture, _body = body_of(request, sha256)
    return render(request, "capture.html", capture=capture)


@router.get("/captures/{sha256}/frame", dependencies=[Depends(allowed("read"))])
def send_frame(request: Request, sha256: str) -> Response:
    """Send the readable form of one stored answer, under a policy that forbids scripts and everything from outside."""
    capture, body = body_of(request, sha256)
    page = readable(body, capture.page_copy.content_type)
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": FRAME_POLICY})


@router.get("/captures/{sha256}", dependencies=[Depends(allowed("read"))])
def send_capture(request: Request, sha256: str) -> Response:
    """Send one stored answer byte for byte; its hash is checked on the way out."""
    folder = console_of(request).settings.captures_folder
    if folder is None or not SHA256.fullmatch(sha256):
        raise Absent
    try:
        body = CaptureStore(folder).read(sha256)
    except (CaptureError, OSError):
        raise Absent from None
    return Response(
        body,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{sha256}.body"'},
    )
