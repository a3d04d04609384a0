"""The sample server, run by path as the demo runs it."""

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from samples.serve import answer
from tests.samples.reading import SAMPLES


@pytest.fixture
def server() -> Iterator[subprocess.Popen[str]]:
    """A server on a free port; its first line says which."""
    command = [sys.executable, "-I", str(SAMPLES / "serve.py"), "--port", "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def port_of(process: subprocess.Popen[str]) -> int:
    """Return the port from the server's first line."""
    assert process.stdout is not None
    name, number = process.stdout.readline().split()
    assert name == "port"
    return int(number)


def test_it_prints_its_port_and_answers_there(server: subprocess.Popen[str]) -> None:
    url = f"http://127.0.0.1:{port_of(server)}/api/v2/products?q=hanamori"
    with urllib.request.urlopen(url, timeout=10) as response:
        assert response.headers["Content-Type"] == "application/json"
        assert response.read() == answer("/api/v2/products?q=hanamori").body


def test_a_page_that_is_gone_has_the_status_404(server: subprocess.Popen[str]) -> None:
    url = f"http://127.0.0.1:{port_of(server)}/shop/p/none.html"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, timeout=10)
    with caught.value as problem:
        assert problem.code == 404


def test_it_ends_on_sigterm(server: subprocess.Popen[str]) -> None:
    port_of(server)
    server.send_signal(signal.SIGTERM)
    assert server.wait(10) == 0


def test_it_ends_when_the_pipe_of_its_parent_closes(server: subprocess.Popen[str]) -> None:
    port_of(server)
    assert server.stdin is not None
    server.stdin.close()
    assert server.wait(10) == 0


def test_it_says_when_its_port_is_taken(server: subprocess.Popen[str]) -> None:
    taken = str(port_of(server))
    second = subprocess.run(
        [sys.executable, str(SAMPLES / "serve.py"), "--port", taken], capture_output=True, text=True, check=False
    )
    assert (second.returncode, second.stdout) == (1, "")
    assert "serve.py:" in second.stderr
