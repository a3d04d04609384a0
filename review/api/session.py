"""Log-in and log-out for programs: the same session cookie as the pages, and the token for changes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from review.api.models import LoginBody, Problem, SessionAnswer
from review.console import console_of
from review.errors import LoginNeeded
from review.sessions import (
    Person,
    Visitor,
    current_visitor,
    digest,
    from_own_client,
    log_out,
    set_session_cookie,
)
from review.signing_in import log_in
from storage.users import load_session

router = APIRouter(tags=["session"])


def _answer(visitor: Visitor) -> SessionAnswer:
    user = visitor.user
    return SessionAnswer(login=user.login, name=user.name, role=user.role, form_token=visitor.form_token)


@router.post("/session", responses={401: {"model": Problem}, 429: {"model": Problem}})
def start_session(request: Request, body: LoginBody) -> SessionAnswer:
    """Log in: sets the session cookie and returns the token for changes. 401 code_needed asks for a one-time code."""
    console = console_of(request)
    token = log_in(console, request, body.login, body.password, body.code)
    with console.database.write() as session:
        user = load_session(session, digest(token), console.services.clock())
    if user is None:
        raise LoginNeeded
    answer = _answer(Visitor(user=user, token=token))
    response = JSONResponse(answer.model_dump(mode="json"))
    set_session_cookie(console, response, token)
    return response  # type: ignore[return-value]  # the declared model describes the body; the cookie needs a response


@router.get("/session", responses={401: {"model": Problem}})
def show_session(visitor: Annotated[Visitor, Depends(current_visitor)]) -> SessionAnswer:
    """Return who is logged in."""
    return _answer(visitor)


@router.delete("/session", status_code=204, dependencies=[Depends(from_own_client)])
def end_session(request: Request, visitor: Person) -> Response:
    """Log out."""
    response = Response(status_code=204)
    log_out(console_of(request), visitor.token, response)
    return response
