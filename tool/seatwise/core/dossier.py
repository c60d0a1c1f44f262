"""Journals and admissions → what there is to show of one changeset: request, approval, plan, calls, answers, gates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seatwise.core import canon, records

Record = Mapping[str, Any]
Chapter = Mapping[str, Any]


def dossier(admission: Record, admit: str, journals: Mapping[str, Iterable[Record]]) -> dict[str, Any]:
    """One changeset, its records word for word under `trail`, the admission first. `admit` and the keys of
    `journals` are branches.

    `plan` is the digest of all calls that were intended for it; `requests` are the vendors' ids of those calls.
    """
    commit = admission["commit"]
    trail: list[dict[str, Any]] = [{"journal": admit, "part": "admission", "record": admission}]
    trail += [
        {"journal": name, "part": part, "record": record}
        for name, journal in journals.items()
        for part, record in _parts(commit, tuple(journal))
    ]
    intents = [one["record"] for one in trail if one["part"] == "intent"]
    changes = [records.change_from(change) for intent in intents for change in intent["changes"]]
    outcomes = [entry for one in trail if one["part"] == "outcome" for entry in one["record"]["outcomes"]]
    return {
        "commit": commit,
        "title": admission["title"],
        "author": admission["author"],
        "ask": admission["ask"],
        "approval": admission["approval"],
        "tickets": sorted({change.cause.ticket for change in changes} - {""}),
        "plan": canon.plan_digest(changes) if changes else "",
        "requests": sorted({entry["request"] for entry in outcomes} - {""}),
        "trail": trail,
    }


def _parts(commit: str, journal: tuple[Record, ...]) -> Iterator[tuple[str, Record]]:
    """The records of one journal that are about the changeset, each with what it is of it."""
    rollouts = {r["rollout"]["id"] for r in journal if r["type"] == "rollout" and r["rollout"]["commit"] == commit}
    calls, seats = set[str](), set[tuple[str, str]]()
    for record in journal:
        kind = record["type"]
        if kind == "rollout" and record["rollout"]["id"] in rollouts:
            yield "rollout", record
        elif kind in ("stage", "state", "snapshot", "obeyed") and record.get("rollout") in rollouts:
            yield "gate" if kind in ("stage", "state") else kind, record
        elif kind == "intent" and any(change["cause"]["commit"] == commit for change in record["changes"]):
            calls.update(change["id"] for change in record["changes"])
            seats.update(_seats(record))
            yield "intent", record
        elif kind == "outcome" and any(entry["id"] in calls for entry in record["outcomes"]):
            yield "outcome", record
        elif kind == "settled" and seats & {(record["license"], who) for of in record["seats"].values() for who in of}:
            yield "read-back", record


def _seats(intent: Record) -> Iterator[tuple[str, str]]:
    for change in intent["changes"]:
        for grant in filter(None, (change["before"], change["after"])):
            yield grant["license"], change["who"]
