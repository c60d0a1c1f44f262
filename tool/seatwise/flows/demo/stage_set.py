"""The set of the demo: a copy of the sample in a temporary repository with a bare remote, a clock that is moved by hand,
and the vendor's console. What the story does, it does through the same doors as everybody."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import seatwise
from seatwise.core.model import Exit, People, Stop, Tree
from seatwise.edges.clock import SetClock
from seatwise.flows.workspace import PREFIXES, Workspace
from seatwise.vendors import sandbox
from seatwise.vendors.sandbox.console import Console

if TYPE_CHECKING:
    from git import Repo

BEGINS = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in Berlin."""
SAMPLE = (*(p for p in PREFIXES if not p.startswith(".")), "hr", "sandbox", "exports")
ENGINEER = "Ada Lindqvist"


@dataclass(frozen=True, slots=True)
class Set:
    """Where the story is played. `say` prints a paragraph."""

    folder: Path
    clock: SetClock
    repo: Repo
    say: Callable[[str], None]

    @property
    def workspace(self) -> Workspace:
        """Opened anew for each command, as each command is a process of its own."""
        return Workspace.open(self.folder, self.clock, {})

    def tree(self) -> Tree:
        return self.workspace.sound_tree("HEAD")

    def people(self) -> People:
        return self.workspace.people(self.tree(), "HEAD", {})[0]

    def console(self, account: str) -> Console:
        """The vendor's administrator."""
        return sandbox.console(self.tree().settings.accounts[account], self.workspace.site("HEAD"))

    def wait(self, **time: int) -> None:
        """Moves the clock, and says so."""
        self.clock.sleep(timedelta(**time).total_seconds())
        self.say(f"   … the clock moves to {self.local_time()} …")

    def until(self, moment: datetime) -> None:
        """Moves the clock to that time, and says so."""
        self.clock.move_to(moment)
        self.say(f"   … the clock moves to {self.local_time()} …")

    def local_time(self) -> str:
        from zoneinfo import ZoneInfo

        return f"{self.clock.now().astimezone(ZoneInfo('Europe/Berlin')):%a %d %b %H:%M}"

    def commit(self, title: str, files: Mapping[str, str], branch: str = "") -> str:
        """Commits files, on a new branch where one is named (and leaves it again)."""
        if branch:
            self.repo.git.switch("-c", branch)
        for path, text in files.items():
            (self.folder / path).write_text(text, encoding="utf-8")
        self.repo.git.add("-A")
        self._git("commit", "-q", "-m", title)
        commit = str(self.repo.head.commit.hexsha)
        if branch:
            self.repo.git.switch("main")
        else:
            self.push()
        return commit

    def merge(self, branch: str, title: str) -> str:
        """Merges a branch as a forge does, and pushes it."""
        self._git("merge", "-q", "--no-ff", "-m", title, branch)
        self.push()
        return str(self.repo.head.commit.hexsha)

    def push(self) -> None:
        self.repo.git.push("-q", "origin", "main")

    def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    def _git(self, *words: str) -> None:
        at = self.clock.now().isoformat()
        with self.repo.git.custom_environment(GIT_AUTHOR_DATE=at, GIT_COMMITTER_DATE=at):
            self.repo.git.execute(["git", *words])


def build(folder: Path, say: Callable[[str], None]) -> Set:
    """A working repository of the sample company, and its bare remote beside it."""
    from git import Repo

    here = folder / "acme-licenses"
    for name in SAMPLE:
        _copy(_sample() / name, here / name)
    (here / ".gitignore").write_text(".seatwise/\n", encoding="utf-8")
    Repo.init(folder / "remote.git", bare=True, initial_branch="main")
    repo = Repo.init(here, initial_branch="main")
    with repo.config_writer() as config:
        config.set_value("user", "name", ENGINEER)
        config.set_value("user", "email", "ada.lindqvist@acme.example")
        config.set_value("commit", "gpgsign", "false")
    repo.create_remote("origin", str(folder / "remote.git"))
    made = Set(here, SetClock(BEGINS), repo, say)
    made.commit("Acme's licences as they are", {})
    repo.git.fetch("-q", "origin")
    return made


def _sample() -> Path:
    """The sample company: packed with the program, or beside it in a checkout."""
    package = Path(seatwise.__file__).parent
    for place in (package / "sample", package.parents[1]):
        if (place / "seatwise.yaml").is_file():
            return place
    raise Stop(
        Exit.ERROR, "the sample company is not installed with seatwise", "run the demo from a clone of its repository"
    )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
