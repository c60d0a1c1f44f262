"""Snapshots of what accounts show: taken, listed, shown, and brought back as rows on a branch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from seatwise.core import canon, claims, decide, snapshots
from seatwise.core.chain import Record
from seatwise.core.list_edit import ListEdit
from seatwise.core.model import Exit, Reading, Settings, Stop, Terms, Tree
from seatwise.core.parse.values import folded
from seatwise.core.snapshots import Edit, Restore, Shown, Snapshot
from seatwise.edges import bodies, edit
from seatwise.edges import tree as trees
from seatwise.edges.journal import Journal
from seatwise.flows import branches
from seatwise.flows import survey as surveys
from seatwise.flows.status import in_force
from seatwise.flows.workspace import PREFIXES, Workspace


def take(workspace: Workspace, account: str = "") -> tuple[Snapshot, ...]:
    """What accounts (none named: all) show now, kept outside the chain and named in it."""
    found = in_force(workspace)
    tree, settings = found.before, found.before.settings
    if account and account not in settings.accounts:
        raise Stop(Exit.USAGE, f"there is no account {account!r}", "see seatwise.yaml")
    readings = workspace.readings(tree, found.base, [account] if account else None)
    for id, reading in readings.items():
        if reading.failure:
            raise Stop(Exit.ERROR, f"account {id}: {reading.failure}", reading.fix)
    for id, reading in readings.items():
        keep(workspace, workspace.journal(settings, id), reading)
    return tuple(one for one in listed(workspace) if one.account in readings)[: len(readings)]


def keep(workspace: Workspace, journal: Journal, reading: Reading) -> None:
    """Keeps what an account shows, outside the chain and named in it. Raises Stop where another run holds the account."""
    data = canon.canonical(canon.plain(reading.holdings))
    digest = journal.put_body(data, f"snapshot-{reading.account}.json")
    record = {"type": "snapshot", "rollout": "", "sha256": digest, "by": workspace.git.who()}
    journal.append_again(lambda _: [record])


def listed(workspace: Workspace) -> tuple[Snapshot, ...]:
    """All that the journals know of, newest first."""
    settings = in_force(workspace).tree.settings
    found = [s for id in settings.accounts for s in of(id, workspace.journal(settings, id).read())]
    return tuple(sorted(found, key=lambda one: (one.at, one.n), reverse=True))


def show(workspace: Workspace, id: str) -> Shown:
    """How many seats of each sku it holds. Raises Stop(EVIDENCE) where it is not what the journal says."""
    one = _named(workspace, id)
    data = _body(workspace, one)
    return Shown(one, None if data is None else {sku: len(held["seats"]) for sku, held in json.loads(data).items()})


def restore(workspace: Workspace, id: str, branch: str | None = None) -> Restore:
    """Writes a branch with the rows that bring the snapshot back. Raises Stop where there is nothing to write."""
    if branch:
        branches.check(workspace, _settings(workspace), branch)
    one = _named(workspace, id)
    data = _body(workspace, one)
    if data is None:
        raise Stop(Exit.ERROR, f"snapshot {one.id}: body erased", "its retention is over; take another: snapshot list")
    found = in_force(workspace)
    seen = surveys.survey(workspace, found, [one.account])
    surveys.require_people(seen.findings)
    settings = seen.tree.settings
    past = [r for r in workspace.journal(settings, one.account).read() if r["n"] < one.n]
    decision = decide.account(one.account, seen.situation)
    made = snapshots.restore(
        one, snapshots.holdings(json.loads(data)), claims.fold(past), decision, seen.situation.people, seen.situation.moment,
        seen.tree,
    )  # fmt: skip
    if not made.edits:
        raise Stop(
            Exit.USAGE, f"snapshot {one.id}: what is asked now is what it shows", f"seatwise snapshot show {one.id}"
        )
    files = _files(workspace, found.tip, seen.tree, made)
    name = branch or f"restore-{one.id}"
    workspace.git.write_branch(
        name, found.tip, files, f"Bring back what {one.account} showed at {one.at:%Y-%m-%d %H:%M}\n"
    )
    return replace(made, branch=name)


def of(account: str, records: tuple[Record, ...]) -> Iterator[Snapshot]:
    """The snapshots that these records of an account's journal name, oldest first."""
    titles = {r["rollout"]["id"]: r["rollout"]["title"] for r in records if r["type"] == "rollout"}
    for record in records:
        if record["type"] == "snapshot":
            title = titles.get(record["rollout"], "") or f"taken by {record.get('by', 'a run')}"
            sha = record["sha256"]
            yield Snapshot(canon.short(sha), account, canon.instant(record["at"]), title, sha, record["n"])


def _named(workspace: Workspace, id: str) -> Snapshot:
    found = [s for s in listed(workspace) if len(id) >= 4 and s.id.startswith(id)]
    if not found:
        raise Stop(Exit.USAGE, f"there is no snapshot {id}", "seatwise snapshot list")
    return found[0]


def _body(workspace: Workspace, one: Snapshot) -> bytes | None:
    return body(workspace, _settings(workspace), one)


def body(workspace: Workspace, settings: Settings, one: Snapshot) -> bytes | None:
    """What the snapshot is of; None where it was erased."""
    return bodies.get(workspace.git, workspace.remote(settings), one.sha256)


def _settings(workspace: Workspace) -> Settings:
    return in_force(workspace).tree.settings


def _files(workspace: Workspace, tip: str, tree: Tree, made: Restore) -> Mapping[str, bytes | None]:
    """The license files with the rows; raises Stop where they can't be read as meant any more."""
    files = workspace.git.files(tip, PREFIXES)
    reason = f"restore of snapshot {made.snapshot.id}"
    changed: dict[str, bytes | None] = {}
    for license in sorted({one.license for one in made.edits}):
        path = tree.licenses[license].place.path
        edits = list(_lists([one for one in made.edits if one.license == license], reason))
        changed[path] = edit.changed(files[path].decode(), edits).encode()
    _, findings = trees.tree({**files, **{path: data for path, data in changed.items() if data is not None}})
    errors = [f for f in findings if f.level == "error"]
    if errors:
        raise Stop(Exit.ERROR, "the rows can't be written into these files", "do it by hand", findings=errors)
    return changed


def _lists(rows: Sequence[Edit], reason: str) -> Iterator[ListEdit]:
    """One edit for each list of a license: an assignment's people, and `never`."""
    for assignment in sorted({one.assignment for one in rows}):
        mine = [one for one in rows if one.assignment == assignment]
        terms = Terms() if assignment else Terms(note=reason)
        come = {one.who: terms for one in mine if one.how != "drop"}
        gone = frozenset(folded(one.who) for one in mine if one.how == "drop")
        yield ListEdit(assignment, add=come, remove=gone)
