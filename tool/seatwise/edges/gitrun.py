"""One call of the git program: arguments → what it answered, or a Stop that says why not.

Nothing of the caller's surroundings leaks in: variables that point git at another repository are dropped (a hook sets
them), replaced objects are not followed (they would hide what a commit really says), and no hook or file monitor runs.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seatwise.core.model import Exit, Stop

ELSEWHERE = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
    }
)  # fmt: skip
"""Variables that make git work on another repository, index or history than the one it is asked about."""

FIXED = {
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}

QUIET = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.quotePath=false", "gc.auto=0", "maintenance.auto=false",
    "log.showSignature=false", "i18n.logOutputEncoding=UTF-8", "i18n.commitEncoding=UTF-8", "commit.gpgSign=false",
)  # fmt: skip

OLDEST = (2, 38)
"""The first git with `merge-tree --write-tree`."""

PATIENCE_SECONDS = 300
"""How long one call may take before its remote counts as unreachable."""

_PASSWORD = re.compile(r"://[^\s'\"]*@")


@dataclass(frozen=True, slots=True)
class Answer:
    """What git said. `code` is its exit code, already among those that the caller expects."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return os.fsdecode(self.out).strip()


def run(
    folder: Path,
    args: Sequence[str],
    *,
    put: bytes = b"",
    env: Mapping[str, str] | None = None,
    expect: Collection[int] = (0,),
) -> Answer:
    """What `git ARGS` answers in that folder, given `put` on its standard input.

    Raises Stop where git is missing, takes too long, or ends with a code that isn't expected.
    """
    call = ["git", *(part for setting in QUIET for part in ("-c", setting)), *args]
    try:
        done = subprocess.run(call, cwd=folder, input=put, env=environment(env or {}), capture_output=True,
                              timeout=PATIENCE_SECONDS, check=False)  # fmt: skip
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _not_started(folder) from error
    except subprocess.TimeoutExpired as error:
        fix = "look whether the remote answers, then run again"
        raise Stop(Exit.ERROR, f"git {args[0]} gave no answer within {PATIENCE_SECONDS} s", fix) from error
    answer = Answer(done.returncode, done.stdout, clean(done.stderr))
    if answer.code not in expect:
        raise Stop(Exit.ERROR, f"git {args[0]} failed in {folder}: {answer.err or f'exit {answer.code}'}")
    return answer


def environment(added: Mapping[str, str]) -> dict[str, str]:
    """The environment that git runs in."""
    kept = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return {**kept, **FIXED, **added}


def clean(said: bytes) -> str:
    """Git's words on one line, without the password that a remote's URL may hold."""
    text = _PASSWORD.sub("://***@", said.decode("utf-8", "replace"))
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def _not_started(folder: Path) -> Stop:
    if folder.is_dir():
        return Stop(Exit.ERROR, "git isn't installed", f"install git {'.'.join(map(str, OLDEST))} or newer")
    return Stop(Exit.ERROR, f"there is no folder {folder}", "name the folder of your repository: seatwise -C DIR")


def no_repository(folder: Path, answer: Answer) -> Stop:
    """What to say where git finds no repository, or one of somebody else's that it won't open."""
    if "dubious ownership" in answer.err:
        fix = f"if you trust it: git config --global --add safe.directory {folder.resolve()}"
        return Stop(Exit.ERROR, f"{folder} belongs to somebody else; git doesn't open it", fix)
    return Stop(Exit.ERROR, f"{folder} is in no git repository", "git init there, or name a folder: seatwise -C DIR")
