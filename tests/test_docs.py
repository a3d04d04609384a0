"""What the documentation must name, and how long it may be."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from crawler.cli.main import whole_app
from crawler.config import Settings
from crawler.market_table import DOCUMENT, with_tables
from matchers.registry import SIGNALS
from spiders.registry import load_markets

PROJECT = Path(__file__).resolve().parent.parent


def commands(commands_of: typer.Typer, path: str) -> Iterator[str]:
    """Yield the full name of every command below."""
    for command in commands_of.registered_commands:
        assert command.epilog is not None, command
        assert command.epilog.startswith("Example: markwatch ")
        assert command.callback is not None
        yield f"{path} {command.name or command.callback.__name__.rstrip('_').replace('_', '-')}"
    for group in commands_of.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, f"{path} {group.name}")


def test_every_command_is_documented_and_has_an_example() -> None:
    text = (PROJECT / "docs/commands.md").read_text(encoding="utf-8")
    names = list(commands(whole_app(), "markwatch"))
    assert len(names) > 20
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_documented_command_exists() -> None:
    text = (PROJECT / "docs/commands.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(markwatch [a-z ]+)` \|", text, flags=re.MULTILINE))
    assert documented == set(commands(whole_app(), "markwatch"))


def test_every_setting_is_documented() -> None:
    text = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")
    names = [f"MARKWATCH_{name.upper()}" for name in Settings.model_fields]
    assert names
    assert [name for name in names if name not in text] == []


def test_every_signal_is_documented() -> None:
    text = (PROJECT / "docs/scoring.md").read_text(encoding="utf-8")
    assert SIGNALS
    assert [name for name in SIGNALS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("path", sorted(PROJECT.glob("docs/*.md")), ids=lambda path: path.name)
def test_a_page_of_the_docs_stays_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 150


def test_the_readme_is_short_and_names_the_two_commands() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 120
    assert "make demo" in text
    assert "make test" in text


def test_the_lock_names_hashes_and_no_address() -> None:
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9].*==", text, flags=re.MULTILINE)
    assert len(pinned) > 50
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_the_marketplaces_page_says_what_the_markets_declare() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_tables(text) == text
    for name, market in load_markets().items():
        assert f"| `{name}` |" in text
        for way in market.ways:
            assert f"| `{name}` | {way.name} |" in text
    assert "documented, not verified on a live answer" in text
