"""What one run of apply did → lines: what was written, what was not and who has what now, what waits, how it ends."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from seatwise.core.model import (
    Exit,
    Finding,
    Kind,
    Outcome,
    Restoration,
    Result,
    Rollout,
    RolloutState,
    Run,
    Settled,
    StageState,
    Verb,
    Written,
)
from seatwise.views import words

FEW = 5
"""Reasons, held rows and findings shown of each kind."""
FINE = (Result.DONE, Result.ALREADY, Result.HANDED_OVER)
ENDS = {
    Exit.OK: "Everything that was due is done.",
    Exit.ERROR: "Stopped by an error before anything was written.",
    Exit.DENIED: "Not approved, or denied by a policy: nothing was written.",
    Exit.STALE: "This checkout or plan is out of date: nothing was written.",
    Exit.PARTLY: "Partly applied: what is named above was not done.",
    Exit.LOCKED: "Another run is at work here: nothing was written.",
    Exit.WAITING: "What was due is done; the rest waits.",
    Exit.EVIDENCE: "The journal does not verify: nothing was written.",
}
SETTLED = {"adopt": "adopted", "cover": "covered by a group", "miss": "missing (drift)", "forget": "forgotten"}
CLOSED = {"partial": "done but for what is held"}
WALKS = {Kind.GIVES: "gives", Kind.TAKES: "takes and swaps"}


def outcome_lines(run: Run, *, width: int = 100) -> tuple[str, ...]:
    """Lines of at most `width` columns; the sentence that says how it ended, and what to type, come last."""
    lines: list[str] = []
    for written in run.written:
        lines += _written(written, width)
    lines += _settled(run.settled, width)
    lines += _findings(run.findings, width)
    lines += _holds(run, width)
    lines += _closed(run.rollouts, width)
    undecided = {(one.rollout.account, one.rollout.id): one for one in run.tallies}
    for rollout in run.rollouts:
        if rollout.state is not RolloutState.CLOSED:
            tally = undecided.get((rollout.account, rollout.id))
            lines += words.oncall(tally, width, _name(rollout)) if tally else _rollout(rollout, run, width)
    for restored in run.restored:
        lines += _restored(restored, width)
    return (*lines, *_end(run, width))


def _written(written: Written, width: int) -> Iterator[str]:
    results = Counter(outcome.result for outcome in written.outcomes)
    said = ", ".join(f"{results[result]:,} {result}" for result in Result if results[result])
    title = f" of {words.text(written.title)}" if written.title else ""
    head = f"{words.text(written.account)}, {words.text(written.stage or written.lane)}{title}"
    yield from words.wrap(f"{head}: {said or 'nothing was due'}", width, rest="  ")
    for outcomes in _troubles(written.outcomes)[:FEW]:
        yield from _trouble(outcomes, width)
    left = len(_troubles(written.outcomes)) - FEW
    if left > 0:
        yield f"  … {words.count(left, 'reason')} more: log"


def _troubles(outcomes: Iterable[Outcome]) -> list[list[Outcome]]:
    """What was not done, together where result, license and reason are the same; the most first."""
    groups: dict[tuple[str, ...], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.result not in FINE:
            change = outcome.change
            groups[outcome.result, change.verb, change.license, outcome.reason, outcome.fix].append(outcome)
    return sorted(groups.values(), key=lambda group: -len(group))


def _trouble(outcomes: Sequence[Outcome], width: int) -> Iterator[str]:
    one = outcomes[0]
    people = words.listed([words.text(outcome.change.who) for outcome in outcomes], FEW)
    reason = f": {words.text(one.reason)}" if one.reason else ""
    yield from words.wrap(f"{one.result}{reason}", width, first="  ", rest="    ")
    yield from words.wrap(f"{people} {_now(one, len(outcomes))}", width, first="    ", rest="    ")
    if one.fix:
        yield from words.wrap(words.text(one.fix), width, first="    fix: ", rest="         ")


def _now(outcome: Outcome, people: int) -> str:
    """What these people have or lack, as nothing was done or nobody knows."""
    change = outcome.change
    has, lacks = ("has", "lacks") if people == 1 else ("have", "lack")
    before = words.text(change.before.license) if change.before else ""
    after = words.text(change.after.license) if change.after else ""
    if outcome.result is Result.DOUBT:
        return f"may or may not have it: the next reading tells ({change.verb} {after or before})"
    if outcome.result is Result.CONFLICT:
        return f"{has} something else now than the plan saw: left alone ({change.verb} {after or before})"
    if change.verb is Verb.ASSIGN:
        return f"still {lacks} {after}"
    options = " with the options of before" if change.verb is Verb.CHANGE else ""
    return f"still {has} {before}{options}"


def _settled(settled: Sequence[Settled], width: int) -> list[str]:
    counts = Counter(one.how for one in settled)
    said = [f"{counts[how]:,} {SETTLED.get(how, words.text(how))}" for how in sorted(counts)]
    return words.wrap(f"Settled without a call: {', '.join(said)}.", width, rest="  ") if said else []


def _findings(findings: Sequence[Finding], width: int) -> Iterator[str]:
    for finding in findings[:FEW]:
        where = f"{words.text(finding.place)}: " if finding.place else ""
        yield from words.wrap(f"{where}{words.text(finding.what)}", width, rest="  ")
        if finding.fix:
            yield from words.wrap(words.text(finding.fix), width, first="  fix: ", rest="       ")
    if len(findings) > FEW:
        yield f"… {words.count(len(findings) - FEW, 'finding')} more"


def _holds(run: Run, width: int) -> list[str]:
    if not run.held:
        return []
    people = words.listed(list(dict.fromkeys(words.text(hold.who) for hold in run.held if hold.who)), FEW)
    names = f": {people}" if people else ""
    return words.wrap(f"Held {len(run.held):,}, tried again each run{names}.", width, rest="  ")


def _closed(rollouts: Iterable[Rollout], width: int) -> list[str]:
    """One line for each changeset that has ended, with the accounts where it did and how."""
    ended: dict[str, dict[str, list[str]]] = {}
    for rollout in rollouts:
        if rollout.state is RolloutState.CLOSED:
            ways = ended.setdefault(rollout.title or rollout.id, {})
            ways.setdefault(rollout.why or "done", []).append(rollout.account)
    lines: list[str] = []
    for title, ways in ended.items():
        how = "; ".join(f"{CLOSED.get(why, why)} at {', '.join(accounts)}" for why, accounts in sorted(ways.items()))
        lines += words.wrap(f"Ended: {words.text(title)}: {words.text(how)}.", width, rest="  ")
    return lines


def _restored(restored: Restoration, width: int) -> list[str]:
    """The proof after a changeset was taken back."""
    same = words.count(restored.same, "seat")
    said = f"Proof at {words.text(restored.account)}: {same} touched by {restored.commit[:9]} show what was before."
    if restored.others:
        said += f" Changed by others since, and left: {words.text('; '.join(restored.others[:FEW]))}"
    return words.wrap(said, width, rest="  ")


def _rollout(rollout: Rollout, run: Run, width: int) -> list[str]:
    waits = [_waits(rollout, kind, run) for kind in Kind]
    what = "; ".join(wait for wait in waits if wait)
    if rollout.state is not RolloutState.OPEN:
        what = f"{rollout.state}{', ' + words.text(rollout.why) if rollout.why else ''}"
    return words.wrap(f"{_name(rollout)}: {what or 'only what is held is left'}.", width, rest="  ")


def _name(rollout: Rollout) -> str:
    return f"{words.text(rollout.account)}, {words.text(rollout.title or rollout.id)}"


def _waits(rollout: Rollout, kind: Kind, run: Run) -> str:
    stage = rollout.open_stage(kind)
    if stage is None:
        return ""
    name = f"{WALKS[kind]} ({words.text(stage.name)})"
    until = _soaked(rollout, kind, stage.written)
    wait = next((w for w in run.stages if (w.account, w.rollout, w.kind) == (rollout.account, rollout.id, kind)), None)
    if wait is not None and stage.state is StageState.READY:
        return f"{name} {words.count(wait.seats, 'seat')} wait: {words.text(wait.what)}"
    if stage.state is StageState.SOAKING and until:
        return f"{name} soak, gate at {words.moment(until, run.now, words.zone(run.timezone))}"
    return f"{name} {stage.state}"


def _soaked(rollout: Rollout, kind: Kind, written: datetime | None) -> datetime | None:
    return written and written + timedelta(seconds=rollout.soak_seconds.get(kind, 0))


def _end(run: Run, width: int) -> list[str]:
    quiet = run.exit is Exit.OK and not run.written and not run.settled
    said = "Nothing to do." if quiet else _elsewhere(run) or ENDS.get(run.exit, f"Ended with {int(run.exit)}.")
    lines = words.wrap(said, width)
    return lines + (words.wrap(words.text(run.next), width, first="next: ", rest="      ") if run.next else [])


def _elsewhere(run: Run) -> str:
    """How it ended where another run is at work at some of the accounts, and this one wrote at others."""
    held = sorted({finding.key for finding in run.findings if finding.rule == "account-held"})
    if not (held and run.written):
        return ""
    return f"Another run is at work at {words.listed(held, FEW)}: what was due elsewhere is done."
