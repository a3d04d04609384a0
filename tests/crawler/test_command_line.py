"""The command line knows every command without loading one, and loads only what a command needs."""

import subprocess
import sys

import pytest
import typer

from crawler.cli.main import CODES, COMMANDS, code_of, exit_code, whole_app
from crawler.errors import CommandError, UnknownMarket
from storage.errors import DatabaseAbsent


def test_the_table_of_commands_says_what_the_commands_say() -> None:
    app = whole_app()
    said: dict[str, str] = {}
    for command in app.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.rstrip("_")
        said[name] = " ".join((command.callback.__doc__ or "").split())
    for group in app.registered_groups:
        assert isinstance(group.typer_instance, typer.Typer)
        said[str(group.name)] = str(group.typer_instance.info.help)
    table = {name: line for names in COMMANDS.values() for name, line in names.items()}
    assert set(table) == set(said)
    assert [name for name, line in table.items() if not said[name].startswith(line)] == []


def test_every_expected_error_is_a_class_that_exists() -> None:
    for name in CODES:
        module, _, kind = name.rpartition(".")
        assert issubclass(getattr(__import__(module, fromlist=[kind]), kind), Exception)


def test_an_error_has_the_code_of_the_first_class_that_is_known() -> None:
    assert code_of(UnknownMarket("a", ["b"])) == 2
    assert code_of(CommandError("no")) == 1
    assert code_of(DatabaseAbsent("sqlite:///x")) == 1
    assert code_of(RuntimeError("ours")) is None


def test_help_lists_every_command_and_loads_no_room() -> None:
    program = (
        "import sys; from crawler.cli.main import exit_code; code = exit_code(['--help']);"
        "rooms = {'storage', 'review', 'matchers', 'spiders', 'alerts', 'captures', 'scrapy', 'sqlalchemy', 'fastapi'};"
        "print(sorted(rooms & {name.partition('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    for names in COMMANDS.values():
        for name in names:
            assert f"  {name} " in done.stdout


@pytest.mark.parametrize("given", [["schedules", "list", "--help"], ["try", "--help"], ["doctor", "--help"]])
def test_a_commands_own_help_is_its_own(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(given) == 0
    assert "Example: markwatch" in capsys.readouterr().out


def test_an_unknown_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["crowl"]) == 2
    assert "crowl" in capsys.readouterr().err
