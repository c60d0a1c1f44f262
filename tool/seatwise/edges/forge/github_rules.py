"""What GitHub tells of a branch, by its classic protection and by rulesets → what is seen to there.

Rules don't name who may do without them, so that whatever only they demand counts as one that administrators can pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from seatwise.core.model import Protection
from seatwise.edges.forge.api import Row
from seatwise.edges.http import Forbidden, Refused

NONE = "Branch not protected"
"""What the 404 of a branch without protection says to whom may see that."""


def classic(ask: Callable[[], Row]) -> Row | None:
    """The protection of a branch; empty: there is none; None: it is not shown to us."""
    try:
        return ask()
    except Forbidden:
        return None
    except Refused as no:
        if no.answer.status != 404:
            raise
        return {} if no.what == NONE else None


def protection(branch: str, classic: Row | None, rules: Iterable[Row] | None) -> Protection | None:
    """Both together. None: what there may be is not shown to us."""
    told = list(rules or ())
    if classic is None and not told:
        return None
    old, new = _classic(branch, classic or {}), _rules(branch, told)
    both = replace(
        old,
        approvals=max(old.approvals, new.approvals),
        checks=tuple(sorted({*old.checks, *new.checks})),
        owners=old.owners or new.owners,
        forces=old.forces and new.forces,
        raw={"protection": classic, "rules": told},
    )
    return replace(both, bypasses=old.bypasses or replace(both, raw={}) != replace(old, raw={}))


def _classic(branch: str, told: Row) -> Protection:
    reviews, checks = told.get("required_pull_request_reviews") or {}, told.get("required_status_checks") or {}
    spared = reviews.get("bypass_pull_request_allowances") or {}
    return Protection(
        branch,
        approvals=reviews.get("required_approving_review_count", 0),
        checks=tuple(sorted(checks.get("contexts", ()))),
        owners=bool(reviews.get("require_code_owner_reviews")),
        forces=_on(told, "allow_force_pushes", otherwise=not told),
        bypasses=not _on(told, "enforce_admins") or any(spared.get(who) for who in ("users", "teams", "apps")),
    )


def _rules(branch: str, rules: Iterable[Row]) -> Protection:
    found = Protection(branch)
    for rule in rules:
        told = rule.get("parameters") or {}
        if rule["type"] == "pull_request":
            found = replace(
                found,
                approvals=max(found.approvals, told["required_approving_review_count"]),
                owners=found.owners or told["require_code_owner_review"],
            )
        elif rule["type"] == "required_status_checks":
            names = (one["context"] for one in told["required_status_checks"])
            found = replace(found, checks=tuple(sorted({*found.checks, *names})))
        elif rule["type"] == "non_fast_forward":
            found = replace(found, forces=False)
    return found


def _on(told: Row, name: str, *, otherwise: bool = False) -> bool:
    part: Any = told.get(name)
    return bool(part["enabled"]) if part else otherwise
