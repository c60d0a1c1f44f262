"""Which journals a repository has: one per account, one of admissions, one of what people said to running rollouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from seatwise.core.model import Exit, Settings, Stop
from seatwise.core.parse.settings import KEPT
from seatwise.edges.clock import Clock
from seatwise.edges.git import Git
from seatwise.edges.journal import Habits, Journal
from seatwise.edges.seal import Seal

CONTROL = "refs/heads/seatwise/control"
ADMISSIONS = "_admit"


def account(git: Git, settings: Settings, name: str, clock: Clock, habits: Habits | None = None) -> Journal:
    """The journal of one account, which has an anchor where the settings name one."""
    anchored = replace(
        habits or Habits(), mirror=settings.journal_mirror or None, head=settings.journal_heads.get(name)
    )
    ref = f"refs/heads/{settings.journal_prefix}/{name}"
    return Journal(git, ref, remote_of(git, settings), clock, anchored)


def admissions(git: Git, settings: Settings, clock: Clock, habits: Habits | None = None) -> Journal:
    """The journal of what was admitted; every run appends to it, so use `append_again`."""
    return account(git, settings, ADMISSIONS, clock, habits)


def seal(settings: Settings, env: Mapping[str, str]) -> Seal:
    """Who signs, and whose signatures count. Raises Stop where the key is named and not there."""
    return Seal(
        secret(settings.journal_sign, "journal.sign", env) if settings.journal_sign else "", settings.journal_signers
    )


def secret(named: str, what: str, env: Mapping[str, str]) -> str:
    """The secret that `env:NAME` stands for. Raises Stop where it is not set."""
    name = named.removeprefix("env:")
    if not env.get(name):
        raise Stop(Exit.ERROR, f"{what} is {named}, and {name} is not set", f"give this job the secret {name}")
    return env[name]


def control(git: Git, settings: Settings, clock: Clock, habits: Habits | None = None) -> Journal:
    """What people said to running rollouts: records halt, resume, abort, release, each with account and rollout."""
    anchored = replace(habits or Habits(), mirror=settings.journal_mirror or None)
    return Journal(git, CONTROL, remote_of(git, settings), clock, anchored)


def reserved(settings: Settings) -> tuple[str, ...]:
    """Branches, and folders of them, that journals and what belongs to them are kept in."""
    return (settings.journal_prefix, *KEPT)


def remote_of(git: Git, settings: Settings) -> str | None:
    """The remote that journals stand at; None where this clone has no remote, and so is the only writer."""
    remotes = git.remotes()
    if settings.journal_remote in remotes or not remotes:
        return settings.journal_remote if remotes else None
    fix = f"git remote add {settings.journal_remote} URL, or in seatwise.yaml journal: {{remote: {remotes[0]}}}"
    raise Stop(Exit.ERROR, f"this clone has no remote {settings.journal_remote}, where the journal stands", fix)


def must_exist(journal: Journal, git: Git, settings: Settings) -> None:
    """Raises Stop(EVIDENCE) where the clone is cut short, or a journal is missing that seatwise.yaml says there is."""
    if git.is_shallow():
        fix = "git fetch --unshallow; in a workflow: fetch-depth: 0"
        raise Stop(Exit.EVIDENCE, "this clone is shallow: it lacks the history that the journal names", fix)
    if settings.journal_since and not journal.recent():
        what = f"{settings.place}: the journal began at {settings.journal_since}, but {journal.name} is missing"
        push = f"git push {settings.journal_remote} {journal.name}"
        fix = (
            f"nothing is done without it; push it back from a clone that has it: {push}; else seatwise journal recover"
        )
        raise Stop(Exit.EVIDENCE, what, fix)
