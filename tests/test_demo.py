"""The whole way, as a new user goes it: the demo fills the queue, and doing it twice changes nothing."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.realdata import PROJECT

pytestmark = pytest.mark.fault


def markwatch(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the command as a person would, with its data in the folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARKWATCH_")}
    environment["MARKWATCH_DATA_DIR"] = str(folder)
    code = "import sys; from crawler.cli.main import run; run()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def queue_of(output: str) -> dict[str, int]:
    """Return the counts of the demo's last line."""
    (line,) = re.findall(r"review queue: (.+)", output)
    return {view: int(count) for view, count in (part.split() for part in line.split(", "))}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    done = markwatch("demo", "--no-serve", "--dir", str(folder), folder=folder)
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


def test_the_demo_fills_the_queue_from_three_markets_on_both_tracks(demo: tuple[Path, str]) -> None:
    folder, output = demo
    counts = queue_of(output)
    assert counts["unreviewed"] >= 60
    assert counts["price"] >= 10
    assert counts["confirmed"] >= 10
    listed = markwatch("hits", "list", "--json", "--limit", "1000", folder=folder)
    hits = [json.loads(line) for line in listed.stdout.splitlines()]
    assert len(hits) == counts["unreviewed"]
    assert {hit["market"] for hit in hits} == {"tiki_vn", "shopee_vn", "shop"}
    assert {hit["track"] for hit in hits} == {"ip", "price"}
    assert {hit["tier"] for hit in hits} <= {"high", "medium"}


def test_each_brand_owner_is_greeted_and_gets_one_digest_a_brand(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    assert len(list((folder / "mail").glob("account-*.eml"))) == 4
    paths = (folder / "mail").glob("digest-*.eml")
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
    assert len(mails) == len({(mail["To"], mail["List-Id"]) for mail in mails}) == 8
    assert len({mail["To"] for mail in mails}) == 4
    for mail in mails:
        text = mail.get_body(("plain",))
        assert text is not None
        assert "127.0.0.1:8000/hits/" in text.get_content()


def test_what_was_kept_verifies(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    assert any((folder / "captures").rglob("*.body"))
    for command in (("evidence", "verify"), ("audit", "verify"), ("db", "check")):
        done = markwatch(*command, folder=folder)
        assert done.returncode == 0, done.stderr


def test_judging_again_changes_nothing_and_touches_no_decision(demo: tuple[Path, str]) -> None:
    folder, output = demo
    done = markwatch("rematch", folder=folder)
    assert done.returncode == 0, done.stderr
    counts = {name: int(number) for name, number in re.findall(r"(\w+) (\d+)", done.stderr.splitlines()[-1])}
    assert counts["unchanged"] > 100
    assert {name: counts[name] for name in ("new", "changed", "reopened", "lapsed")} == {
        "new": 0,
        "changed": 0,
        "reopened": 0,
        "lapsed": 0,
    }
    confirmed = markwatch("hits", "list", "--view", "confirmed", "--json", folder=folder)
    assert len(confirmed.stdout.splitlines()) == queue_of(output)["confirmed"]


def test_the_demo_done_twice_changes_nothing(demo: tuple[Path, str]) -> None:
    folder, output = demo
    again = markwatch("demo", "--no-serve", "--dir", str(folder), folder=folder)
    assert again.returncode == 0, again.stderr
    assert queue_of(again.stderr) == queue_of(output)
    assert len(list((folder / "mail").glob("*.eml"))) == 12


def test_the_demo_serves_the_console_with_the_printed_log_in(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    environment = dict(os.environ, MARKWATCH_DATA_DIR=str(folder))
    code = "from crawler.cli.main import run; run()"
    command = [sys.executable, "-c", code, "serve", "--port", "0"]
    refused = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    port = str(free_port())
    command = [sys.executable, "-c", code, "demo", "--dir", str(folder), "--port", port]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            printed = next(line for line in process.stderr if line.startswith("console: "))
            assert f"http://127.0.0.1:{port}/review" in printed
            assert "log in as demo with " in printed
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/review", timeout=10) as answer:
                assert "demo" in answer.read().decode()
        finally:
            process.terminate()
            process.wait(20)


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
