"""A branch that many write to: it stands at its remote; where there is none, here. It moves by compare-and-swap."""

from __future__ import annotations

import re
from dataclasses import dataclass

from seatwise.core.model import Exit, Stop
from seatwise.edges.git import Git
from seatwise.edges.gitwrite import tracking

_NAME = re.compile(r"refs/heads/[A-Za-z0-9_][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_][A-Za-z0-9_-]*)*")


@dataclass(frozen=True, slots=True)
class Branch:
    """`ref` is the full name. Without a remote this clone is the only writer."""

    git: Git
    ref: str
    remote: str | None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.ref) or self.ref.endswith(".lock"):
            fix = "letters, digits, - and _ between slashes: journal: {prefix: seatwise/journal}"
            raise Stop(Exit.ERROR, f"{self.ref.removeprefix('refs/heads/')!r} is no name for a branch", fix)

    @property
    def name(self) -> str:
        return self.ref.removeprefix("refs/heads/")

    @property
    def seen_ref(self) -> str:
        """Where this clone keeps the newest commit that it has verified. An ordinary fetch does not touch it."""
        return f"refs/seatwise/seen/{self.remote or 'here'}/{self.name}"

    def kept(self) -> tuple[str | None, str | None]:
        """The newest commit that this clone has verified, and the one at which it saw the branch stand last."""
        refs = [tracking(self.remote, self.ref), self.ref] if self.remote else [self.ref]
        here = self.git.standing([self.seen_ref, *refs])
        return here.get(self.seen_ref), next((here[ref] for ref in refs if ref in here), None)

    def stands(self, *, fetch: bool = True, have: str | None = None) -> str | None:
        """The commit that it stands at, its objects here; without fetching, as this clone saw it last. `have`: a commit whose
        objects are here, so that nothing is fetched where it stands there."""
        if self.remote and fetch:
            return self.git.fetch(self.remote, [self.ref], [have] if have else []).get(self.ref)
        return self.kept()[1]

    def swap(self, new: str, expect: str | None, *, verified: bool = False) -> bool:
        """Whether it stood at `expect` (None: nowhere) and now stands at `new`; where `verified`, that is kept too."""
        seen = {self.seen_ref: new} if verified else {}
        if not self.remote:
            moved = self.git.move(self.ref, new, expect)
        elif moved := self.git.push(self.remote, f"{new}:{self.ref}", expect):
            # git's push does so only where the clone is set up to fetch this branch: a bare one is not
            seen[tracking(self.remote, self.ref)] = new
        if moved and seen:
            self.git.note(seen)
        return moved
