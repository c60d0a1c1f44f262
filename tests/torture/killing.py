"""A room in which a real `seatwise apply` is killed at one place, or something befalls it there: a `git` before the real one
on PATH, and a vendor that stands for the embedded one.

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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

GIT = """#!/bin/sh
case " $* " in
*" push "*|*" fetch "*|*" ls-remote "*|*" update-ref "*|*" fast-import "*) ;;
*) exec {git} "$@" ;;
esac
n=$(($(cat {room}/git.count$RUNNER 2>/dev/null || echo 0) + 1))
echo $n > {room}/git.count$RUNNER
test "$MEANWHILE_AT" = "git $n" && eval "$MEANWHILE"
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
                calls.write(json.dumps([self._account.id, change.who, *skus]) + "\\n")
            outcomes = list(super().apply([change]))
            self.die(f"after vendor {{number}}")
            yield from outcomes

    def die(self, place):
        if os.environ.get("KILL_AT") == place:
            os.kill(os.getpid(), signal.SIGKILL)
"""
SITE = """
import os, select, time
if "FAKETIME_TIMESTAMP_FILE" in os.environ:  # libfaketime refuses the absolute sleeps of Python while its clock moves
    time.sleep = lambda seconds: select.select([], [], [], seconds) and None
from seatwise import vendors
from seatwise.edges import gitrun
vendors.BUILT_IN["sandbox"] = "torture_vendor:Killed"
gitrun.PATIENCE_SECONDS = float(os.environ.get("PATIENCE", gitrun.PATIENCE_SECONDS))
"""


@dataclass(slots=True)
class Tally:
    """What the whole torture did, for the line at its end."""

    runs: int = 0
    kills: int = 0
    recoveries: int = 0


TALLY = Tally()


@dataclass(frozen=True, slots=True)
class Room:
    """The hooks' folder. Calls that the vendor was asked for are listed in `calls`. `through` is the program that starts
    every process here, `env` what they find in their environment."""

    folder: Path
    through: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def vendor(self) -> Path:
        """What must be on the path of imports."""
        return self.folder / "site"

    def patient(self, seconds: float) -> Room:
        """The same room, in which a git that takes longer counts as stuck."""
        return replace(self, env={**self.env, "PATIENCE": str(seconds)})

    def start(
        self, root: Path, *args: str, kill_at: str = "", meanwhile: tuple[str, str] = ("", ""), name: str = ""
    ) -> subprocess.Popen[str]:
        """One real seatwise process in that repository; `meanwhile`: a place of git, and what a shell does before it.
        Several at once each need a name."""
        TALLY.runs += 1
        (self.folder / f"git.count{name}").unlink(missing_ok=True)
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        at, does = meanwhile
        env = {**os.environ, "PATH": path, "PYTHONPATH": str(self.vendor), "KILL_AT": kill_at, "RUNNER": name,
               "MEANWHILE_AT": at, "MEANWHILE": does, **self.env}  # fmt: skip
        call = [*self.through, sys.executable, "-m", "seatwise", "-C", str(root), *args]
        return subprocess.Popen(call, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(
        self, root: Path, *args: str, kill_at: str = "", meanwhile: tuple[str, str] = ("", "")
    ) -> subprocess.CompletedProcess[str]:
        """The same, to its end."""
        return ended(self.start(root, *args, kill_at=kill_at, meanwhile=meanwhile))

    def killed(self, root: Path, kill_at: str) -> bool:
        """Whether an apply came to that place and was killed there."""
        return self.run(root, "apply", kill_at=kill_at).returncode == -signal.SIGKILL

    @property
    def git_calls(self) -> int:
        """How many places of git the last process passed."""
        count = self.folder / "git.count"
        return int(count.read_text()) if count.exists() else 0

    @property
    def calls(self) -> Sequence[tuple[str | None, ...]]:
        """Account, person, and the skus before and after."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    def once(self) -> None:
        """From now on the vendor is one that may not be asked twice."""
        (self.folder / "once").touch()

    @property
    def only_once(self) -> bool:
        return (self.folder / "once").exists()


def ended(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """What a process said and how it ended. A git that outlives a killed one is not waited for longer than it may take."""
    with process:
        out, err = process.communicate(timeout=300)
    TALLY.kills += process.returncode == -signal.SIGKILL
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def room(folder: Path) -> Room:
    folder.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin/git").write_text(GIT.format(git=shutil.which("git"), room=folder))
    (folder / "bin/git").chmod(0o755)
    site = folder / "site"
    site.mkdir()
    (site / "torture_vendor.py").write_text(VENDOR.format(room=str(folder)))
    (site / "sitecustomize.py").write_text(SITE)
    return Room(folder)
