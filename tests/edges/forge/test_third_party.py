"""The adapter of GitHub at a server that others wrote: npm's `emulate`, where it is at hand.

It is looked for as SEATWISE_EMULATE, or as `emulate` on the path; 0.11.2 was tried. It has no activity, rulesets and statuses;
and neither the events of a pull request nor the pull requests of a commit, which stand before it here as if there were no event,
and as if each commit had all pull requests.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from seatwise.core.model import Forge, Says
from seatwise.edges.clock import SystemClock
from seatwise.edges.forge.github import GitHub
from seatwise.edges.http import Call, Client
from seatwise.edges.logins import Bearer
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Reply, Request, served

PROGRAM = os.environ.get("SEATWISE_EMULATE") or shutil.which("emulate") or ""
REPOSITORY = "ann/licences"
MARK = "<!-- seatwise -->"
SEED = """tokens:
  tok_ann: {login: ann, scopes: [repo, user]}
  tok_bo: {login: bo, scopes: [repo, user]}
github:
  users: [{login: ann, name: Ann, email: ann@acme.example}, {login: bo, name: Bo, email: bo@acme.example}]
  repos: [{owner: ann, name: licences, auto_init: true}]
"""
pytestmark = pytest.mark.skipif(not PROGRAM, reason="npm's emulate is not at hand (SEATWISE_EMULATE, or on the path)")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "seed.yaml").write_text(SEED)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [PROGRAM, "start", "--seed", "seed.yaml", "--service", "github", "--port", str(port), "--base-url", url]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log)
    try:
        _awaited(port)
        with served(Before(url)) as server:
            yield server.url
    finally:
        process.terminate()
        process.wait(10)


class Before:
    """Passes everything on but what the server behind it lacks."""

    def __init__(self, url: str) -> None:
        self.url = url

    def answer(self, request: Request) -> Reply:
        at = f"/repos/{REPOSITORY}"
        if request.path.startswith(f"{at}/issues/") and request.path.endswith("/events"):
            return Reply(200, [])
        if request.path.startswith(f"{at}/commits/") and request.path.endswith("/pulls"):
            return self._passed(replace(request, path=f"{at}/pulls", query={"state": "all"}))
        return self._passed(request)

    def _passed(self, request: Request) -> Reply:
        headers = {"Authorization": request.headers["authorization"], "Content-Type": "application/json"}
        pool, url = urllib3.PoolManager(), f"{self.url}{request.path}?{urlencode(request.query)}"
        said = pool.request(request.method, url, body=request.data or None, headers=headers, retries=False)
        pool.clear()
        return Reply(said.status, said.data or None)


def _awaited(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("emulate does not answer")


def calls(url: str, who: str, method: str, path: str, body: Any = None) -> Any:
    client = Client(url, Bearer(f"tok_{who}"), SystemClock(), Pace(1000, 1000))
    return client.send(Call(method, f"repos/{REPOSITORY}/{path}", body=body)).json()


def forge(url: str) -> Forge:
    site = Site(Path("/nowhere"), SystemClock(), lambda path: (b"", SystemClock().now()), {"FORGE": "tok_ann"})
    return GitHub({"kind": "github", "repository": REPOSITORY, "url": url, "token": "env:FORGE"}, site)


def opened(url: str) -> str:
    main = calls(url, "ann", "GET", "git/ref/heads/main")["object"]["sha"]
    calls(url, "ann", "POST", "git/refs", {"ref": "refs/heads/seats", "sha": main})
    text = {"message": "seats", "content": b64encode(b"one").decode(), "branch": "seats"}
    calls(url, "ann", "PUT", "contents/seats.yaml", text)
    asked = {"title": "Seats", "head": "seats", "base": "main"}
    return str(calls(url, "ann", "POST", "pulls", asked)["number"])


def test_a_pull_request_that_was_approved_and_merged_is_found_by_its_commit(address: str) -> None:
    number = opened(address)
    head = calls(address, "ann", "GET", f"pulls/{number}")["head"]["sha"]
    calls(address, "bo", "POST", f"pulls/{number}/reviews", {"event": "APPROVE", "body": "fine"})
    request = forge(address).request(number)
    assert [(vote.login, vote.says, vote.commit) for vote in request.votes] == [("bo", Says.APPROVED, head)]
    assert (request.author, request.base, request.head, request.merged) == ("ann", "main", head, "")

    commit = calls(address, "ann", "PUT", f"pulls/{number}/merge", {"merge_method": "squash"})["sha"]
    found = forge(address).by(commit)
    assert found is not None
    assert (found.number, found.merged, found.merger) == (number, commit, "ann")


def test_one_comment_is_kept_current(address: str) -> None:
    number = opened(address)
    first = forge(address).comment(number, MARK, "3 seats")
    assert forge(address).comment(number, MARK, "4 seats") == first
    bodies = [one["body"] for one in calls(address, "ann", "GET", f"issues/{number}/comments")]
    assert bodies == [f"{MARK}\n4 seats"]
