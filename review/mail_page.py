"""A mail's own page as the console shows it: its pictures stand inside, so that the frame loads nothing."""

import base64
from dataclasses import dataclass

from alerts.letter import Letter
from alerts.message import render_html, render_text


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPage:
    """Both parts of a mail."""

    html: str
    text: str


def page_of(letter: Letter) -> MailPage:
    """Return both parts of a mail, the pictures of the page as data."""
    html = render_html(letter)
    for name, jpeg in letter.pictures:
        html = html.replace(f'src="cid:{name}"', f'src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"')
    return MailPage(html=html, text=render_text(letter))
