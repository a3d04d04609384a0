"""The template environments, one a language: the sentences of a template are translated once, when it is compiled."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from review import wording
from review.highlight import highlighted
from review.languages import LANGUAGES, Language, translations_for
from review.security import web_address

TEMPLATES_FOLDER: Final = Path(__file__).parent / "templates"
# How a sentence without facts stands in a template: _("…")
_SENTENCE: Final = ("name", "lparen", "string", "rparen")


class Translated(Extension):
    """Puts the translation in the place of `_("a sentence")`, so that a page does not look it up again each time."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Yield the tokens of a template, its sentences without facts translated."""
        gettext = cast("Callable[[str], str]", self.environment.globals["_"])
        tokens = list(stream)
        place = 0
        while place < len(tokens):
            four = tokens[place : place + len(_SENTENCE)]
            if four[0].value == "_" and tuple(token.type for token in four) == _SENTENCE:
                yield Token(four[0].lineno, "string", str(gettext(four[2].value)))
                place += len(_SENTENCE)
            else:
                yield four[0]
                place += 1


def make_environment(language: Language, **functions: object) -> Environment:
    """Return the environment of a language: everything is escaped, and a name that is not given is an error."""
    catalogue = translations_for(language)

    @cache
    def translated(text: str) -> str:
        return catalogue.gettext(text) if text else ""

    def gettext(text: str, /, **facts: object) -> str:
        """Return a sentence of the project's own, which may hold markup, with escaped facts."""
        return Markup(translated(text)) % facts  # noqa: S704 - sentences are the project's own

    def ngettext(one: str, many: str, count: int, /, **facts: object) -> str:
        return Markup(catalogue.ngettext(one, many, count)) % {"num": count, **facts}  # noqa: S704 - likewise

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[Translated],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=gettext, ngettext=ngettext)
    environment.globals.update(languages=LANGUAGES, wording=wording, web_address=web_address, highlighted=highlighted)
    environment.globals.update(market_name=lambda market: translated(wording.market_name(market)), **functions)
    environment.filters["said"] = translated
    environment.filters["filled"] = lambda sentence, **facts: sentence % facts
    return environment


@cache
def make_templates(**functions: object) -> Mapping[Language, Environment]:
    """Return the environment of every language; `functions` join the names that every template knows."""
    return {language: make_environment(language, **functions) for language in LANGUAGES}
