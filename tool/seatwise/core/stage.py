"""The changes of one changeset at one account → its rollout: cohorts of people, drawn once, and the frozen list.

Rules (semantics §6, §9):
- Small (at most `seats` seats, and under `share` of each license): one stage each for gives and takes, no soak.
- Gives: pilot, rest. Takes, swaps and changes of options: pilot, early, half, rest. Shares are cumulative; a stage that
  adds nobody is dropped; fewer than ten people are one stage.
- The pilot: volunteers first, then by a rank that nobody can choose, spread over departments, no VIPs while there is
  anybody else, and somebody of each license that has ten or more changes, where that fits.
- An exact reverse goes fast: one stage for each verb, giving back before taking away, no soak; unless what it asks
  beside that, and nothing had come of, is too much to be small.
- The frozen list names every seat that the changeset asks or un-asks and that is not settled yet, held ones too.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from typing import Any

from seatwise.core import limits
from seatwise.core.limits import Limit
from seatwise.core.model import (
    CauseKind,
    Change,
    Changeset,
    Duration,
    Finding,
    Item,
    Kind,
    Lane,
    Level,
    People,
    Policy,
    Rollout,
    RolloutState,
    Stage,
    Verb,
)
from seatwise.core.windows import FREEZE, RESPONDER, WEEK, WINDOW, Duty, Freeze, Window, Windows

WHOLE = Decimal(1)
FEW = 10
"""So few people are one stage; and a license with so many changes has somebody in the pilot."""


@dataclass(frozen=True, slots=True)
class StageRules:
    """Parameters of the policies that say how a changeset goes. Shares are fractions; soaks and patience are seconds."""

    bulk: Limit = Limit(5, Decimal("0.10"))
    pilot: int = 8
    early: Decimal = Decimal("0.10")
    half: Decimal = Decimal("0.50")
    soak: Mapping[Kind, int] = field(default_factory=lambda: {Kind.GIVES: 3600, Kind.TAKES: 72000})
    error_budget: Decimal = Decimal("0.01")
    queued: int = 30 * 86400
    """How long a bulk rollout waits for another one before it halts."""
    paused: int = 2 * 86400
    """How long a gate that can't tell is asked anew before the rollout halts."""
    approve: frozenset[str] = frozenset()
    """Stages after which somebody has to say that it goes on."""
    probe: str = ""
    """What is asked at each gate: an https address, or `command`; empty: nothing."""
    windows: Windows = Windows()


def lane(change: Change) -> Lane:
    """The way a change travels, by its cause."""
    by_cause = {
        CauseKind.COMMIT: Lane.COMMIT,
        CauseKind.REASSERT: Lane.COMMIT,
        CauseKind.REVERSE: Lane.REVERSE,
        CauseKind.LEAVER: Lane.LEAVERS,
        CauseKind.EXPIRY: Lane.EXPIRY,
        CauseKind.UNLISTED: Lane.UNLISTED,
    }
    return by_cause.get(change.cause.kind) or (Lane.JOINERS if change.verb is Verb.ASSIGN else Lane.MOVERS)


def kind(change: Change) -> Kind:
    """Which walk a change is in: what people gain, or what they lose, swap or have changed."""
    return Kind.GIVES if change.verb is Verb.ASSIGN else Kind.TAKES


def stage_rules(policies: Mapping[str, Policy]) -> StageRules:
    """The parameters as the policies give them."""
    bulk, pilot, stages = (policies[id].params for id in ("bulk-threshold", "pilot", "stages"))
    return StageRules(
        Limit(bulk["seats"], bulk["share"]),
        pilot["size"],
        stages["early"],
        stages["half"],
        {walk: _seconds(stages["soak"][walk]) for walk in Kind},
        stages["error_budget"],
        _seconds(stages["patience"]["queued"]),
        _seconds(stages["patience"]["paused"]),
        frozenset(stages["approve"]),
        stages["probe"],
        windows(policies),
    )


