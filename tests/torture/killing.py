"""A room in which a real `seatwise apply` is killed at one place: a `git` before the real one on PATH, and a vendor
that stands for the embedded one.

The program knows nothing of it. Places are counted: `git 7` is the seventh call of git that writes or talks to a remote,
`vendor 2` the second call that the vendor is asked for. Each dies before it, after it, or (git) while it is under way.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

GIT = """#!/bin/sh
case " $* " in
*" push "*|*" fetch "*|*" ls-remote "*|*" update-ref "*|*" fast-import "*) ;;
*) exec {git} "$@" ;;
esac
n=$(($(cat {room}/git.count 2>/dev/null || echo 0) + 1))
echo $n > {room}/git.count
case "$KILL_AT" in
"before git $n") kill -9 $PPID; exit 1 ;;
"while git $n") {git} "$@" & kill -9 $PPID; wait; exit 1 ;;
esac
{git} "$@"
code=$?
test "$KILL_AT" = "after git $n" && kill -9 $PPID
exit $code
"""
VENDOR = """
import json, os, signal
from dataclasses import replace
from seatwise.vendors.sandbox import Sandbox

ROOM = {room!r}

class Killed(Sandbox):
    @property
    def info(self):
        return replace(super().info, idempotent=not os.path.exists(ROOM + "/once"))

    def apply(self, changes):
        for change in changes:
            with open(ROOM + "/calls", "a+") as calls:
                calls.seek(0)
                number = len(calls.readlines()) + 1
                self.die(f"before vendor {{number}}")
                skus = [grant and grant.sku for grant in (change.before, change.after)]
                calls.write(json.dumps([change.who, *skus]) + "\\n")
            outcomes = list(super().apply([change]))
            self.die(f"after vendor {{number}}")
            yield from outcomes

    def die(self, place):
        if os.environ.get("KILL_AT") == place:
            os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass(frozen=True, slots=True)
class Room:
    """The hooks' folder. Calls that the vendor was asked for are listed in `calls`."""

    folder: Path

    @property
    def vendor(self) -> Path:
        """What must be on the path of imports."""
        return self.folder / "site"

    def run(self, root: Path, *args: str, kill_at: str = "") -> subprocess.CompletedProcess[str]:
        """One real seatwise process in that repository."""
        (self.folder / "git.count").unlink(missing_ok=True)
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "PYTHONPATH": str(self.vendor), "KILL_AT": kill_at}
        call = [sys.executable, "-m", "seatwise", "-C", str(root), *args]
        return subprocess.run(call, env=env, capture_output=True, text=True, check=False, timeout=300)

    def killed(self, root: Path, kill_at: str) -> bool:
        """Whether an apply came to that place and was killed there."""
        return self.run(root, "apply", kill_at=kill_at).returncode == -signal.SIGKILL

    @property
    def git_calls(self) -> int:
        """How many places of git the last process passed."""
        return int((self.folder / "git.count").read_text())

    @property
    def calls(self) -> Sequence[tuple[str, str | None, str | None]]:
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    def once(self) -> None:
        """From now on the vendor is one that may not be asked twice."""
        (self.folder / "once").touch()


def room(folder: Path) -> Room:
    folder.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin/git").write_text(GIT.format(git=shutil.which("git"), room=folder))
    (folder / "bin/git").chmod(0o755)
    site = folder / "site"
    site.mkdir()
    (site / "torture_vendor.py").write_text(VENDOR.format(room=str(folder)))
    (site / "sitecustomize.py").write_text(
        "from seatwise import vendors\nvendors.BUILT_IN['sandbox'] = 'torture_vendor:Killed'\n"
    )
    return Room(folder)
