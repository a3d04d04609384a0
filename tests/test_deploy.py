"""What lies in deploy/ names commands and settings that exist."""

import re
from pathlib import Path

import pytest

from crawler.cli.main import COMMANDS
from crawler.config import Settings

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
NAMES = {name for names in COMMANDS.values() for name in names}


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_a_unit_runs_a_command_that_exists_as_a_user_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (command,) = re.findall(r"^ExecStart=\S+/markwatch (\w+)", text, flags=re.MULTILINE)
    assert command in NAMES
    assert "User=markwatch" in text
    assert "NoNewPrivileges=true" in text
    assert "--no-sandbox" not in text


def test_the_compose_file_runs_commands_that_exist() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    commands = re.findall(r"command: \[(\w+)", text)
    assert set(commands) == {"db", "scheduler", "worker", "serve"}
    assert set(commands) <= NAMES
    assert "\t" not in text


def test_the_example_settings_exist() -> None:
    text = (DEPLOY / "markwatch.env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"MARKWATCH_(\w+)=", text)) - {"PRODUCTION"}
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)
