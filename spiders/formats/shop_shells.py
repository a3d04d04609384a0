"""Pages that hold nothing until a script fills them."""

import re

from selectolax.lexbor import LexborHTMLParser

SHELL_ROOTS = "#root, #app, #__next, #__nuxt, #___gatsby, app-root, [data-reactroot], [ng-app], #main-app"
# A page with more words than a loading message and a notice about scripts says something by itself.
MOST_TEXT = 400
_SPACES = re.compile(r"\s+")


def is_shell(page: LexborHTMLParser) -> bool:
    """Return whether the page is a single-page app's frame: scripts, a place for them to draw into, hardly a word."""
    body = page.body
    if body is None or page.css_first("script") is None:
        return False
    text = _SPACES.sub(" ", body.text(deep=True, separator=" "))
    for script in page.css("body script, body style, body noscript"):
        text = text.replace(_SPACES.sub(" ", script.text(deep=True, separator=" ")), "")
    return page.css_first(SHELL_ROOTS) is not None and len(text.strip()) <= MOST_TEXT
