import re

import pytest
from babel.messages.pofile import read_po

from review.languages import LOCALE_FOLDER
from tests.review.catalogue import REVIEW, sentences_of_the_console, sentences_of_the_signals

PLACE = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("language", ["vi", "ja"])
def test_every_sentence_of_the_console_and_the_signals_is_translated(language: str) -> None:
    with (LOCALE_FOLDER / language / "LC_MESSAGES" / "markwatch.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    needed = {
        one if isinstance(one, str) else one[0] for one in (*sentences_of_the_console(), *sentences_of_the_signals())
    }
    assert len(needed) > 300
    missing = [one for one in sorted(needed) if (found := catalog.get(one)) is None or not found.string or found.fuzzy]
    assert missing == []


@pytest.mark.parametrize("language", ["vi", "ja"])
def test_a_translation_keeps_the_places_of_its_sentence(language: str) -> None:
    with (LOCALE_FOLDER / language / "LC_MESSAGES" / "markwatch.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    for one in catalog:
        if one.id:
            sentence = one.id if isinstance(one.id, str) else one.id[-1]
            translation = one.string if isinstance(one.string, str) else (one.string or ("",))[0]
            assert set(PLACE.findall(sentence)) == set(PLACE.findall(translation)), sentence


# The two places that make markup: sentences of the project's own with escaped facts, and a listing's text letter by
# letter. Both are attacked in test_hostile_text.py.
MAKES_MARKUP = {"templating.py": 2, "highlight.py": 1}


def test_no_template_turns_escaping_off_or_carries_styles_and_scripts() -> None:
    files = [*REVIEW.rglob("*.html"), *REVIEW.rglob("*.py")]
    assert len(files) > 30
    for path in files:
        text = path.read_text(encoding="utf-8")
        for forbidden in ("|safe", "| safe", " style=", "autoescape false", "onclick=", "javascript:"):
            assert forbidden not in text, f"{path.name}: {forbidden}"
        assert text.count("Markup(") == MAKES_MARKUP.get(path.name, 0), path.name
        for script in re.findall(r"<script[^>]*>", text):
            assert 'src="/static/' in script, f"{path.name}: {script}"


def test_no_asset_comes_from_another_host() -> None:
    for path in [*REVIEW.rglob("*.html"), *REVIEW.rglob("*.css"), *REVIEW.rglob("*.js")]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"(src|href)=\"https?:|(?<!_)url\((?!#)|@import|https?://", text), path.name


@pytest.mark.parametrize("language", ["vi", "ja"])
def test_no_translation_brings_a_percent_sign_that_its_sentence_does_not_have(language: str) -> None:
    with (LOCALE_FOLDER / language / "LC_MESSAGES" / "markwatch.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    # Templates fill every sentence in, so that a bare % would break the page.
    plain = [one for one in catalog if isinstance(one.id, str) and one.id and "%" not in one.id]
    assert len(plain) > 300
    assert [one.string for one in plain if "%" in str(one.string)] == []