def windows(policies: Mapping[str, Policy]) -> Windows:
    """What guards takes and swaps; a policy that only warns guards nothing."""
    window, freeze, responder = (_guarding(policies[id]) for id in (WINDOW, FREEZE, RESPONDER))
    return Windows(
        _window(window) if window is not None else None,
        tuple(_frozen(freeze)) if freeze is not None else None,
        freeze["quarter_close"] if freeze is not None else 0,
        duties(policies[RESPONDER]) if responder is not None else None,
    )


def _window(params: Mapping[str, Any]) -> Window:
    return Window(frozenset(map(WEEK.index, params["days"])), params["opens"], params["closes"])


def _frozen(params: Mapping[str, Any]) -> Iterator[Freeze]:
    return (Freeze(one["name"], one["from"], one["through"]) for one in params["periods"])


def duties(responder: Policy) -> tuple[Duty, ...]:
    """Who is on duty, and when."""
    who = responder.params["who"]
    return tuple(Duty(one["id"], one.get("from", date.min), one.get("through", date.max)) for one in who)


def _guarding(policy: Policy) -> Mapping[str, Any] | None:
    return policy.params if policy.level in (Level.BLOCK, Level.HOLD) else None


def _seconds(duration: Duration) -> int:
    return int(duration.delta().total_seconds())


@dataclass(frozen=True, slots=True)
class Draft:
    """What a rollout is made of. `items`: (who, license, asks, row) of every seat that the changeset flips, unsettled ones."""

    changeset: Changeset
    account: str
    changes: tuple[Change, ...]
    items: tuple[tuple[str, str, bool, str], ...]
    held: Mapping[str, int]
    volunteers: frozenset[str] = frozenset()
    reverse_of: str = ""


def rollout(draft: Draft, people: People, rules: StageRules, now: datetime) -> tuple[Rollout, tuple[Finding, ...]]:
    """The rollout, its cohorts drawn and its list frozen; core/queue.py says whether it opens or waits."""
    plain = tuple(c for c in draft.changes if not (draft.reverse_of and c.cause.kind is CauseKind.REVERSE))
    bulk = _bulk(replace(draft, changes=plain), rules.bulk)
    id = draft.changeset.commit[:12]
    members = _members(draft)
    stages: list[Stage] = []
    findings: list[Finding] = []
    for walk in Kind:
        if members[walk]:
            drawn, found = _cohorts(walk, members[walk], draft, people, rules) if bulk else (_one(members[walk]), ())
            stages.extend(Stage(walk, name, who) for name, who in drawn)
            findings.extend(found)
    soak = {str(k): v if bulk else 0 for k, v in rules.soak.items()}
    items = tuple(_items(draft, stages))
    made = Rollout(
        id,
        draft.account,
        draft.changeset.commit,
        draft.changeset.title,
        items,
        tuple(stages),
        now,
        bulk=bulk,
        reverse_of="" if bulk else draft.reverse_of,
        soak_seconds=soak,
        state=RolloutState.ADMITTED,
    )
    return made, tuple(findings)


def _bulk(draft: Draft, limit: Limit) -> bool:
    """Whether it moves too many seats; a swap is one, with its share of the license that it leaves and of the one it reaches."""
    sizes = (Counter(change.licenses[end] for change in draft.changes) for end in (0, -1))
    return any(limits.bulk(size, draft.held, limit) for size in sizes)


def _walks(draft: Draft) -> dict[tuple[str, str], Kind]:
    """(who, license) → walk; seats that nothing calls yet go by what is asked."""
    walks = {(who, license): Kind.GIVES if asks else Kind.TAKES for who, license, asks, _ in draft.items}
    for change in draft.changes:
        walks.update(((change.who, license), kind(change)) for license in change.licenses)
    return walks


