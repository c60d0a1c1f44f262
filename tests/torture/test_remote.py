"""A remote that rejects, hangs, vanishes or is force-pushed while a run is under way, and an old job that runs again.

The run ends, says which remote it is, and writes nothing that it cannot stand by; when the remote is back, so are the seats.
"""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
from tests.edges.gitroom import git
from tests.torture.aftermath import healed, quiet
from tests.torture.dice import LONG
from tests.torture.scenes import Scene, copied, runner

JOURNAL = "refs/heads/seatwise/journal/v"
REJECTS = "printf '#!/bin/sh\\nexit 1\\n' > {hook}; chmod +x {hook}"
HANGS = "printf '#!/bin/sh\\nexec sleep 4 >/dev/null 2>&1\\n' > {hook}; chmod +x {hook}"
VANISHES = "mv {remote} {remote}.away"
REWINDS = "git -C {remote} update-ref " + JOURNAL + " $(git -C {remote} rev-list --max-parents=0 " + JOURNAL + ")"
STUCK = "exec sleep 60"
"""What a shell does: git itself gets no answer."""
SAYS = {REJECTS: "origin refuses", HANGS: "no answer within", VANISHES: "origin can't be reached",
        REWINDS: "it was rewritten", STUCK: "no answer within"}  # fmt: skip


def befallen(scene: Scene, trouble: str, number: int) -> int | None:
    """How a run ended when this befell the remote at that place of git; None: it did not come to it."""
    remote = Path(str(scene.company.remote))
    hook, head = remote / "hooks/pre-receive", git(remote, "rev-parse", JOURNAL)
    does = trouble.format(remote=remote, hook=hook)
    hooks, calls = scene.hooks.patient(1 if "sleep" in trouble else 60), len(scene.hooks.calls)
    done = hooks.run(scene.company.root, "apply", meanwhile=(f"git {number}", does))
    if scene.hooks.git_calls < number:
        return None
    if done.returncode:
        code = 9 if trouble == REWINDS else 5 if len(hooks.calls) > calls else 1
        said = " ".join((done.stdout + done.stderr).split())
        assert (done.returncode, SAYS[trouble] in said) == (code, True), (trouble, number, done.returncode, said)
    back(scene, trouble, head)
    return done.returncode


def back(scene: Scene, trouble: str, head: str) -> None:
    """The remote is as it was before the trouble."""
    remote = Path(str(scene.company.remote))
    if trouble == VANISHES:
        Path(f"{remote}.away").rename(remote)
    (remote / "hooks/pre-receive").unlink(missing_ok=True)
    quiet(scene.company)
    if trouble == REWINDS:
        seen = git(scene.company.root, "rev-parse", "refs/seatwise/seen/origin/seatwise/journal/v")
        git(remote, "update-ref", JOURNAL, seen)


def test_a_run_whose_remote_fails_ends_and_the_next_one_finishes(scene: Scene) -> None:
    """One after the other, before anything is written; `make torture` does each at every place."""
    for trouble, number in ((VANISHES, 2), (STUCK, 3), (REJECTS, 4)):
        assert befallen(scene, trouble, number) == 1
    healed(scene, "three troubles")


def test_a_journal_that_was_pushed_back_is_no_journal(scene: Scene) -> None:
    remote, company = Path(str(scene.company.remote)), scene.company
    head, calls = git(remote, "rev-parse", JOURNAL), company.calls()
    git(remote, "update-ref", JOURNAL, git(remote, "rev-list", "--max-parents=0", JOURNAL))
    rewound = git(remote, "for-each-ref")

    done = scene.hooks.run(company.root, "apply")

    assert (done.returncode, company.calls()) == (9, calls) and "it was rewritten" in done.stderr
    assert git(remote, "for-each-ref") == rewound
    git(remote, "update-ref", JOURNAL, head)


def test_an_old_job_that_runs_again_calls_nobody(scene: Scene) -> None:
    company, remote = scene.company, Path(str(scene.company.remote))
    old = runner(company, company.root.parent / "old")
    git(old, "reset", "-q", "--hard", "HEAD~1")
    calls, refs = company.calls(), git(remote, "for-each-ref")

    done = scene.hooks.run(old, "apply")

    assert (done.returncode, company.calls()) == (4, calls) and "an old job" in done.stderr
    assert git(remote, "for-each-ref") == refs


@pytest.mark.skipif(not LONG, reason="make torture: it takes minutes")
@pytest.mark.parametrize("trouble", [REJECTS, HANGS, VANISHES, REWINDS, STUCK],
                         ids=["rejects", "hangs", "vanishes", "rewinds", "stuck"])  # fmt: skip
def test_at_every_place(before: Scene, tmp_path: Path, trouble: str) -> None:
    for number in itertools.count(1):
        scene = copied(before, tmp_path / f"{number}")
        if befallen(scene, trouble, number) is None:
            break
        healed(scene, (trouble, number))
        shutil.rmtree(tmp_path / f"{number}")
    assert number > 20
