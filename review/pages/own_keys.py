"""One's own keys: every single key of the console can be another one, or all of them switched off (WCAG 2.1.4)."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from review.console import console_of, reading_of, render
from review.keys import KEYS, OwnKeys, problem_with
from review.sessions import Visitor, current_visitor, from_own_form
from storage.own_keys import save_keys

router = APIRouter(include_in_schema=False)
Person = Annotated[Visitor, Depends(current_visitor)]
MAX_KEY: Final = 1


async def sent_form(request: Request) -> FormData:
    """Return the form as sent; its fields are named by the keys."""
    return await request.form()


@router.get("/me/keys")
def show_keys(request: Request, visitor: Person) -> Response:
    """Show what every single key does and which one is set."""
    del visitor
    done = "done" in request.query_params
    return render(request, "my_keys.html", table=KEYS, own=reading_of(request).keys, problem="", done=done)


@router.post("/me/keys", dependencies=[Depends(from_own_form)])
def take_keys(request: Request, visitor: Person, form: Annotated[FormData, Depends(sent_form)]) -> Response:
    """Keep one's own keys; two acts on one key are refused."""
    console, reading = console_of(request), reading_of(request)
    if form.get("reset") is not None:
        chosen, switched_on = {key: key for key in KEYS}, True
    else:
        chosen = {key: str(form.get(f"key_{key}") or key).strip().lower() for key in KEYS}
        switched_on = form.get("switched_on") is not None
    changed = {key: own for key, own in chosen.items() if own != key}
    problem = problem_with(chosen)
    if problem:
        own = OwnKeys(switched_on=switched_on, chosen={key: one[:MAX_KEY] for key, one in changed.items()})
        words = reading.translate(problem)
        return render(request, "my_keys.html", 422, table=KEYS, own=own, problem=words, done=False)
    with console.database.write() as session:
        save_keys(session, visitor.user.login, changed, switched_on=switched_on)
    return RedirectResponse("/me/keys?done=1", 303)
