"""The journal over http: what a forge serves, here served by git's own backend on the loopback."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.edges.gitroom import NOON, bare, clone, git
from tests.edges.test_journal import REF, types

from seatwise.core.model import Exit, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.journal import Journal, Moved

BACKEND = Path(subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip())
pytestmark = pytest.mark.skipif(
    not (BACKEND / "git-http-backend").exists(), reason="this git comes without its http server"
)


class _Backend(BaseHTTPRequestHandler):
    """Hands each request to `git http-backend`, by CGI, as a web server does."""

    folder: Path

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def _serve(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        env = {
            **os.environ, "GIT_PROJECT_ROOT": str(self.folder), "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "ada",
            "REMOTE_ADDR": "127.0.0.1", "REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }  # fmt: skip
        done = subprocess.run([BACKEND / "git-http-backend"], env=env, input=body, capture_output=True, check=True)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: what matters is what the journal says."""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty remote behind http, on the loopback: git may speak http to it, and to no proxy."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:http")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    bare(tmp_path / "forge" / "licences.git")
    handler = type("Backend", (_Backend,), {"folder": tmp_path / "forge"})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/licences.git"
    server.shutdown()
    thread.join()
    server.server_close()


def test_two_clones_share_a_journal_over_http_and_who_comes_second_writes_nothing(served: str, tmp_path: Path) -> None:
    one, two = (Journal(clone(served, tmp_path / name), REF, "origin", SetClock(NOON)) for name in ("one", "two"))
    two.read()
    one.append([{"type": "resolved"}])
    with pytest.raises(Moved):
        two.append([{"type": "intent"}])
    one.begin("a", 900)
    with pytest.raises(Stop, match="run a holds seatwise/journal/m365") as stop:
        two.begin("b", 900)
    assert stop.value.code is Exit.LOCKED
    one.end("a")
    two.begin("b", 900)
    assert types(one.read()) == ["resolved", "begin", "end", "begin"]
    assert git(tmp_path / "forge" / "licences.git", "rev-list", "--count", REF) == "4"


def test_a_server_that_is_down_is_an_error_and_nothing_is_written(served: str, tmp_path: Path) -> None:
    journal = Journal(clone(served, tmp_path / "one"), REF, "origin", SetClock(NOON))
    journal.append([{"type": "intent"}])
    git(tmp_path / "one", "remote", "set-url", "origin", "http://127.0.0.1:9/licences.git")
    with pytest.raises(Stop) as stop:
        journal.append([{"type": "outcome"}])
    assert stop.value.code is Exit.ERROR and stop.value.fix
    git(tmp_path / "one", "remote", "set-url", "origin", served)
    assert types(journal.read()) == ["intent"]
