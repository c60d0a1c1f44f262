"""What GitLab tells of a protected branch, of the project's approval rules and of the project → what is seen to there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from seatwise.core.model import Protection
from seatwise.edges.forge.api import Row

PIPELINE = "pipeline"
"""How the check is called that a pipeline has passed: GitLab demands that of all of it, and of none by name."""


def protection(branch: str, told: Row, rules: Iterable[Row], project: Row) -> Protection:
    """Approvals are those of the rule that asks for the most. Whoever may push past a merge request bypasses all of it."""
    fitting = [rule for rule in rules if _fits(rule, branch)]
    return Protection(
        branch,
        approvals=max((rule["approvals_required"] for rule in fitting), default=0),
        checks=(PIPELINE,) if project.get("only_allow_merge_if_pipeline_succeeds") else (),
        owners=bool(told.get("code_owner_approval_required")),
        forces=bool(told["allow_force_push"]),
        bypasses=any(_may(level) for level in told["push_access_levels"]),
        raw={"branch": told, "rules": fitting},
    )


def _fits(rule: Row, branch: str) -> bool:
    """Rules without branches are for all of them."""
    named: list[Any] = list(rule.get("protected_branches") or ())
    everywhere = not named or bool(rule.get("applies_to_all_protected_branches"))
    return everywhere or any(one["name"] == branch for one in named)


def _may(level: Row) -> bool:
    """Somebody may: a role that is not 'no one' (0), or a user, a group or a key."""
    return bool(level["access_level"]) or any(level.get(who) for who in ("user_id", "group_id", "deploy_key_id"))
