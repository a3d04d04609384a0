"""A log line is one JSON object with the run's id, whatever a page wrote into it, and holds no secret."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from crawler.config import Settings
from crawler.logs import configure_logs, hide_secrets, secrets_of
from crawler.run_log import read_run_log
from records.run import Run
from tests.storage.factories import START

RUN = Run(run_id="01RUN", market="tiki_vn", requested_at=START, worker="box-1")


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    monkeypatch.setenv("MARKWATCH_SMTP_PASSWORD", "hunter2-secret")
    monkeypatch.setenv("MARKWATCH_RAKUTEN_APP_ID", "1020304050")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    made = io.StringIO()
    configure_logs(made, run="01RUN")
    yield made
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_ours_and_the_libraries_lines_have_the_same_fields(stream: io.StringIO) -> None:
    structlog.get_logger("crawler.jobs").info("run queued", hit="1ABC", late_seconds=3)
    logging.getLogger("scrapy.core.engine").warning("Crawled (%d)", 200)
    ours, theirs = lines(stream)
    assert (ours["event"], ours["hit"], ours["level"], ours["run"]) == ("run queued", "1ABC", "info", "01RUN")
    assert (theirs["event"], theirs["logger"], theirs["run"]) == ("Crawled (200)", "scrapy.core.engine", "01RUN")
    assert str(ours["at"]).endswith("Z")


def test_a_title_with_line_breaks_and_terminal_signs_stays_one_line(stream: io.StringIO) -> None:
    title = 'kem\r\n{"level": "error"}\x1b[31m\u2028 end'
    structlog.get_logger().info("read", title=title)
    (line,) = lines(stream)
    assert line["title"] == title
    assert "\x1b" not in stream.getvalue()


def test_an_error_brings_its_trace_in_the_same_line(stream: io.StringIO) -> None:
    try:
        int("odd price")
    except ValueError:
        structlog.get_logger().exception("not stored")
    (line,) = lines(stream)
    assert "ValueError: invalid literal" in str(line["exception"])


# Eight secrets as they come up in a crawl: settings, addresses, headers, signed links.
PLANTED = [
    ("smtp said no to hunter2-secret", "hunter2-secret"),
    ("asking with 1020304050", "1020304050"),
    ("no database at postgresql+psycopg://markwatch:s3cr3t-pw@db/markwatch", "s3cr3t-pw"),
    ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.abc", "eyJhbGciOiJIUzI1NiJ9"),
    ("{'Cookie': 'SPC_EC=deadbeefcafe; x=1'}", "deadbeefcafe"),
    ("GET https://api.example/items?page=2&access_token=tok-12345&sign=abcdef0123", "tok-12345"),
    ("GET https://api.example/items?page=2&access_token=tok-12345&sign=abcdef0123", "abcdef0123"),
    ("proxy http://user:pr0xy-word@10.0.0.1:3128 refused", "pr0xy-word"),
]


@pytest.mark.parametrize(("text", "secret"), PLANTED)
def test_no_secret_is_printed_in_message_field_or_trace(stream: io.StringIO, text: str, secret: str) -> None:
    structlog.get_logger().warning(text, detail=text)
    logging.getLogger("library").warning("%s", text)
    try:
        dict[str, str]()[text]
    except KeyError:
        structlog.get_logger().exception("failed")
    assert len(lines(stream)) == 3
    assert secret not in stream.getvalue()


def test_ordinary_words_are_left_alone() -> None:
    text = "https://shop.example/goods?page=2&q=key ring Basic cream, cookie box: 12"
    assert hide_secrets(text, secrets_of({"MARKWATCH_SMTP_PASSWORD": "", "HOME": "/root"})) == text


def test_a_runs_log_is_searched_by_words_whatever_case_and_accents(stream: io.StringIO, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    structlog.get_logger("spiders").info("Đã đọc trang", page=1)
    structlog.get_logger("spiders").warning("trang bị từ chối", status=403)
    logging.getLogger("scrapy").info("Spider closed")
    settings.logs_dir.mkdir()
    (settings.logs_dir / "01RUN.log").write_text(stream.getvalue() + "a plain line\x1b[31m\n", encoding="utf-8")
    whole = read_run_log(settings, RUN)
    assert [line.number for line in whole.lines] == [1, 2, 3, 4]
    assert (whole.total, whole.next_after) == (4, None)
    assert whole.lines[1].text == "trang bị từ chối status=403"
    assert whole.lines[1].at is not None
    assert "\x1b" not in whole.lines[3].text
    assert [line.number for line in read_run_log(settings, RUN, "DA DOC").lines] == [1]
    assert [line.number for line in read_run_log(settings, RUN, level="warning").lines] == [2]
    page = read_run_log(settings, RUN, limit=2)
    assert (len(page.lines), page.next_after) == (2, 2)
    assert [line.number for line in read_run_log(settings, RUN, after=2).lines] == [3, 4]


def test_a_log_that_lies_elsewhere_says_where(tmp_path: Path) -> None:
    page = read_run_log(Settings(data_dir=tmp_path), RUN)
    assert page.lines == ()
    assert "worker box-1" in page.problem
