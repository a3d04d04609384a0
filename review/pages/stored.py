"""Stored answers of marketplaces, as attachments that no browser runs."""

import re
from typing import Final

from fastapi import APIRouter, Depends, Request, Response

from captures.errors import CaptureError
from captures.store import CaptureStore
from review.console import console_of
from review.errors import Absent
from review.sessions import allowed

router = APIRouter(include_in_schema=False)

SHA256: Final = re.compile(r"[0-9a-f]{64}")


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
