"""A gate asks whether people can work: an https address, or a command that whoever runs apply has named.

What is asked never comes from the repository as something to run: a policy may hold an address, and nothing more.
An answer of 2xx, or exit code 0, is success; 4xx, or exit code 1, is failure; everything else tells nothing: no answer in
time, no connection, a redirect, 429, 5xx, any other exit code.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping

from seatwise.core.model import Probe, Sample

SECONDS = 60
"""How long an answer may take."""
WORDS = 200
"""Characters kept of what it says."""


def command(call: str, about: Mapping[str, str]) -> Sample:
    """What the command says; `about` are variables that tell it which gate is meant."""
    try:
        words = shlex.split(call)
        running = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, **about},
        )  # fmt: skip
    except (OSError, ValueError, IndexError) as error:
        return Sample(Probe.INCONCLUSIVE, f"the command can't be started: {error}"[:WORDS])
    try:
        said, _ = running.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        return Sample(Probe.INCONCLUSIVE, f"no answer within {SECONDS} s")
    verdict = {0: Probe.SUCCESS, 1: Probe.FAILURE}.get(running.returncode, Probe.INCONCLUSIVE)
    return Sample(verdict, _last(said) or f"exit {running.returncode}")


def address(url: str, about: Mapping[str, str]) -> Sample:
    """What the address answers to a GET; the gate is named in its query."""
    from urllib.error import HTTPError, URLError
    from urllib.parse import urlencode
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class Still(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """An answer from elsewhere says nothing of what was asked."""

    asked = Request(f"{url}{'&' if '?' in url else '?'}{urlencode(about)}", headers={"User-Agent": "seatwise"})
    try:
        with build_opener(Still).open(asked, timeout=SECONDS) as answer:
            return Sample(Probe.SUCCESS, f"{answer.status}")
    except HTTPError as error:
        refused = 400 <= error.code < 500 and error.code != 429
        return Sample(Probe.FAILURE if refused else Probe.INCONCLUSIVE, f"{error.code} {error.reason}"[:WORDS])
    except (URLError, OSError, ValueError) as error:
        return Sample(Probe.INCONCLUSIVE, f"no answer: {getattr(error, 'reason', error)}"[:WORDS])


def _last(said: bytes) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines()]
    return next((line for line in reversed(lines) if line), "")[:WORDS]
