"""Approvals as people ask for them: how it stands with what is new, or with one pull request; and signing without a forge."""

from __future__ import annotations

from dataclasses import replace

from seatwise.core import canon
from seatwise.core.approval import Standing
from seatwise.core.course import course
from seatwise.core.decide import TreeLink
from seatwise.core.model import Exit, Forge, Request, Settings, Stop
from seatwise.edges import forge as forges
from seatwise.edges.forge import signed
from seatwise.edges.forge.signed import Statement
from seatwise.edges.seal import Seal
from seatwise.flows import approval
from seatwise.flows import survey as surveys
from seatwise.flows.approval import Desk
from seatwise.flows.status import in_force
from seatwise.flows.survey import Grounds
from seatwise.flows.workspace import WORKTREE, Workspace


def standing(workspace: Workspace, request: str = "") -> tuple[Standing, ...]:
    """Every changeset since the last admitted one, in order; or the one that an open pull request would become, if it asks
    anything."""
    found = in_force(workspace)
    asked = found.before.settings if found.base else found.tree.settings
    desk = approval.desk(workspace, found.admitted)
    opened = _opened(desk, asked, request) if request else None
    new = surveys.with_branch(workspace, found, _head(workspace, asked, opened)) if opened else found
    if opened and new is found:
        return ()
    seen = surveys.survey(workspace, new, surveys.connected(new) if opened else None)
    surveys.require_people(seen.findings)
    seen = replace(seen, links=approval.grouped(seen, desk, len(found.links)))
    decided = course(seen.situation, seen.links, seen.frame, surveys.judge(seen.frame, seen.tree))
    verdicts = approval.verdicts(seen, desk, [judged.needs for judged in decided.judged], opened)
    first = len(seen.links) - 1 if opened else 0
    return tuple(
        Standing(
            judged.link.changeset.commit, judged.link.changeset.title, judged.link.ask, len(judged.link.rows), judged.needs,
            verdicts[index],
        )
        for index, judged in enumerate(decided.judged)
        if index >= first
    )  # fmt: skip


def asked_forge(workspace: Workspace) -> Forge:
    """The forge of the commit in force. Raises Stop where there is none."""
    found = in_force(workspace)
    asked = found.before.settings if found.base else found.tree.settings
    return _forge(Desk(workspace), asked)


def _forge(desk: Desk, settings: Settings) -> Forge:
    forge = desk.forge(settings)
    if forge is None:
        known = ", ".join(forges.KINDS)
        raise Stop(Exit.USAGE, "seatwise.yaml names no forge with pull requests", f"forge: {{kind: …}}: {known}")
    return forge


def _opened(desk: Desk, settings: Settings, number: str) -> Request:
    return approval.asked(lambda: _forge(desk, settings).request(number))


def _head(workspace: Workspace, settings: Settings, request: Request) -> str:
    remote = workspace.remote(settings)
    if remote is None or workspace.git.bring(remote, request.head):
        return request.head
    raise Stop(Exit.ERROR, f"the head of pull request {request.number} can't be fetched", f"git fetch {remote}")


def sign(workspace: Workspace, branch: str, person: str, key: str) -> tuple[Statement, ...]:
    """Signs what a branch asks, as this person, and puts it beside the other approvals; of one that asks nothing new, what is
    merged and not taken up yet. Raises Stop where it would not count."""
    found = in_force(workspace)
    new = surveys.with_branch(workspace, found, branch)
    own = new.links[len(found.links) :]
    links = [one for one in own or _late(workspace, found) if one.rows]
    if not links:
        raise Stop(Exit.USAGE, f"{branch} asks nothing that {found.tree.settings.branch} does not", "git switch BRANCH")
    if links[-1].changeset.commit == WORKTREE:
        raise Stop(
            Exit.STALE, "there are edits that are not committed", "commit them: what is signed has to stay as it is"
        )
    who = person.strip().casefold()
    _must_count(found, who, key, workspace)
    now, origin = workspace.clock.now().replace(microsecond=0), signed.origin(workspace.git)
    made = tuple(Statement(one.ask, who, one.changeset.commit, now, origin) for one in links)
    for one in made:
        signed.signed(workspace.git, workspace.remote(found.tree.settings), one, key)
    return made


def _late(workspace: Workspace, found: Grounds) -> tuple[TreeLink, ...]:
    """What is merged and waits for approval."""
    if found.links and not found.base:
        return (approval.founding(workspace, found.links[0])[0], *found.links[1:])
    return found.links


def _must_count(found: Grounds, who: str, key: str, workspace: Workspace) -> None:
    """Raises Stop where the tree in force names no such approver, or not this key."""
    tree = found.tree
    mine = [one for owner in tree.owners.values() for one in owner.approvers if one.person == who]
    if not mine:
        raise Stop(Exit.DENIED, f"{who} is no approver of any owner", "see owners/, as the default branch has it")
    if not any(one.key for one in mine):
        fix = f"approvers: [{who}: {{key: ssh-ed25519 …}}] in owners/, in a pull request of its own"
        raise Stop(Exit.DENIED, f"owners/ names no key of {who}", fix)
    probe = canon.canonical({"says": "probe"})
    signature = Seal(key).signature(probe, "probe")
    now = workspace.clock.now()
    if all(
        Seal(signers={signed.signer(one): one.key}).refuses(probe, signature, "probe", now) for one in mine if one.key
    ):
        raise Stop(Exit.DENIED, f"this is no key of {who} that owners/ names and that is valid now", "use that one")
