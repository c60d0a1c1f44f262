"""A remote that git did not read: which one it is and why, in our words, and never what may hold a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.edges.gitroom import git, repository

from seatwise.core.model import Exit, Stop
from seatwise.edges.gitrun import Answer, clean
from seatwise.edges.remote import why

REF = "refs/heads/j"


def said(folder: Path, url: str) -> Stop:
    """What reading from a remote at this address comes to."""
    repo = repository(folder, a="a")
    git(folder, "remote", "add", "origin", url)
    with pytest.raises(Stop) as stop:
        repo.fetch("origin", [REF])
    assert stop.value.code is Exit.ERROR
    assert "git ls-remote origin" in stop.value.fix
    assert not any(secret in f"{stop.value.what} {stop.value.fix}" for secret in ("hush", "pa%40ss", "fatal"))
    return stop.value


@contextmanager
def answering(code: int) -> Iterator[int]:
    """The port of a server that answers everything so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code, "hush")
            if code == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("url", "where", "reason"),
    [
        ("/nowhere/x.git", "/nowhere/x.git", "there is no repository there, or this login may not see it"),
        ("http://u:pa%40ss@127.0.0.1:1/x.git?token=hush", "http://127.0.0.1:1/x.git", "nothing answers there"),
        ("ssh://git@127.0.0.1:1/x.git", "ssh://127.0.0.1:1/x.git", "nothing answers there"),
    ],
)
def test_a_remote_that_is_not_there_is_named_with_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, where: str, reason: str
) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:http:ssh")
    assert said(tmp_path, url).what == f"remote origin can't be reached at {where}: {reason}"


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (401, "remote origin refuses the login: {}"),
        (403, "remote origin refuses the login: {}"),
        (404, "remote origin can't be reached at {}: there is no repository there, or this login may not see it"),
        (503, "remote origin can't be reached at {}: its server is in trouble"),
    ],
)
@pytest.mark.parametrize("user", ["", "u:hush@"])
def test_a_server_that_refuses_the_login_reads_unlike_one_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, what: str, user: str
) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    with answering(code) as port:
        found = said(tmp_path, f"http://{user}127.0.0.1:{port}/x.git")
    assert found.what == what.format(f"http://127.0.0.1:{port}/x.git")


def test_an_ssh_server_that_does_not_know_the_key_refuses_the_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", "echo 'git@forge.example: Permission denied (publickey).' >&2; false")
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "ssh")
    assert said(tmp_path, "git@forge.example:x.git").what == "remote origin refuses the login: git@forge.example:x.git"


@pytest.mark.parametrize(
    ("err", "reason"),
    [
        ("fatal: unable to access 'https://x/': Could not resolve host: x", "there is no such host"),
        ("ssh: Could not resolve hostname x: Name or service not known", "there is no such host"),
        ("ssh: connect to host x port 22: Connection timed out", "it does not answer in time"),
        ("Host key verification failed.", "ssh does not know the key of its host"),
        (
            "fatal: unable to access 'https://x/': server certificate verification failed",
            "its certificate is not trusted",
        ),
        ("fatal: Authentication failed for 'https://x/'", "it refuses the login"),
        ("remote: hush", "git ends with 128"),
    ],
)
def test_gits_words_are_told_in_ours(err: str, reason: str) -> None:
    assert why(Answer(128, b"", err)) == reason


def test_a_password_with_an_at_or_a_slash_is_not_shown_either() -> None:
    assert clean(b"fatal: 'https://u:p@a/ss@x/y' is gone") == "fatal: 'https://***@x/y' is gone"
