"""What CI tells a pull request: the one comment, and whether it is approved. The plan that a job hands over is data, no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seatwise.core import canon
from seatwise.core.approval import Standing
from seatwise.core.model import Exit, Need, Plan, Stop
from seatwise.flows import approval, planfile
from seatwise.flows.approve import asked_forge, standing
from seatwise.flows.effects import between
from seatwise.flows.plan import tip_of
from seatwise.flows.status import in_force
from seatwise.flows.workspace import Workspace
from seatwise.views import approval_text, effects_text, plan_markdown

CHECK = "seatwise/approved"
MOST_BYTES = 200_000_000


def comment(workspace: Workspace, request: str, plan: Path | None = None) -> str:
    """Writes the comment of a pull request, or changes it; its address. Without a plan (of a fork) it has rows and bounds, from
    git alone. Raises Stop where the plan is of another change: what is shown has to be what is asked, whoever made the file."""
    if plan is None:
        return _of_rows(workspace, request)
    found = standing(workspace, request)
    made = _plan(plan)
    asks = {one.ask for one in found if one.ask}
    asked = canon.ask_digest(made.rows) if made.rows else ""
    if asked != made.ask_digest or (asked not in asks and (asked or asks)):
        what = f"{plan.name} asks {canon.short(asked) or 'nothing'}, and the pull request {_asks(found)}"
        raise Stop(Exit.STALE, what, "plan again: its branch, or the default branch, has moved on since")
    text = plan_markdown.comment(replace(made, needs=_given(made, found), verdict=""))
    forge = asked_forge(workspace)
    return approval.asked(lambda: forge.comment(request, plan_markdown.MARK, text))


def _of_rows(workspace: Workspace, request: str) -> str:
    forge = asked_forge(workspace)
    shown = approval.asked(lambda: forge.request(request))
    settings = in_force(workspace).tree.settings
    remote = workspace.remote(settings)
    if remote is not None and not workspace.git.bring(remote, shown.head):
        raise Stop(Exit.ERROR, f"the head of pull request {request} can't be fetched", f"git fetch {remote}")
    base = tip_of(workspace, settings.branch, settings.journal_remote)
    text = f"{plan_markdown.MARK}\n{effects_text.markdown(between(workspace, base, shown.head))}"
    return approval.asked(lambda: forge.comment(request, plan_markdown.MARK, text))


def gate(workspace: Workspace, request: str) -> tuple[Standing, ...]:
    """Says of the head of a pull request whether it is approved, as the check that branch rules can ask for."""
    forge = asked_forge(workspace)
    found = standing(workspace, request)
    head = found[0].commit if found else approval.asked(lambda: forge.request(request)).head
    passed = all(one.verdict.approved for one in found)
    title = "approved" if passed else "not approved yet"
    approval.asked(lambda: forge.check(head, CHECK, passed, title, approval_text.standing(found)))
    return found


def _plan(path: Path) -> Plan:
    if path.stat().st_size > MOST_BYTES:
        raise Stop(Exit.ERROR, f"{path.name} is larger than any plan", "plan again")
    return planfile.read(path)


def _asks(found: tuple[Standing, ...]) -> str:
    return ", ".join(canon.short(one.ask) for one in found if one.ask) or "asks nothing"


def _given(plan: Plan, found: tuple[Standing, ...]) -> tuple[Need, ...]:
    """What is needed by our own reckoning, with how many approvals stand; nothing of it is taken from the file."""
    by = {need["owner"]: len(need["by"]) for one in found for need in one.verdict.evidence.get("needs", ())}
    return tuple(replace(need, given=by.get(need.owner, 0)) for one in found for need in one.needs)
