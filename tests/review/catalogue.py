"""Every sentence that the console can show, collected from its templates, its code and the signals."""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

from matchers.mentions.mention import CHANGE_WORDS
from matchers.price.bands import BAND_WORDS
from matchers.price.pack_fit import FIT_WORDS
from matchers.price.product_match import HOW_WORDS
from review.wording import SIGNAL_SENTENCES

ROOT = Path(__file__).parent.parent.parent
REVIEW = ROOT / "review"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "message": None}
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}


def sentences_of_the_console() -> Iterator[str | tuple[str, ...]]:
    """Yield the message ids of templates and code."""
    for _file, _line, found, _comments, _context in extract_from_dir(
        REVIEW, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True
    ):
        yield found


def sentences_of_the_signals() -> Iterator[str]:
    """Yield the findings' sentences and the first docstring line of every signal in matchers."""
    for path in sorted((ROOT / "matchers").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(
                isinstance(one, ast.Name) and one.id == "message" for one in node.targets
            ):
                yield from _literals(node.value)
            if isinstance(node, ast.Return) and path.parent.name == "use" and node.value is not None:
                yield from _literals(node.value)
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name) and node.func.id in {"Use", "Found", "_found"}:
                    yield from _literals(node.args[-1])
                for keyword in node.keywords:
                    if keyword.arg == "message":
                        yield from _literals(keyword.value)
    yield from (sentence for sentence in SIGNAL_SENTENCES.values() if sentence)
    yield from (*CHANGE_WORDS.values(), *BAND_WORDS.values(), *HOW_WORDS.values(), *FIT_WORDS)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
