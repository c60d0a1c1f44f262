"""The story: nine scenes, each a few sentences, the command as one would type it, and what it prints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from seatwise.core.lifecycle import Event
from seatwise.core.model import Exit, Plan, Run, Stop
from seatwise.edges import edit
from seatwise.flows import apply as applying
from seatwise.flows import rollback as going_back
from seatwise.flows import runs
from seatwise.flows.demo.stage_set import Set, build
from seatwise.flows.plan import plan
from seatwise.flows.status import status
from seatwise.views import plan_text, rollback_text, run_text, status_text

COPILOT = "licenses/github/copilot-business.yaml"
SKU = "copilot_business"
TITLE = "ITSM-4630 Copilot for 40 more engineers; 12 idle seats back"
GIVES, TAKES = 40, 12
WIDTH = 96
HUMAN = ("employee", "intern", "external")

WEEKEND = tuple(datetime(2026, 11, day, 10, tzinfo=UTC) for day in (28, 29, 30))
"""Saturday, Sunday, and Monday's gate; an hour in which windows are open from Tokyo to New York."""

Seats = frozenset[str]


def tell(say: Callable[[str], None]) -> None:
    """Plays the story. Raises Stop where it does not come out as it should."""
    with TemporaryDirectory(prefix="seatwise-demo-") as folder:
        scene = build(Path(folder), say)
        say(
            "seatwise demo: a company of 156 people, 14 licences and 5 vendor accounts, in a temporary repository with a\n"
            "bare remote. Its vendors are embedded; nobody's access hangs on them. The clock is moved by hand, which is said.\n"
            f"It is {scene.local_time()} in Berlin."
        )
        _adopt(scene)
        start = _holders(scene)
        commit = _pull_request(scene)
        _pilot_fails(scene)
        _goes_on(scene, commit)
        _leaver(scene)
        _drift(scene)
        _take_back(scene, commit)
        _proof(scene, start)


def _adopt(scene: Set) -> None:
    scene.say(
        "\n1. WHAT IS THERE IS TAKEN OVER\n"
        "   The files name who should hold what. The first run compares them with the vendors: what agrees is adopted,\n"
        "   without a single call; what is missing is given; what nobody asked for is shown and left alone."
    )
    run = _apply(scene)
    _expect(sum(s.how == "adopt" for s in run.settled) > 500, "the first run adopts what is there")


def _pull_request(scene: Set) -> str:
    gains, loses = _engineers(scene), _idle(scene)
    text = scene.read(COPILOT)
    for who in loses:
        text = edit.remove_person(text, "wave-1", who)
    for who in gains:
        text = edit.add_person(text, "wave-2", who)
    scene.say(
        f"\n2. A PULL REQUEST GIVES {GIVES} SEATS AND TAKES {TAKES}\n"
        f"   On branch copilot-wave-2, {COPILOT} gains {GIVES} lines and loses {TAKES}.\n"
        "   The plan says who, why, what it costs, in which stages, and how it comes back. Reviewers approve exactly that."
    )
    scene.commit(TITLE, {COPILOT: text}, "copilot-wave-2")
    seen = _plan(scene, "copilot-wave-2")
    _expect(len(seen.steps) == GIVES + TAKES, f"the plan has {GIVES + TAKES} changes")
    scene.say("\n   It is approved and merged:  git merge --no-ff copilot-wave-2")
    return scene.merge("copilot-wave-2", TITLE)


def _pilot_fails(scene: Set) -> None:
    victim = _pilot_login(scene)
    scene.console("octo").fault("refuse", times=99, call="write", login=victim)
    scene.say(
        "\n3. THE PILOT GOES FIRST, AND FAILS\n"
        f"   Eight people gain a seat, nobody else yet; what is taken waits for the weekend. The vendor refuses one ({victim}):\n"
        "   a gate that allows no error closes, and the run halts before anybody else is touched."
    )
    run = _apply(scene)
    _expect(run.exit is Exit.PARTLY and any(r.state == "halted" for r in run.rollouts), "the rollout is halted")
    _status(scene)


