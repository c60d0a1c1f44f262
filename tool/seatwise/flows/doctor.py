"""A workspace → whether plan and apply could work here, as whom, and what to do about what is in the way. Only reads."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from seatwise import policies
from seatwise.core import access, age, secret_names
from seatwise.core.checkup import Answer, Health
from seatwise.core.model import Exit, Level, Stop
from seatwise.edges import journals
from seatwise.edges.gitrun import OLDEST, run
from seatwise.flows import accounts
from seatwise.flows.workspace import WORKTREE, Workspace
from seatwise.views import accounts_text

Section = Callable[[Workspace], Iterator[Answer]]
OK, WARN, FAIL = Health.OK, Health.WARN, Health.FAIL


def examined(workspace: Workspace, sections: Sequence[str] = ()) -> tuple[Answer, ...]:
    """What each section (none named: all) finds. One that can't be looked at says why, and stops no other. Raises Stop where
    there is no such section."""
    if strange := [name for name in sections if name not in SECTIONS]:
        raise Stop(Exit.USAGE, f"doctor knows no {strange[0]!r}", f"one of {', '.join(SECTIONS)}")
    return tuple(one for name in SECTIONS if name in (sections or SECTIONS) for one in _looked(name, workspace))


def _looked(name: str, workspace: Workspace) -> Iterator[Answer]:
    try:
        yield from SECTIONS[name](workspace)
    except Stop as stop:
        yield Answer(name, FAIL, stop.what, stop.fix)


def _machine(workspace: Workspace) -> Iterator[Answer]:
    yield Answer("machine", OK, f"Python {platform.python_version()} on {platform.system()}")
    said = run(workspace.root, ["version"]).text
    number = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    new = number >= OLDEST
    yield Answer("machine", OK if new else FAIL, said, "" if new else f"git {'.'.join(map(str, OLDEST))} or newer")
    yield Answer("machine", OK, f"commits are by {workspace.git.who()}")


def _files(workspace: Workspace) -> Iterator[Answer]:
    tree, findings = workspace.tree(WORKTREE)
    errors = [one for one in findings if one.level is Level.ERROR]
    if errors:
        yield Answer("files", FAIL, f"{len(errors)} errors in the files on disk", "seatwise validate")
    else:
        counts = f"{len(tree.licenses)} licenses, {len(tree.owners)} owners, {len(tree.settings.accounts)} accounts"
        yield Answer("files", OK, f"{counts}; the branch in force is {tree.settings.branch}")


def _secrets(workspace: Workspace) -> Iterator[Answer]:
    """Whether each secret that seatwise.yaml names is given to this process; never what it is."""
    settings = workspace.settings(WORKTREE)
    users = secret_names.users(settings)
    for name, whats in sorted(users.items()):
        given = bool(workspace.env.get(name, "").strip())
        words = f"{name}, for {', '.join(whats)}: {'set' if given else 'not set'}"
        yield Answer("secrets", OK if given else WARN, words, "" if given else f"give this job the secret {name}")
    if not users:
        yield Answer("secrets", OK, "seatwise.yaml names none")


def _remote(workspace: Workspace) -> Iterator[Answer]:
    settings = workspace.settings(WORKTREE)
    remote = workspace.remote(settings)
    if remote is None:
        yield Answer(
            "remote", WARN, "no remote: this clone is the only one that may write", "git remote add origin URL"
        )
        return
    branch = f"refs/heads/{settings.branch}"
    found = workspace.git.fetch(remote, [branch])
    there = branch in found
    what = f"{remote} answers" + ("" if there else f", and has no branch {settings.branch}")
    yield Answer("remote", OK if there else FAIL, what, "" if there else f"git push {remote} {settings.branch}")


def _journal(workspace: Workspace) -> Iterator[Answer]:
    settings = workspace.settings(WORKTREE)
    journals.must_exist(workspace.admissions(settings), workspace.git, settings)
    for account in settings.accounts:
        journal = workspace.journal(settings, account)
        journals.must_exist(journal, workspace.git, settings)
        records = journal.recent()
        what = f"{account}: {records[-1]['n']:,} records" if records else f"{account}: not begun; the first apply does"
        yield Answer("journal", OK, what)
    if not settings.journal_since:
        fix = "journal: {since: COMMIT} of the first apply, so that a journal that is lost is noticed"
        yield Answer("journal", WARN, "seatwise.yaml does not say since when there is one", fix)
    if not settings.journal_key:
        fix = "journal: {key: env:JOURNAL_KEY}; whoever reads the repository reads who held what"
        yield Answer("journal", WARN, "holders stand in it in clear", fix)
    if not settings.journal_signers:
        fix = "journal: {sign: env:NAME, signers: {…}}"
        yield Answer("journal", WARN, "nobody signs it: a clone can show that it agrees with itself, no more", fix)


def _people(workspace: Workspace) -> Iterator[Answer]:
    people, findings = workspace.people(workspace.sound_tree(WORKTREE), WORKTREE, {})
    yield Answer(
        "people", OK if people.persons else FAIL, f"{len(people.persons):,} people", "name a source under people:"
    )
    for one in findings:
        yield Answer("people", FAIL if one.level is Level.ERROR else WARN, one.what, one.fix)


def _accounts(workspace: Workspace) -> Iterator[Answer]:
    for one in accounts.check(workspace, ()):
        who = f", as {one.who}" if one.who else ""
        yield Answer(
            "accounts",
            FAIL if one.failure or one.missing else OK,
            f"{one.account}: {accounts_text.said(one)}{who}",
            one.fix,
        )
        if one.lacks is not None:
            weighed = access.advice(one.lacks)
            yield from (Answer("accounts", WARN, f"{one.account} {what}", fix) for what, fix in weighed)


def _freshness(workspace: Workspace) -> Iterator[Answer]:
    """Whether what decisions rest on is as young as the files want it: sources of people by their `age`, accounts by theirs or
    that of policy data-freshness."""
    tree = workspace.sound_tree(WORKTREE)
    people, _ = workspace.people(tree, WORKTREE, {})
    now, read = workspace.clock.now(), {feed.source: feed.as_of for feed in people.feeds}
    for source in tree.settings.sources:
        if source.max_age is None:
            fix = "complete: {age: 24 hours} at the source"
            yield Answer("freshness", WARN, f"people of {source.id}: may be as old as they like", fix)
        else:
            yield _aged(f"people of {source.id}", age.wrong(read.get(source.id), source.max_age, now))
    limit = policies.rules(tree)["data-freshness"].params["vendor"]
    for id, reading in workspace.readings(tree, WORKTREE).items():
        account = tree.settings.accounts[id]
        practice = account.age is None and (account.practice or reading.info.practice)
        wrong = reading.failure or ("" if practice else age.wrong(reading.as_of, account.age or limit, now))
        yield _aged(f"account {id}", wrong)


def _aged(what: str, wrong: str) -> Answer:
    fix = "read or export it again" if wrong else ""
    return Answer("freshness", FAIL if wrong else OK, f"{what}: {wrong or 'young enough'}", fix)


SECTIONS: Mapping[str, Section] = {
    "machine": _machine,
    "files": _files,
    "secrets": _secrets,
    "remote": _remote,
    "journal": _journal,
    "people": _people,
    "accounts": _accounts,
    "freshness": _freshness,
}
