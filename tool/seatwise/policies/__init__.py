"""A tree → the parameters of every rule, and what is wrong with them. One rule per file, named as its id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from seatwise.core import params
from seatwise.core.check import UNPASSABLE
from seatwise.core.model import Ack, Finding, Level, Place, Policy, Review, Tree, Waiver
from seatwise.core.near import near
from seatwise.policies import (
    bulk_threshold,
    change_window,
    cost_ceiling,
    data_freshness,
    external_last_day,
    freeze,
    lanes,
    license_deleted,
    max_removals,
    min_admins,
    min_approvals,
    mode,
    owner_required,
    pilot,
    protected,
    responder,
    rule_lost,
    rule_max,
    seat_ceiling,
    stages,
    ticket_required,
)


class Rule(Protocol):
    """One policy. Its docstring says why it exists and what to do when it stops you. `findings` must be pure."""

    @property
    def ID(self) -> str: ...
    @property
    def LEVEL(self) -> Level:
        """What its findings stop, where no file says otherwise."""

    @property
    def PARAMS(self) -> params.Schema: ...
    @property
    def DEFAULTS(self) -> Mapping[str, Any]:
        """Every parameter, typed."""

    def findings(self, review: Review, policy: Policy) -> Iterable[Finding]: ...


_ALL: tuple[Rule, ...] = (
    bulk_threshold,
    change_window,
    cost_ceiling,
    data_freshness,
    external_last_day,
    freeze,
    lanes,
    license_deleted,
    max_removals,
    min_admins,
    min_approvals,
    mode,
    owner_required,
    pilot,
    protected,
    responder,
    rule_lost,
    rule_max,
    seat_ceiling,
    stages,
    ticket_required,
)
RULES: Mapping[str, Rule] = {rule.ID: rule for rule in _ALL}
HEAD = """# Policies

Every plan passes these rules. A file `policies/<rule>.yaml` changes a rule's level, scope and parameters; what it
leaves out keeps its default.
"""
ELSEWHERE = ("people-shrink", "swap-cycle")
"""Limits that an acknowledgement may name and that are no policy."""
NOTHING = f"nothing lets {UNPASSABLE} pass"
SPREAD = "spread it over days, or retire the license"


def limits() -> tuple[str, ...]:
    """What an acknowledgement may name: the rules of findings that stop or hold something, and that it lets pass."""
    return (*(limit for rule in _ALL for limit in getattr(rule, "LIMITS", (rule.ID,))), *ELSEWHERE)


def unknown_limit(name: str) -> tuple[str, str]:
    """What is wrong with a limit that an acknowledgement names, and how to mend it; empty where it is one."""
    if name == UNPASSABLE:
        return NOTHING, SPREAD
    if name in limits():
        return "", ""
    parts = [limit for limit in limits() if limit.startswith(f"{name}/")]
    return f"unknown limit {name!r}", f"one of: {', '.join(parts)}" if parts else _one_of(name, limits())


def rules(tree: Tree) -> Mapping[str, Policy]:
    """Every rule with its parameters typed, those of its file over its defaults; what is broken keeps its default."""
    return {id: _policy(rule, tree.policies.get(id)) for id, rule in RULES.items()}


def problems(tree: Tree) -> tuple[Finding, ...]:
    """What is wrong with policies, exceptions and acknowledgements, from text alone."""
    found = [finding for policy in tree.policies.values() for finding in _policy_problems(tree, policy)]
    found += [finding for waiver in tree.waivers.values() for finding in _waiver_problems(waiver)]
    found += [finding for ack in tree.acks.values() for finding in _ack_problems(ack)]
    return tuple(found)


def describe() -> str:
    """docs/policies.md: every rule with why it exists, its level and its parameters."""
    return "\n".join([HEAD, *(_described(rule) for rule in _ALL)])


def _policy(rule: Rule, file: Policy | None) -> Policy:
    if file is None:
        return Policy(rule.ID, rule.LEVEL, rule.DEFAULTS, Place(f"policies/{rule.ID}.yaml"))
    fields = rule.PARAMS["properties"]
    good = {k: v for k, v in file.params.items() if k in fields and not [*params.broken(fields[k], v)]}
    return Policy(rule.ID, file.level, params.typed(rule.PARAMS, good, rule.DEFAULTS), file.place, file.scope)


def _policy_problems(tree: Tree, policy: Policy) -> Iterator[Finding]:
    if policy.id not in RULES:
        yield _problem(policy.place, f"unknown policy {policy.id!r}", _one_of(policy.id, RULES), policy.id)
        return
    schema = RULES[policy.id].PARAMS
    wrong = [*params.broken(schema, policy.params)]
    for one in wrong:
        what = f"{one.at} in policy {policy.id!r}: {one.what}"
        yield _problem(policy.place, what, one.fix, f"{policy.id}/{one.at}")
    if not wrong:
        yield from _strangers(tree, policy, params.named(schema, policy.params))
    yield from _strangers(tree, policy, ((f"scope.{k}", k, one) for k, ids in policy.scope.items() for one in ids))


def _strangers(tree: Tree, policy: Policy, named: Iterable[tuple[str, str, str]]) -> Iterator[Finding]:
    """Ids that nothing in the tree has: a rule about them would silently guard nothing."""
    known: Mapping[str, Iterable[str]] = {
        "license": tree.licenses,
        "publisher": set(tree.publishers.values()),
        "owner": tree.owners,
        "account": tree.settings.accounts,
    }
    for at, kind, id in named:
        if id not in known[kind]:
            what = f"{at} in policy {policy.id!r}: no {kind} {id!r}"
            yield _problem(policy.place, what, _one_of(id, known[kind]), f"{policy.id}/{at}/{id}")


def _waiver_problems(waiver: Waiver) -> Iterator[Finding]:
    policy = waiver.policy.partition("/")[0]
    if policy not in RULES:
        yield _problem(waiver.place, f"unknown policy {policy!r}", _one_of(policy, RULES), waiver.id)
    elif waiver.policy == UNPASSABLE:
        yield _problem(waiver.place, NOTHING, SPREAD, waiver.id)


def _ack_problems(ack: Ack) -> Iterator[Finding]:
    what, fix = unknown_limit(ack.passes)
    if what:
        yield _problem(ack.place, what, fix, ack.id)


def _problem(place: Place, what: str, fix: str, key: str) -> Finding:
    return Finding("policy", Level.ERROR, what, fix, place, key)


def _one_of(word: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return near(word, names) or f"one of: {', '.join(names)}"


def _described(rule: Rule) -> str:
    lines = [f"## {rule.ID}", f"Level: {rule.LEVEL}", "", (rule.__doc__ or "").strip(), ""]
    rows = [*_rows(rule.PARAMS, rule.DEFAULTS)]
    table = ["| parameter | meaning | default |", "|---|---|---|", *rows, ""] if rows else []
    return "\n".join([*lines, *table])


def _rows(schema: params.Schema, default: Any, at: str = "") -> Iterator[str]:
    for key, field in schema["properties"].items():
        way = f"{at}.{key}" if at else key
        if "properties" in field:
            yield from _rows(field, default[key], way)
        else:
            yield f"| {way} | {field['description']} | {params.written(field, default[key])} |"
