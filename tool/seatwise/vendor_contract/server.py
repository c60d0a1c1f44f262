"""A loopback server that an emulator answers through, with faults on the way; what passes is held against a contract.

An emulator keeps state and says what each request is answered with; here it is served, limited, broken and recorded.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What was asked; names of headers are in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data) if self.data else None

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.data.decode()))

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")


@dataclass(frozen=True)
class Reply:
    """`body` becomes JSON; None: nothing at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"

    @property
    def data(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Fault:
    """What goes wrong with the next `times` requests that match, after `skip` of them."""

    kind: str
    times: int = 1
    skip: int = 0
    matches: Callable[[Request], bool] = lambda request: True
    reply: Reply | None = None
    rewrites: Callable[[Request, Reply], Reply] | None = None


class Emulator(Protocol):
    def answer(self, request: Request) -> Reply: ...


Checker = Callable[[Request, Reply], None]
"""Raises AssertionError where either is against the contract."""


def unchecked(request: Request, reply: Reply) -> None:
    """There is no contract at hand."""


class Served:
    """One emulator at work on loopback."""

    def __init__(self, emulator: Emulator, checks: Checker = unchecked) -> None:
        self.emulator, self.checks = emulator, checks
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"served": self}))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def breaks(self, kind: str, **how: Any) -> None:
        """Switches a fault on: a status (`429`), or truncated, slow, html, huge, empty, drop (before anything is done), lost
        (after it), `reply` with that very Reply, or `rewrites`: what is answered in place of what would have been."""
        self.faults.append(Fault(kind, **how))

    def calls(self, method: str = "") -> list[Request]:
        return [one for one in self.requests if method in ("", one.method)]

    def meets(self, request: Request) -> Fault | None:
        """The fault that this request meets."""
        for fault in list(self.faults):
            if not fault.matches(request):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None

    def replied(self, request: Request) -> Reply:
        reply = self.emulator.answer(request)
        try:
            self.checks(request, reply)
        except AssertionError as error:
            self.violations.append(f"{request.method} {request.path}: {error}")
        return reply


@contextmanager
def served(emulator: Emulator, checks: Checker = unchecked) -> Iterator[Served]:
    """The emulator on loopback, ended at the end; whatever was against the contract fails the test."""
    server = Served(emulator, checks)
    try:
        yield server
    finally:
        server.close()
    assert not server.violations, "\n".join(server.violations)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    """Head and body go at once: else each answer waits 40 ms for an acknowledgement."""
    served: Served

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def handle_one(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()}, self.rfile.read(length),
        )  # fmt: skip
        with self.served.lock:
            self.served.requests.append(request)
            fault = self.served.meets(request)
            reply = self.broken(request, fault) if fault else self.served.replied(request)
        if reply is not None:
            self.tells(reply, fault.kind if fault else "")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_one

    def broken(self, request: Request, fault: Fault) -> Reply | None:
        if fault.kind == "drop":
            self.cut()
            return None
        if fault.kind == "lost":
            self.served.replied(request)
            self.cut()
            return None
        if fault.rewrites is not None:
            return fault.rewrites(request, self.served.replied(request))
        if fault.reply is not None:
            return fault.reply
        if fault.kind.isdecimal():
            return Reply(int(fault.kind), {"message": "the emulator was told to"})
        if fault.kind == "html":
            return Reply(200, b"<html>sign in</html>", kind="text/html")
        if fault.kind == "empty":
            return Reply(200, b"[]" if isinstance(self.served.replied(request).body, list) else b"{}")
        if fault.kind == "huge":
            return Reply(200, b'"' + b"x" * (70 * 2**20) + b'"')
        return self.served.replied(request)

    def cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def tells(self, reply: Reply, fault: str) -> None:
        data = reply.data
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if data:
            self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(data) + (10 if fault == "truncated" else 0)))
        self.end_headers()
        try:
            if fault == "slow":
                for byte in data:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
            else:
                self.wfile.write(data)
        except OSError:
            pass
        if fault == "truncated":
            self.cut()