def _goes_on(scene: Set, commit: str) -> None:
    scene.console("octo").clear_faults()
    scene.say(
        "\n4. THE FIX, AND THE OTHER STAGES\n   The vendor's console is put right. One command lets the rollout go on:"
    )
    scene.say(f'\n$ seatwise run retry {commit[:12]} --reason "the console is put right"')
    order = runs.Order(Event.RETRY, commit, reason="the console is put right")
    for said in runs.say(scene.workspace, order):
        scene.say(f"   {said.account}: what differs is written and checked again")
    _apply(scene)
    scene.wait(hours=1)
    _apply(scene)
    scene.say(
        "\n   Seats are taken at the weekend only, in each holder's time zone (policies/change-window.yaml): a mistake is found"
        "\n   before Monday. One stage on Saturday, the next on Sunday; a schedule would do this."
    )
    for day in WEEKEND:
        scene.until(day)
        run = _apply(scene)
    ended = all(r.state == "closed" for r in runs.show(scene.workspace, commit)[1])
    _expect(run.exit is Exit.OK and ended, "the rollout has ended")


def _leaver(scene: Set) -> None:
    person = scene.people().persons[_leaving(scene)]
    csv = scene.read("hr/people.csv")
    line = next(row for row in csv.splitlines() if person.mail in row.split(",")[1])
    scene.say(
        f"\n5. SOMEBODY LEAVES\n   HR's export marks {person.name} as left. Nobody edits a licence file: the next run takes"
        "\n   the seats back, by the leaver lane, in one go."
    )
    scene.commit("HR export of the night", {"hr/people.csv": csv.replace(line, line.replace(",A,", ",T,", 1))})
    run = _apply(scene)
    _expect(any(w.lane == "leavers" for w in run.written), "the leaver's seats are taken")


def _drift(scene: Set) -> None:
    console = scene.console("figma")
    sku = scene.tree().licenses["figma-full"].sku
    gone = sorted(seat.login for seat in console.seats(sku))[0]
    console.hand_revoke(sku, gone)
    scene.say(
        "\n6. SOMEBODY CLICKS IN A CONSOLE\n"
        f"   An administrator takes the figma-full seat of {gone} by hand. That has no cause in the repository:\n"
        "   it is drift. It is shown, and never put back behind anybody's back."
    )
    seen = _plan(scene, "main", everything=True)
    _expect(any(d.license == "figma-full" for d in seen.drift), "the drift is shown")
    console.hand_grant(sku, gone)
    scene.say(f"   She or he is given it back by hand; nothing else happens.  ({gone})")


def _take_back(scene: Set, commit: str) -> None:
    scene.say(
        "\n7. THE WAY BACK\n   The whole change of scene 2 is taken back by its meaning: what was given is taken,"
        "\n   what was taken is given back. First what that would do, then the branch, and its plan."
    )
    scene.say(f"\n$ seatwise rollback {commit[:9]} --check")
    scene.say(_indented(rollback_text.rollback(going_back.check(scene.workspace, commit), width=WIDTH)))
    back = going_back.rollback(scene.workspace, commit)
    scene.say(f"\n$ seatwise rollback {commit[:9]}")
    scene.say(f"   branch {back.branch}: {len(back.undone)} rows")
    _plan(scene, back.branch)
    scene.say(f"\n   It is approved and merged:  git merge --no-ff {back.branch}")
    scene.merge(back.branch, f'Take back "{TITLE}"\n\nSeatwise-Reverts: {commit}')
    run = _apply(scene)
    _expect(run.exit is Exit.OK and bool(run.restored), "the change is taken back in one run, with its proof")


def _proof(scene: Set, start: Seats) -> None:
    now = _holders(scene)
    gone = start - now
    scene.say(
        "\n8. THE START IS BACK\n"
        f"   {len(now)} people hold Copilot, {len(start)} did before the pull request.\n"
        f"   {_said(gone, now - start, scene)}\n"
        "   Every step is in the journal, on branches of the remote, readable with git alone:"
    )
    heads = str(scene.repo.git.ls_remote("--heads", "origin")).splitlines()
    scene.say("\n".join("     " + head.split("\t")[1] for head in heads if "seatwise/" in head))
    _expect(gone <= {scene.people().persons[_left(scene)].mail} and not now - start, "the seats are those of the start")
    scene.say("\nThat was seatwise. Yours: seatwise init")


