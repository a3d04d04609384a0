"""Import of watch lists: a file is looked at row by row before anything is stored, then stored whole or not at all."""

import base64
import binascii
from pathlib import PurePath
from typing import Annotated, Final

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile

from review.console import Console, console_of, reading_of, render
from review.errors import Absent
from review.languages import message as _
from review.lists import ListDesk, ListPreview
from review.sessions import Visitor, allowed, from_own_form
from review.signing_in import begin_step, find_step, finish_step
from storage.watchlist import load_watchlist

router = APIRouter(include_in_schema=False)

Keeper = Annotated[Visitor, Depends(allowed("brands"))]
Form_ = Depends(from_own_form)
KINDS: Final = {
    "marks": _("marks"), "products": _("products"), "sellers": _("authorised sellers"), "owners": _("owners"),
}  # fmt: skip
# What is shown of a long file: all that is wrong, then the first rows.
WRONG_SHOWN: Final = 200
ROWS_SHOWN: Final = 100
MAX_BYTES: Final = 1_400_000
TOO_LONG: Final = _("The file is longer than 1.4 MB. Import it on the command line: markwatch watchlist import.")
NO_FILE: Final = _("Choose a file.")
GONE: Final = _("The file was looked at more than ten minutes ago, or was stored already. Choose it again.")


def desk_of(console: Console) -> ListDesk:
    """Return what reads and keeps lists; raise Absent where the console was started without it."""
    if console.services.lists is None:
        raise Absent
    return console.services.lists


def suffix_of(name: str) -> str:
    """Return the kind of a file by its name, of which nothing else is ever used."""
    return PurePath(name.replace("\\", "/")).suffix.lower()[:10]


def _page(
    request: Request, status: int = 200, /, *, preview: ListPreview | None = None, step: str = "", said: str = "",
    kept: bool = False,
) -> Response:  # fmt: skip
    console = console_of(request)
    with console.database.read() as session:
        known = load_watchlist(session, None)
    counts = {kind: len(getattr(known, kind)) for kind in KINDS}
    rows = preview.rows if preview else ()
    wrong = [row for row in rows if row.state == "wrong"][:WRONG_SHOWN]
    shown = wrong or [row for row in rows if row.state != "unchanged"][:ROWS_SHOWN] or list(rows[:ROWS_SHOWN])
    return render(
        request, "lists.html", status,
        counts=counts, kinds=KINDS, preview=preview, shown=shown, step=step, kept=kept,
        said=reading_of(request).translate(said),
    )  # fmt: skip


@router.get("/lists")
def show_lists(request: Request, visitor: Keeper) -> Response:  # noqa: ARG001 - who may
    """Show what the watch list holds, and the form for a file."""
    return _page(request)


@router.post("/lists/preview", dependencies=[Form_])
def preview_list(request: Request, visitor: Keeper, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Show what a file would change, with what is wrong at its place; nothing is stored."""
    console = console_of(request)
    if file is None or not file.filename:
        return _page(request, 422, said=NO_FILE)
    content = file.file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        return _page(request, 413, said=TOO_LONG)
    suffix = suffix_of(file.filename)
    preview = desk_of(console).preview(suffix, content)
    if not preview.can_be_kept:
        return _page(request, 422, preview=preview)
    data = {"suffix": suffix, "content": base64.b64encode(content).decode()}
    return _page(request, preview=preview, step=begin_step(console, "import", visitor.user.login, data))


@router.post("/lists", dependencies=[Form_])
def keep_list(request: Request, visitor: Keeper, step: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Store the file that was looked at, whole or not at all."""
    console = console_of(request)
    found = find_step(console, "import", step)
    if found is None or found.login != visitor.user.login or not finish_step(console, step):
        return _page(request, 409, said=GONE)
    try:
        content = base64.b64decode(found.data["content"], validate=True)
    except binascii.Error:
        return _page(request, 409, said=GONE)
    kept = desk_of(console).keep(found.data["suffix"], content, visitor.user.login)
    return _page(request, 200 if kept.can_be_kept else 409, preview=kept, kept=kept.can_be_kept)
