"""What a gate asks: a real command and a real server, and every way of not knowing."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from seatwise.core.model import Probe, Sample
from seatwise.edges import probe

ABOUT = {"account": "v", "stage": "takes/pilot"}


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        code = int(self.path[1:4])
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "/200")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    here = HTTPServer(("127.0.0.1", 0), _Answers)
    here.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=here.serve_forever, daemon=True).start()
    yield here
    here.shutdown()
    here.server_close()


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (200, Probe.SUCCESS), (204, Probe.SUCCESS), (404, Probe.FAILURE), (409, Probe.FAILURE),
        (302, Probe.INCONCLUSIVE), (429, Probe.INCONCLUSIVE), (500, Probe.INCONCLUSIVE), (503, Probe.INCONCLUSIVE),
    ],
)  # fmt: skip
def test_an_address_says_it_by_its_status(server: HTTPServer, code: int, verdict: Probe) -> None:
    said = probe.address(f"http://127.0.0.1:{server.server_port}/{code}", ABOUT)
    assert (said.verdict, said.what[:3]) == (verdict, str(code))
    assert server.asked == [f"/{code}?account=v&stage=takes%2Fpilot"]  # type: ignore[attr-defined]


def test_an_address_that_has_a_query_keeps_it(server: HTTPServer) -> None:
    probe.address(f"http://127.0.0.1:{server.server_port}/200?of=mail", ABOUT)
    assert server.asked == ["/200?of=mail&account=v&stage=takes%2Fpilot"]  # type: ignore[attr-defined]


def test_nobody_there_tells_nothing(server: HTTPServer) -> None:
    server.shutdown()
    server.server_close()
    said = probe.address(f"http://127.0.0.1:{server.server_port}/200", ABOUT)
    assert said.verdict is Probe.INCONCLUSIVE
    assert said.what.startswith("no answer: ")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("print('first'); print('all well'); print()", Sample(Probe.SUCCESS, "all well")),
        ("print('mail is down'); raise SystemExit(1)", Sample(Probe.FAILURE, "mail is down")),
        ("raise SystemExit(75)", Sample(Probe.INCONCLUSIVE, "exit 75")),
        ("import os; print(os.environ['SEATWISE_STAGE'])", Sample(Probe.SUCCESS, "takes/pilot")),
    ],
)
def test_a_command_says_it_by_its_exit_code_and_its_last_line(script: str, said: Sample) -> None:
    assert probe.command(f'{sys.executable} -c "{script}"', {"SEATWISE_STAGE": "takes/pilot"}) == said


@pytest.mark.parametrize("call", ["/no/such/program", "unclosed 'quote", ""])
def test_a_command_that_cannot_be_started_tells_nothing(call: str) -> None:
    said = probe.command(call, {})
    assert said.verdict is Probe.INCONCLUSIVE
    assert "can't be started" in said.what


def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "SECONDS", 1)
    began = time.monotonic()
    said = probe.command("sh -c 'sleep 30 & sleep 30'", {})
    assert (said.verdict, said.what) == (Probe.INCONCLUSIVE, "no answer within 1 s")
    assert time.monotonic() - began < 20