def _said(gone: Seats, more: Seats, scene: Set) -> str:
    if not gone and not more:
        return "They are the same people, one by one."
    left = ", ".join(sorted(gone))
    return f"They are the same people, one by one, but for {left}, who has left the company."


def _apply(scene: Set) -> Run:
    scene.say("\n$ seatwise apply")
    run = applying.apply(scene.workspace)
    scene.say(_indented("\n".join(run_text.outcome_lines(run, width=WIDTH))))
    scene.say(f"   exit {int(run.exit)}")
    return run


def _plan(scene: Set, branch: str, *, everything: bool = False) -> Plan:
    scene.say(f"\n$ seatwise plan {branch}{' --all' if everything else ''}")
    seen = plan(scene.workspace, branch)
    scene.say(_indented(plan_text.plan(seen, width=WIDTH, everything=everything)))
    return seen


def _status(scene: Set) -> None:
    scene.say("\n$ seatwise status")
    seen = status(scene.workspace)
    scene.say(_indented(status_text.status(seen)))


def _indented(text: str) -> str:
    return "\n".join(f"   {line}" if line else "" for line in text.rstrip("\n").splitlines())


def _expect(so: bool, what: str) -> None:
    if not so:
        raise Stop(
            Exit.BUG, f"the demo did not come out as it should: {what}", "report it with everything printed above"
        )


def _holders(scene: Set) -> Seats:
    """Mails of those who hold Copilot."""
    logins = {seat.login.casefold() for seat in scene.console("octo").seats(SKU) if seat.pending != "cancelled"}
    return frozenset(
        p.mail for p in scene.people().persons.values() if _login(p.logins.get("octo", ""), p.mail) in logins
    )


def _login(own: str, mail: str) -> str:
    return (own or mail).casefold()


def _engineers(scene: Set) -> list[str]:
    """Forty people who are at work, have a GitHub seat and no Copilot, and are not under `never`."""
    licenses = scene.tree().licenses
    members = {seat.login.casefold() for seat in scene.console("octo").seats(licenses["github-enterprise"].sku)}
    out = _holders(scene) | {never.person for never in licenses["copilot-business"].never}
    working = (p for p in scene.people().persons.values() if p.status == "active" and p.worker in HUMAN)
    fit = (p.id for p in working if p.id not in out and _login(p.logins.get("octo", ""), p.mail) in members)
    return sorted(fit)[:GIVES]


def _idle(scene: Set) -> list[str]:
    """The twelve of the first wave who used it longest ago."""
    used = {seat.login.casefold(): seat.last_used or date.min for seat in scene.console("octo").seats(SKU)}
    named = next(a for a in scene.tree().licenses["copilot-business"].assignments or () if a.name == "wave-1").people
    people = scene.people()
    fit = [p for who in named if (p := people.find(who)) and _login(p.logins.get("octo", ""), p.mail) in used]
    return [p.id for p in sorted(fit, key=lambda p: (used[_login(p.logins.get("octo", ""), p.mail)], p.id))[:TAKES]]


def _pilot_login(scene: Set) -> str:
    """The login of somebody in the pilot of the gives."""
    pilot = next(s for s in plan(scene.workspace, "main").stages if s.kind == "gives" and s.name == "pilot")
    person = scene.people().persons[pilot.people[0]]
    return person.logins.get("octo") or person.mail


def _leaving(scene: Set) -> str:
    """Somebody who holds Copilot since before the pull request, and is no VIP and no approver."""
    return _left(scene)


def _left(scene: Set) -> str:
    tree = scene.tree()
    approvers = {a.person for owner in tree.owners.values() for a in owner.approvers}
    named = next(a for a in tree.licenses["copilot-business"].assignments or () if a.name == "wave-1").people
    return next(who for who in sorted(named) if who not in approvers)
