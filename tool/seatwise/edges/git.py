"""A git repository: commits, trees and files come out as plain values; branches are written without a work tree."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from seatwise.core.model import Exit, Stop
from seatwise.edges import gitread, gitwrite
from seatwise.edges.clock import Clock, SystemClock
from seatwise.edges.gitlog import FORMAT, Changed, Commit, changes, commits
from seatwise.edges.gitread import Entry, safe
from seatwise.edges.gitrun import no_repository, run

__all__ = ["Changed", "Commit", "Entry", "Git", "Merge"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Merge:
    """What merging two commits would give: the tree, or None and the paths that conflict."""

    tree: str | None
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Git:
    """`root` is the top of the work tree; of a bare repository, its folder."""

    root: Path
    clock: Clock = field(default_factory=SystemClock)
    memory: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What need not be asked twice in one run: who works here, which remotes there are, which journals were verified."""

    @classmethod
    def open(cls, path: Path | str, clock: Clock | None = None) -> Git:
        """The repository that this folder is in. Raises Stop where there is none, or no git."""
        asked = ["--is-bare-repository", "--is-shallow-repository", "--absolute-git-dir", "--show-toplevel"]
        answer = run(Path(path), ["rev-parse", *asked], expect=(0, 128))
        bare, shallow, *folders = answer.text.split("\n", 3) if answer.text else ("", "")
        if answer.code and bare != "true":  # a bare one has no top, and says so last
            fix = "name the folder of your repository: seatwise -C DIR"
            raise Stop(Exit.ERROR, f"{path} is git's own folder", fix) if folders else no_repository(Path(path), answer)
        return cls(Path(folders[-1]), clock or SystemClock(), {"shallow": shallow == "true"})

    def resolve(self, rev: str) -> str | None:
        """The full id of the commit that this names, or None."""
        call = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{safe(rev)}^{{commit}}"]
        return run(self.root, call, expect=(0, 1, 128)).text or None

    def files(self, commit: str, prefixes: Sequence[str] = ()) -> dict[str, bytes]:
        """Path → content of the plain files under these files and folders (none named: all), of a commit or a tree."""
        return gitread.files(self.root, commit, prefixes)

    def others(self, commit: str, prefixes: Sequence[str] = ()) -> dict[str, str]:
        """Path → what stands there, of all that is no plain file."""
        return gitread.others(gitread.entries(self.root, commit, prefixes))

    def entries(self, commit: str, prefixes: Sequence[str] = ()) -> tuple[Entry, ...]:
        return gitread.entries(self.root, commit, prefixes)

    def blobs(self, shas: Sequence[str]) -> dict[str, bytes]:
        """Id → content; nothing is remembered, so big ones cost no memory later."""
        return gitread.blobs(self.root, shas)

    def worktree(self, prefixes: Sequence[str] = ()) -> tuple[dict[str, bytes], dict[str, str]]:
        """Path → content of the files on disk, tracked or new and not ignored; path → what stands where no file does."""
        return gitread.on_disk(self.root, prefixes)

    def dirty(self, prefixes: Sequence[str] = ()) -> tuple[str, ...]:
        """Paths on disk that differ from the commit that is checked out, new ones too."""
        return gitread.changed(self.root, prefixes)

    def head(self) -> str | None:
        return self.resolve("HEAD")

    def tip(self, branch: str, remote: str = "origin") -> str | None:
        """The branch as last fetched from the remote; where there is no such remote, as it is here."""
        ref = f"refs/heads/{branch}"
        return self.at(gitwrite.tracking(remote, ref) if self.has_remote(remote) else ref)

    def at(self, ref: str) -> str | None:
        """Where a full ref stands here."""
        return gitwrite.standing(self.root, [ref]).get(ref)

    def standing(self, refs: Sequence[str]) -> dict[str, str]:
        """Ref → commit, of those that exist here; a folder of refs names all in it."""
        return gitwrite.standing(self.root, refs)

    def who(self) -> str:
        """Name and mail of whoever works in this clone."""
        name, mail = self._who()
        return f"{name} <{mail}>"

    def _who(self) -> tuple[str, str]:
        return self._once("who", lambda: gitwrite.who(self.root))

    def _once(self, what: str, ask: Callable[[], T]) -> T:
        """What was asked before, or else is asked now."""
        if what not in self.memory:
            self.memory[what] = ask()
        found: T = self.memory[what]
        return found

    def is_shallow(self) -> bool:
        return self._once("shallow", lambda: run(self.root, ["rev-parse", "--is-shallow-repository"]).text == "true")

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` is `old` or comes after it."""
        if old == new:
            return True
        return run(self.root, ["merge-base", "--is-ancestor", safe(old), safe(new)], expect=(0, 1)).code == 0

    def merge_base(self, ours: str, theirs: str) -> str | None:
        return run(self.root, ["merge-base", safe(ours), safe(theirs)], expect=(0, 1)).text or None

    def first_parents(self, old: str | None, new: str) -> tuple[Commit, ...]:
        """The commits of `new` along first parents that `old` (None: nothing) doesn't have, oldest first."""
        span = f"{safe(old)}..{safe(new)}" if old else safe(new)
        out = run(self.root, ["log", "-z", "--first-parent", "--reverse", f"--format={FORMAT}", span, "--"]).out
        return tuple(commits(out))

    def changes(self, new: str) -> dict[str, tuple[Changed, ...]]:
        """Commit → the paths that it changes against its first parent, of all commits of `new` along first parents."""
        call = [
            "log",
            "-z",
            "--first-parent",
            "--root",
            "-m",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--format=%x02%H",
        ]
        return changes(run(self.root, [*call, safe(new), "--"]).out)

    def between(self, base: str, head: str) -> tuple[Commit, ...]:
        """The commits that `head` has and `base` (empty: nothing) has not, newest first."""
        span = f"{safe(base)}..{safe(head)}" if base else safe(head)
        return tuple(commits(run(self.root, ["log", "-z", f"--format={FORMAT}", span, "--"]).out))

    def root_commit(self) -> str:
        """The oldest commit, by first parents, of what is checked out; empty where nothing is committed."""
        answer = run(self.root, ["rev-list", "--first-parent", "--max-parents=0", "HEAD"], expect=(0, 128))
        return answer.text.splitlines()[-1] if answer.code == 0 and answer.text else ""

    def bring(self, remote: str, commit: str) -> bool:
        """Whether a commit is here, or could be fetched by its name."""
        if self.resolve(commit) is None:
            options = ["-q", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"]
            run(self.root, ["fetch", *options, "--", remote, safe(commit)], expect=(0, 1, 128))
        return self.resolve(commit) is not None

    def told(self, commit: str) -> Commit:
        """Who made this commit, when, and what it says."""

        def ask() -> Commit:
            out = run(self.root, ["log", "-z", "-1", f"--format={FORMAT}", safe(commit), "--"]).out
            return next(commits(out))

        return self._once(f"told {commit}", ask) if gitread.is_full(commit) else ask()

    def merged(self, ours: str, theirs: str) -> Merge:
        """What a merge of the two would hold; nothing is committed. `files` takes its tree."""
        call = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", safe(ours), safe(theirs)]
        answer = run(self.root, call, expect=(0, 1))
        tree, *paths = answer.text.split("\0")
        return Merge(tree) if answer.code == 0 else Merge(None, tuple(dict.fromkeys(filter(None, paths))))

    def setting(self, name: str) -> str:
        """What this clone's own configuration says under a name; empty: nothing."""
        return run(self.root, ["config", "--local", "--get", name], expect=(0, 1)).text

    def set(self, name: str, value: str) -> None:
        """Lets this clone's own configuration say that, once."""
        run(self.root, ["config", "--local", "--replace-all", name, value])

    def last_changed(self, commit: str, path: str) -> datetime | None:
        """When the newest commit that touched the path was made."""
        when = run(self.root, ["log", "-1", "--format=%cI", safe(commit), "--", path]).text
        return datetime.fromisoformat(when).astimezone(UTC) if when else None

    def name(self) -> str:
        """The name that commits made here carry."""
        return self._who()[0]

    def remotes(self) -> tuple[str, ...]:
        return self._once("remotes", lambda: tuple(run(self.root, ["remote"]).text.split()))

    def has_remote(self, name: str) -> bool:
        return name in self.remotes()

    def fetch(self, remote: str, refs: Sequence[str], have: Collection[str] = ()) -> dict[str, str]:
        """Full ref (`*`: any name) → commit, as the remote has them now, objects and all; what it lacks is left out.
        `have`: commits that are known to be here."""
        return gitwrite.fetch(self.root, remote, refs, have)

    def push(self, remote: str, refspec: str, expect: str | None) -> bool:
        """Whether `COMMIT:REF` moved the remote's ref from `expect` (None: nowhere); False: somebody was first."""
        return gitwrite.push(self.root, remote, refspec, expect)

    def commit(self, parent: str | None, files: Mapping[str, bytes | None], message: str) -> str:
        """A new commit on `parent` with these files written (None: removed). No ref, index or work tree is touched."""
        return gitwrite.commit(self.root, parent, files, message, gitwrite.signature(self._who(), self.clock.now()))

    def note(self, refs: Mapping[str, str]) -> None:
        """Lets refs that only this clone writes stand at these commits."""
        gitwrite.note(self.root, refs)

    def move(self, ref: str, new: str, expect: str | None) -> bool:
        """Whether the ref here stood at `expect` (None: nowhere) and now stands at `new`."""
        return gitwrite.move(self.root, ref, new, expect)

    def append(self, ref: str, files: Mapping[str, bytes | None], message: str, expect: str | None) -> str | None:
        """The new commit on a ref of this repository; None where the ref no longer stands at `expect`."""
        new = self.commit(expect, files, message)
        return new if self.move(ref, new, expect) else None

    def can_be_branch(self, name: str) -> bool:
        """Whether git takes it for a branch's name, as it stands."""
        answer = run(self.root, ["check-ref-format", "--branch", name], expect=(0, 128))
        return answer.code == 0 and answer.text == name

    def write_branch(self, branch: str, parent: str, files: Mapping[str, bytes | None], message: str) -> str:
        """The new commit, which the branch now stands at. Raises Stop where it stood elsewhere, or is checked out."""
        ref = f"refs/heads/{branch}"
        here = self.at(ref)
        fix = f"name another branch, or delete it: git branch -D {branch}"
        if here not in (None, parent):
            raise Stop(Exit.ERROR, f"branch {branch} exists already, at {str(here)[:9]}", fix)
        if f"branch {ref}" in run(self.root, ["worktree", "list", "--porcelain"]).text.splitlines():
            raise Stop(Exit.ERROR, f"branch {branch} is checked out", "name a new branch")
        new = self.commit(parent, files, message)
        if not self.move(ref, new, here):
            raise Stop(Exit.ERROR, f"branch {branch} was moved by somebody else just now", fix)
        return new
