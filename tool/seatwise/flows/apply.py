"""The default branch → admitted, staged, sent, recorded: does what was approved and is due, and nothing else.

Works on the default branch that it fetched, never on the files on disk. Running it again does what is due by then.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from seatwise.core import canon, lifecycle, rows, tally
from seatwise.core.approval import Verdict
from seatwise.core.course import Course
from seatwise.core.decide import TreeLink
from seatwise.core.model import Exit, Finding, Level, Probe, Rollout, Run, Sample, Settings, Stage, Stop
from seatwise.edges import probe
from seatwise.flows import account_run
from seatwise.flows import survey as surveys
from seatwise.flows.account_run import AccountRun, Orders, Tools
from seatwise.flows.admission import Admission, admissible
from seatwise.flows.plan import tip_of
from seatwise.flows.survey import Grounds, Survey
from seatwise.flows.workspace import Watch, Workspace


@dataclass(frozen=True, slots=True)
class Options:
    """How to apply. `scheduled`: the tick of a schedule, which is quiet where nothing is wrong."""

    scheduled: bool = False
    watch: Watch = field(default=lambda account, sent, all: None)
    only: Callable[[Survey, Course], None] = field(default=lambda seen, decided: None)
    """Called before anything is written; raises Stop where what is about to be done is not what was meant."""
    probe: str = ""
    """The command that gates run where the policy says `probe: command`."""


def apply(workspace: Workspace, options: Options | None = None) -> Run:
    """Admits what is approved, and does what is due at every account."""
    options = options or Options()
    found = _fetched(workspace)
    seen = surveys.survey(workspace, found, heard=False)
    surveys.require_people(seen.findings)
    admission = admissible(workspace, seen)
    options.only(admission.seen, admission.course)
    run = secrets.token_hex(4)
    _admit(workspace, run, admission)
    runs = _runs(workspace, run, admission, options)
    if not any(_broken_off(run) for run in runs):
        workspace.control(_trusted(admission.seen)).anchor()
    return _told(workspace, admission, runs, scheduled=options.scheduled)


def _fetched(workspace: Workspace) -> Grounds:
    """What the default branch holds now. Raises Stop(STALE) where this checkout is not it."""
    git = workspace.git
    if git.is_shallow():
        raise Stop(
            Exit.STALE,
            "this clone is shallow: it lacks history",
            "git fetch --unshallow; in a workflow: fetch-depth: 0",
        )
    head = git.head()
    if head is None:
        raise Stop(Exit.ERROR, "nothing is committed yet", "git add . && git commit")
    settings = workspace.settings(head)
    remote = workspace.remote(settings)
    if remote is not None:
        git.fetch(remote, [f"refs/heads/{settings.branch}"])
    tip = tip_of(workspace, settings.branch, settings.journal_remote)
    if head != tip:
        what = (
            f"HEAD is {head[:9]}, but the tip of {settings.branch} is {tip[:9]}: an old job, or work that is not merged"
        )
        raise Stop(
            Exit.STALE, what, f"git switch {settings.branch} && git pull; what is on a branch goes by a pull request"
        )
    return surveys.grounds(workspace, settings, tip)


def _admit(workspace: Workspace, run: str, admission: Admission) -> None:
    """Records each changeset, its verdict and its digests, once; another run that was first is no harm."""
    seen = admission.seen
    pairs = list(zip(seen.links, admission.verdicts, strict=True))
    if not pairs:
        return
    people = {feed.source: feed.rows for feed in seen.situation.people.feeds}
    new = [_admitted(run, link, verdict, admission, people) for link, verdict in pairs]

    def unless_others(records: tuple[Mapping[str, Any], ...]) -> Sequence[Mapping[str, Any]] | None:
        newest = next((r["commit"] for r in reversed(records) if r["type"] == "admitted"), "")
        if newest != seen.base:
            raise Stop(Exit.LOCKED, f"another run admitted {newest[:9]} just now", "run again")
        return new

    journal = workspace.admissions(seen.tree.settings)
    journal.append_again(unless_others)
    journal.anchor()


def _admitted(
    run: str, link: TreeLink, verdict: Verdict, admission: Admission, people: Mapping[str, int]
) -> dict[str, Any]:
    seen = admission.seen
    return {
        "type": "admitted",
        "run": run,
        "commit": link.changeset.commit,
        "parent": _parent(seen, link),
        "title": link.changeset.title,
        "author": link.changeset.author,
        "ask": link.ask,
        "inverse": canon.ask_digest(rows.inverse(link.rows)) if link.rows else "",
        "rows": len(link.rows),
        "reverse_of": link.reverse_of,
        "fast": link.fast,
        "over": list(link.changeset.over),
        "approval": {
            "approved": verdict.approved,
            "how": verdict.how,
            "why": verdict.why,
            "evidence": dict(verdict.evidence),
        },
        "people": dict(people),
        "journals": {id: state.n for id, state in seen.situation.states.items() if state.n},
        "feeds": {feed.source: feed.digest for feed in seen.situation.people.feeds},
        "policies": canon.digest(canon.plain(seen.frame.policies)),
    }


def _parent(seen: Survey, link: TreeLink) -> str:
    """The commit that was in force before: the one admitted last, or the changeset before it."""
    at = seen.links.index(link)
    return seen.links[at - 1].changeset.commit if at else seen.base


def _runs(workspace: Workspace, run: str, admission: Admission, options: Options) -> list[AccountRun]:
    """Each account's run. One that another run holds keeps no other one back; where a remote or this machine fails, it would
    fail at the next account too. Raises Stop where that comes before anything was written, or where a journal is no evidence."""
    runs: list[AccountRun] = []
    for id in sorted(admission.seen.situation.readings):
        runs.append(_account(workspace, id, run, admission, options))
        stop = _broken_off(runs[-1])
        if stop and (stop.code is not Exit.ERROR or not any(run.written for run in runs)):
            raise stop
        if stop:
            break
    return runs


def _broken_off(run: AccountRun) -> Stop | None:
    return run.stop if run.stop and run.stop.code is not Exit.LOCKED else None


def _account(workspace: Workspace, id: str, run: str, admission: Admission, options: Options) -> AccountRun:
    seen, settings = admission.seen, admission.seen.tree.settings
    situation = seen.situation
    reading = situation.readings[id]
    if reading.failure:
        return AccountRun(id, situation.states[id], failure=f"account {id}: {reading.failure}. fix: {reading.fix}")
    account, commit = settings.accounts[id], _in_force(seen)
    trusted = _trusted(seen)
    journal = workspace.journal(trusted, id)
    tools = Tools(
        workspace.vendor(account, commit),
        journal,
        workspace.clock,
        lambda: workspace.reading(account, seen.tree, commit),
        options.watch,
        workspace.control(trusted).read,
        _probe(seen.frame.rules.probe, options.probe),
    )
    holds = [f for f in admission.course.findings if f.level is Level.HOLD]
    holds += [f for f in seen.findings if f.level is Level.HOLD]
    holds += [f for j in admission.course.judged for f in j.findings if f.level is Level.HOLD]
    links, rules = situation.histories[id].links, seen.frame.rules
    orders = Orders(run, commit, links, tuple(holds), rules, admission.course.calendar, admission.course.review)
    return account_run.run(id, situation, orders, tools)


def _probe(policy: str, command: str) -> Callable[[Rollout, Stage], Sample] | None:
    """What gates ask: the address that the policy names, or the command that this run was given."""
    if not policy:
        return None

    def asked(rollout: Rollout, stage: Stage) -> Sample:
        names = {"account": rollout.account, "rollout": rollout.id, "stage": f"{stage.kind}/{stage.name}"}
        if policy != "command":
            return probe.address(policy, names)
        if not command:
            return Sample(Probe.INCONCLUSIVE, "this run was given no command: seatwise apply --probe COMMAND")
        return probe.command(command, {f"SEATWISE_{name.upper()}": value for name, value in names.items()})

    return asked


def _trusted(seen: Survey) -> Settings:
    """The settings, with the signers of the commit that was in force before."""
    return replace(seen.tree.settings, journal_signers=seen.frame.before.settings.journal_signers)


def _in_force(seen: Survey) -> str:
    return seen.links[-1].changeset.commit if seen.links else seen.base


def _told(workspace: Workspace, admission: Admission, runs: Sequence[AccountRun], *, scheduled: bool) -> Run:
    """What this run did, and its exit code: the highest that anything asks for."""
    seen = admission.seen
    findings = [*admission.refused, *(f for f in admission.course.findings if f.level is not Level.HOLD)]
    findings += [f for f in seen.findings if f.level is not Level.ERROR]
    findings += [_unread(run) for run in runs if run.failure]
    findings += [_stopped(run.account, run.stop) for run in runs if run.stop]
    findings += [_not_served(id) for id in sorted(seen.situation.readings.keys() - {run.account for run in runs})]
    findings += [f for r in runs if r.decision for f in r.decision.findings]
    findings += [finding for r in runs for finding in _standing_still(r)]
    return Run(
        _exit(admission, runs, scheduled=scheduled),
        workspace.clock.now(),
        seen.tree.settings.timezone,
        tuple(w for r in runs for w in r.written),
        tuple(s for r in runs for s in r.settled),
        tuple(sorted(_rollouts(runs), key=lambda r: (r.opened, r.account))),
        tuple(h for r in runs for h in r.held),
        tuple(p for r in runs for p in r.restored),
        tuple(f for f in dict.fromkeys(findings) if not f.passed_by),
        _next(seen),
        tuple(one for run in runs for one in tally.undecided(run.state)),
        tuple(one for run in runs for one in run.stages),
    )


def _rollouts(runs: Iterable[AccountRun]) -> Iterable[Rollout]:
    """Those that are open, and those that this run closed."""
    for run in runs:
        touched = {w.title for w in run.written}
        yield from (r for r in run.state.rollouts.values() if r.state != "closed" or r.title in touched)


def _standing_still(run: AccountRun) -> Iterable[Finding]:
    """What waits for a person, said at every run: the exit code says it once."""
    if run.state.stopped:
        what = f"account {run.account} is stopped ({run.state.stopped}): every lane waits"
        fix = f'seatwise run resume --account {run.account} --reason "go on"'
        yield Finding("account-stopped", Level.WARN, what, fix, key=run.account)
    for one in run.state.open_rollouts():
        if one.state in lifecycle.STOPPED or one.state in lifecycle.ABORTS:
            what = f"{run.account}: rollout {one.id} is {one.state}" + (f": {one.why}" if one.why else "")
            fix = f"seatwise run show {one.id}"
            yield Finding(f"rollout-{one.state}", Level.WARN, what, fix, key=f"{run.account}/{one.id}")


def _unread(run: AccountRun) -> Finding:
    return Finding("account-failed", Level.ERROR, run.failure, key=run.account)


def _stopped(account: str, stop: Stop) -> Finding:
    rule = "account-held" if stop.code is Exit.LOCKED else "account-failed"
    return Finding(rule, Level.ERROR, stop.what, stop.fix, key=account)


def _not_served(account: str) -> Finding:
    what = f"account {account} was not served: the run ended before it"
    return Finding("account-failed", Level.ERROR, what, "seatwise apply", key=account)


def _exit(admission: Admission, runs: Sequence[AccountRun], *, scheduled: bool) -> Exit:
    wrote = any(run.written for run in runs)
    refused = any(f.level is Level.ERROR for f in admission.refused)
    if any(run.stop and run.stop.code is Exit.LOCKED for run in runs):
        return Exit.LOCKED
    if any(run.failure or run.stop for run in runs):
        return Exit.PARTLY if wrote else Exit.ERROR
    if admission.refused:
        return Exit.PARTLY if wrote else Exit.ERROR if refused else Exit.DENIED
    if any(account_run.unfinished(run) for run in runs):
        return Exit.PARTLY
    if not scheduled and any(run.state.stopped for run in runs):
        return Exit.PARTLY
    states = {lifecycle.phase(r) for run in runs for r in run.state.open_rollouts()}
    return lifecycle.ending(states, scheduled=scheduled)


def _next(seen: Survey) -> str:
    """The one command to type now."""
    if not seen.base and seen.links and not seen.tree.settings.journal_since:
        return f"add to seatwise.yaml: journal: {{since: {seen.links[-1].changeset.commit[:12]}}}"
    return ""