def _members(draft: Draft) -> dict[Kind, dict[str, set[str]]]:
    """Walk → person → licenses."""
    members: dict[Kind, dict[str, set[str]]] = {walk: {} for walk in Kind}
    for (who, license), walk in _walks(draft).items():
        members[walk].setdefault(who, set()).add(license)
    return members


def _items(draft: Draft, stages: Iterable[Stage]) -> Iterable[Item]:
    where = {(stage.kind, who): stage.name for stage in stages for who in stage.people}
    rows = {(who, license): (asks, row) for who, license, asks, row in draft.items}
    for (who, license), walk in sorted(_walks(draft).items()):
        asks, row = rows.get((who, license), (walk is Kind.GIVES, ""))
        yield Item(who, license, asks, walk, where[walk, who], row)


def _one(members: Mapping[str, object]) -> list[tuple[str, tuple[str, ...]]]:
    return [("all", tuple(sorted(members)))]


def _cohorts(
    walk: Kind, members: Mapping[str, set[str]], draft: Draft, people: People, rules: StageRules
) -> tuple[list[tuple[str, tuple[str, ...]]], tuple[Finding, ...]]:
    if len(members) < FEW:
        return _one(members), ()
    order = sorted(members, key=lambda who: _rank(draft.changeset.commit, walk, who))
    pilot, findings = _pilot(order, members, draft, people, rules)
    rest = [who for who in order if who not in pilot]
    bounds = (
        [("rest", WHOLE)] if walk is Kind.GIVES else [("early", rules.early), ("half", rules.half), ("rest", WHOLE)]
    )
    drawn, taken = [("pilot", tuple(sorted(pilot)))], len(pilot)
    for name, share in bounds:
        upto = ceil(share * len(order)) - len(pilot)
        cohort = rest[max(0, taken - len(pilot)) : max(0, upto)]
        if cohort:
            drawn.append((name, tuple(sorted(cohort))))
            taken += len(cohort)
    return drawn, findings


def _rank(rollout: str, walk: Kind, who: str) -> str:
    """An order that the author of a change cannot choose: it needs the id of the commit that contains it."""
    return hmac.new(rollout.encode(), f"{walk} {who}".encode(), hashlib.sha256).hexdigest()


def _pilot(
    order: Sequence[str], members: Mapping[str, set[str]], draft: Draft, people: People, rules: StageRules
) -> tuple[frozenset[str], tuple[Finding, ...]]:
    size = min(rules.pilot, len(order))
    plain = [who for who in order if not _vip(people, who)]
    picked = [who for who in plain if who in draft.volunteers][:size]
    counts = Counter(license for licenses in members.values() for license in licenses)
    for license in sorted(license for license, n in counts.items() if n >= FEW):
        if len(picked) < size and not any(license in members[who] for who in picked):
            picked.extend([who for who in plain if license in members[who]][:1])
    _spread(picked, plain, people, size)
    findings: tuple[Finding, ...] = ()
    if len(picked) < size:
        vips = [who for who in order if who not in picked][: size - len(picked)]
        picked.extend(vips)
        what = f"the pilot has {len(vips)} VIPs: there is nobody else"
        fix = "name volunteers: pilot: {volunteers: [...]}"
        findings = (Finding("pilot", Level.WARN, what, fix, key=draft.account),)
    return frozenset(picked), findings


def _spread(picked: list[str], plain: Sequence[str], people: People, size: int) -> None:
    """Fills up from the departments that have the fewest in it so far, in order of rank."""
    seen = Counter(_department(people, who) for who in picked)
    left = [who for who in plain if who not in picked]
    while left and len(picked) < size:
        who = min(left, key=lambda w: seen[_department(people, w)])
        left.remove(who)
        picked.append(who)
        seen[_department(people, who)] += 1


def _department(people: People, who: str) -> str:
    person = people.persons.get(who)
    return person.department if person else ""


def _vip(people: People, who: str) -> bool:
    person = people.persons.get(who)
    return person is not None and person.vip
