"""Licence management as code. Nouns in, nouns out, nothing printed; names are loaded when they are first used.

>>> from seatwise import Workspace, plan, apply, rollback
>>> workspace = Workspace.open("licenses-repository")
>>> plan(workspace).steps        # what would change, why, in which stage
>>> apply(workspace).exit        # does what is approved and due
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seatwise.core.model import Change, Exit, Finding, License, Person, Plan, Rollout, Run, Seat, Stop, Tree
    from seatwise.flows.apply import apply
    from seatwise.flows.explain import explain
    from seatwise.flows.plan import plan
    from seatwise.flows.rollback import rollback
    from seatwise.flows.status import status
    from seatwise.flows.validate import validate
    from seatwise.flows.workspace import Workspace

_FLOWS = {
    "Workspace": "workspace",
    "apply": "apply",
    "explain": "explain",
    "plan": "plan",
    "rollback": "rollback",
    "status": "status",
    "validate": "validate",
}
_NOUNS = ("Change", "Exit", "Finding", "License", "Person", "Plan", "Rollout", "Run", "Seat", "Stop", "Tree")

__all__ = [
    "Change",
    "Exit",
    "Finding",
    "License",
    "Person",
    "Plan",
    "Rollout",
    "Run",
    "Seat",
    "Stop",
    "Tree",
    "Workspace",
    "apply",
    "explain",
    "plan",
    "rollback",
    "status",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name in _FLOWS:
        return getattr(import_module(f"seatwise.flows.{_FLOWS[name]}"), name)
    if name in _NOUNS:
        return getattr(import_module("seatwise.core.model"), name)
    raise AttributeError(f"module 'seatwise' has no attribute {name!r}")
