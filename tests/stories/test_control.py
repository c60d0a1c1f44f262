"""What people say to rollouts: halt, resume, abort, retry, release; from another machine, while a run writes, after a crash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.company import Company, person
from tests.stories.conftest import CALM, NAMES
from tests.stories.test_rollouts import CREW, sent, states

from seatwise.core.lifecycle import SAID, Event
from seatwise.core.model import ClaimState, Exit, Rollout, RolloutState, Run, Standing, Stop, Verb
from seatwise.flows import account_run, runs
from seatwise.flows.apply import Options, apply
from seatwise.flows.runs import Order
from seatwise.flows.status import status
from seatwise.views import run_text, runs_text, status_text
from seatwise.views.words.oncall import ways

HALT, RESUME, ABORT, RETRY, RELEASE = SAID


def say(company: Company, verb: Event, id: str = "", **more: object) -> None:
    runs.say(company.workspace, Order(verb, id, reason="so", **more))  # type: ignore[arg-type]


def only(company: Company, commit: str) -> Rollout:
    """The rollout as the journal has it, whatever was said since."""
    workspace = company.workspace
    return workspace.state(workspace.sound_tree("HEAD").settings, "v").rollouts[commit[:12]]


def obeyed(company: Company) -> list[tuple[str, str, str]]:
    return [(r["verb"], r["was"], r["to"]) for r in company.records() if r["type"] == "obeyed"]


def refused(company: Company, verb: Event, id: str = "", **more: object) -> str:
    with pytest.raises(Stop) as stop:
        say(company, verb, id, **more)
    assert stop.value.code is Exit.USAGE
    return stop.value.what


def interrupted(company: Company, does: Callable[[], None]) -> Run:
    """An apply during which, before its second batch, something happens elsewhere."""
    calls = 0

    def watch(account: str, done: int, due: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            does()

    return apply(company.workspace, Options(watch=watch))


@pytest.fixture
def pilot(twelve: Company) -> tuple[Company, str]:
    """Eight of twelve have B, and their pilot soaks."""
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    assert len(twelve.has("B")) == 8
    return twelve, commit


# halt and resume


def test_a_halted_rollout_writes_nothing_until_it_is_resumed_and_skips_no_soak(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, HALT, commit)
    run = company.apply(hours=1)
    assert (run.exit, run.written, states(run)) == (Exit.PARTLY, (), {"twelve get b": RolloutState.HALTED})
    assert only(company, commit).why == "seatwise: so"

    say(company, RESUME, commit)
    company.apply(minutes=1)
    assert company.has("B") == set(NAMES)
    assert obeyed(company) == [("halt", "open", "halted"), ("resume", "halted", "open")]


def test_a_halt_says_5_once_to_a_schedule_and_then_0_with_a_finding(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, HALT, commit)
    assert company.apply(scheduled=True).exit is Exit.PARTLY
    again = company.apply(scheduled=True, minutes=30)
    assert (again.exit, [f.rule for f in again.findings]) == (Exit.OK, ["rollout-halted"])
    assert company.apply(minutes=30).exit is Exit.PARTLY


def test_a_halt_from_another_machine_stops_a_run_after_the_batch_in_flight(
    twelve: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_run, "batch_size", lambda info: 3)
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    elsewhere = twelve.copy(tmp_path / "elsewhere")
    elsewhere.git("remote", "set-url", "origin", str(twelve.remote))
    admit = twelve.copy(tmp_path / "lost")
    admit.apply()

    run = interrupted(twelve, lambda: say(elsewhere, HALT, commit))

    assert (run.exit, len(twelve.has("B"))) == (Exit.PARTLY, 3)
    assert only(twelve, commit).state is RolloutState.HALTED
    assert len(twelve.apply(hours=3).written) == 0
    say(elsewhere, RESUME, commit)
    twelve.apply()
    assert len(twelve.has("B")) == 8


def test_each_word_is_obeyed_once_and_the_journal_says_which(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, HALT, commit)
    say(company, RESUME, commit)
    for _ in range(3):
        company.apply(minutes=1)
    assert [r["control"] for r in company.records() if r["type"] == "obeyed"] == [1, 2]
    assert only(company, commit).state is RolloutState.OPEN


def test_a_word_is_taken_in_before_any_run_has_heard_it(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, HALT, commit)
    shown = runs.shown(company.workspace, commit)
    assert [(one.rollout.state, [h.verb for h in shown.heard]) for one in shown.tallies] == [
        (RolloutState.HALTED, [HALT])
    ]
    assert {hold.rule for hold in company.plan().others_held} == {"rollout-halted"}
    assert not company.plan().others


def test_what_can_not_be_done_as_it_stands_says_how_it_stands(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    assert refused(company, RESUME, commit) == f"rollout {commit} is soaking at v: nothing to resume"
    assert refused(company, RELEASE, commit) == f"rollout {commit} is soaking at v: nothing to release"
    assert refused(company, HALT, "ffffffff") == "there is no rollout ffffffff"
    assert refused(company, HALT, commit, account="w") == "there is no account 'w'"
    assert refused(company, ABORT) == "abort what?"
    company.apply(hours=1)
    company.apply(hours=1)
    assert refused(company, HALT, commit) == f"rollout {commit} is closed at v: nothing to halt"


def test_a_changeset_that_is_not_admitted_has_nothing_to_halt(pilot: tuple[Company, str]) -> None:
    company, _ = pilot
    later = company.asks("not admitted yet", a="p01")
    assert "is refused" in refused(company, HALT, later)


# everything at an account


def test_an_account_that_is_stopped_waits_in_every_lane_leavers_too(pilot: tuple[Company, str]) -> None:
    company, _ = pilot
    say(company, HALT, account="v")
    company.changes("p01", status="T")
    run = company.apply(hours=2)
    assert (run.exit, run.written, "account-stopped" in {f.rule for f in run.findings}) == (Exit.PARTLY, (), True)
    assert "p01" in company.has("A")
    assert {h.rule for h in company.plan().others_held} == {"account-stopped"}
    assert refused(company, HALT, account="v") == "account v is stopped"
    again = company.apply(scheduled=True, minutes=1)
    assert (again.exit, again.written) == (Exit.OK, ())

    say(company, RESUME, account="v")
    company.apply()
    assert ("p01" in company.has("A"), company.has("B")) == (False, {*NAMES} - {"p01"})
    assert refused(company, RESUME, account="v") == "account v is not stopped"


# retry, and going on without


def failing(company: Company) -> tuple[str, str]:
    """The pilot of a rollout fails for one of its eight: the changeset, and who."""
    commit = company.asks("twelve get b", b=" ".join(NAMES))
    victim = next(stage for stage in company.plan().stages if stage.name == "pilot").people[0]
    company.console.fault("refuse", times=99, call="write", login=victim)
    assert company.apply().exit is Exit.PARTLY
    return commit, victim.split("@")[0]


def test_a_retry_sends_again_what_was_refused(twelve: Company) -> None:
    commit, victim = failing(twelve)
    say(twelve, RETRY, commit)
    assert twelve.apply(hours=2).exit is Exit.PARTLY
    assert only(twelve, commit).state is RolloutState.HALTED
    twelve.console.clear_faults()
    say(twelve, RETRY, commit)
    twelve.apply()
    assert (victim in twelve.has("B"), only(twelve, commit).state) == (True, RolloutState.OPEN)


def test_it_goes_on_without_the_seats_that_halted_it_which_come_when_it_has_ended(twelve: Company) -> None:
    commit, victim = failing(twelve)
    say(twelve, RESUME, commit, without=True)
    twelve.apply(hours=1)
    assert twelve.has("B") == set(NAMES) - {victim}
    twelve.console.clear_faults()
    twelve.apply(hours=1)
    assert (only(twelve, commit).state, only(twelve, commit).why) == (RolloutState.CLOSED, "partial")
    twelve.apply(hours=1)
    assert twelve.has("B") == set(NAMES)


def test_plain_resume_checks_all_again_and_halts_again(twelve: Company) -> None:
    commit, _ = failing(twelve)
    say(twelve, RESUME, commit)
    twelve.apply(hours=2)
    assert (only(twelve, commit).state, len(twelve.has("B"))) == (RolloutState.HALTED, 7)


def test_who_is_called_at_night_reads_first_what_people_have_and_then_four_commands(twelve: Company) -> None:
    commit, victim = failing(twelve)
    lines = run_text.outcome_lines(twelve.apply())
    at = next(n for n, line in enumerate(lines) if line.startswith("v, twelve get b:"))
    assert f"{victim}@x.example (b) lacks a seat. 7 of 12 new seats are there, 4 not begun." in lines[at]
    message = "\n".join(lines[at:])
    assert f"gives pilot: 1 seat is not as wanted: {victim}@x.example (b)" in " ".join(message.split())
    commands = [line.split("seatwise ")[1] for line in lines[at:] if "seatwise " in line]
    id = f"{commit[:12]} --account v"
    assert commands == [
        f'run retry {id} --reason "try again"',
        f'run resume {id} --without --reason "go on without them"',
        f'run abort {id} --reason "take it back"',
        f"rollback {commit[:12]}",
    ]


# abort


def test_an_abort_takes_back_what_was_done_newest_first_and_holds_every_seat(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    given = [o["id"] for r in company.records() if r["type"] == "outcome" for o in r["outcomes"]]
    say(company, ABORT, commit)
    assert len(company.plan().others) == 8
    run = company.apply(minutes=1)

    assert (company.has("B"), only(company, commit).state) == (set(), RolloutState.ABORTED)
    assert (run.exit, sent(run)) == (
        Exit.OK if not run.written else run.exit,
        {(Verb.REVOKE, n) for n in sent_names(run)},
    )
    (intent,) = [r for r in company.records() if r["type"] == "intent" and r["stage"] == "abort"]
    gave = next(r for r in company.records() if r["type"] == "intent" and r["stage"] == "pilot")
    assert [c["who"] for c in intent["changes"]] == [c["who"] for c in reversed(gave["changes"])]
    assert len(given) >= 8
    later = company.apply(days=3)
    assert (later.exit, later.written, company.has("B")) == (Exit.OK, (), set())
    assert {h.rule for h in later.held} == {"aborted"}
    assert len(later.held) == 12
    assert company.plan().drift == ()


def test_a_plan_shows_who_gets_a_seat_that_an_abort_sets_free(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    company.console.set_bought("B", 8)
    company.hires("new")
    company.asks("one more", b=" ".join([*NAMES, "new"]))
    assert (Verb.ASSIGN, "new") not in sent(company.apply()), "the pool is full"
    say(company, ABORT, commit)
    planned = {(step.change.verb, base(step.change.who)) for step in company.plan().others}
    run = company.apply(minutes=1)
    assert (Verb.ASSIGN, "new") in sent(run) == planned


def base(mail: str) -> str:
    return mail.partition("@")[0]


def sent_names(run: Run) -> set[str]:
    return {name for _, name in sent(run)}


def test_seats_that_were_taken_come_back_with_the_claim_of_before(twelve: Company) -> None:
    twelve.write("policies/max-removals.yaml", CALM)
    commit = twelve.asks("eleven lose a", a="p11")
    before = {name: twelve.claim("a", name) for name in NAMES}
    twelve.apply()
    lost = set(NAMES) - twelve.has("A")
    assert len(lost) == 8

    say(twelve, ABORT, commit)
    twelve.apply(minutes=1)

    assert twelve.has("A") == set(NAMES)
    for name in lost:
        claim, was = twelve.claim("a", name), before[name]
        assert claim is not None
        assert was is not None
        assert (claim.state, claim.made, claim.holder) == (ClaimState.OURS, was.made, was.holder)
    assert twelve.apply(days=2).written == ()


def test_what_somebody_else_changed_since_is_left(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    one, *others = sorted(company.has("B"))
    company.revokes_by_hand("B", one)
    say(company, ABORT, commit)
    run = company.apply(minutes=1)
    assert sent(run) == {(Verb.REVOKE, name) for name in others}
    assert only(company, commit).state is RolloutState.ABORTED


def test_what_was_found_out_after_a_lost_answer_is_left(twelve: Company) -> None:
    twelve.console.fault("timeout-after", times=1, call="write")
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    given = twelve.has("B")
    say(twelve, ABORT, commit)
    run = twelve.apply(hours=1)
    (left,) = twelve.has("B")
    assert sent(run) == {(Verb.REVOKE, name) for name in given - {left}}


def test_leavers_go_on_and_nobody_else_calls_a_seat_of_an_aborted_rollout(twelve: Company) -> None:
    for name in NAMES:
        twelve.changes(name, department="Engineering")
    twelve.license("b", rules=CREW)
    commit = twelve.commit("a rule")
    twelve.apply()
    say(twelve, ABORT, commit)
    twelve.apply(minutes=1)
    twelve.hires("new", department="Engineering")
    twelve.changes("p01", status="T")
    twelve.changes("p02", department="Sales")
    twelve.apply(days=1)
    assert (twelve.has("B"), "p01" in twelve.has("A")) == (set(), False)


def test_a_changeset_that_lands_later_takes_its_seats_over_and_closes_it(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, ABORT, commit)
    company.apply(minutes=1)
    company.asks("three of them after all", b="p01 p02 p03")
    company.apply(minutes=1)
    assert company.has("B") == set(), "their rows did not change: nothing asks anew"
    company.asks("nobody", b="")
    company.apply(minutes=1)
    assert (only(company, commit).state, only(company, commit).why) == (RolloutState.CLOSED, "superseded")
    company.asks("two", b="p01 p02")
    company.apply(minutes=1)
    assert company.has("B") == {"p01", "p02"}


def test_changesets_that_were_on_main_when_it_was_aborted_are_held_for_its_seats_too(twelve: Company) -> None:
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    twelve.asks("not the last two", b=" ".join(NAMES[:10]))
    again = twelve.asks("all twelve", b=" ".join(NAMES))
    assert again != commit
    say(twelve, ABORT, commit)
    twelve.apply(minutes=1)
    twelve.apply(days=1)
    assert not twelve.has("B") & set(NAMES)


def test_a_revert_that_lands_closes_it_as_reverted(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, ABORT, commit)
    company.apply(minutes=1)
    company.revert(commit)
    run = company.apply(minutes=1)
    assert (only(company, commit).state, only(company, commit).why) == (RolloutState.CLOSED, "reverted")
    assert (company.has("B"), run.held, company.plan().drift) == (set(), (), ())


def test_a_release_lets_its_seats_go_as_they_are(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, ABORT, commit)
    company.apply(minutes=1)
    say(company, RELEASE, commit)
    run = company.apply(minutes=1)
    assert (only(company, commit).state, only(company, commit).why) == (RolloutState.CLOSED, "cancelled")
    assert (run.written, company.has("B"), run.held) == ((), set(), ())
    assert len(company.plan().drift) == 12
    assert company.apply(days=2).written == ()


def test_what_a_release_leaves_unlike_main_is_named_with_the_one_command_until_main_says_so(
    pilot: tuple[Company, str],
) -> None:
    company, commit = pilot
    say(company, ABORT, commit)
    company.apply(minutes=1)
    say(company, RELEASE, commit)
    company.apply(minutes=1)
    command = f"seatwise rollback {commit[:12]}"

    shown = runs.shown(company.workspace, commit).tallies
    assert len(shown[0].unmet) == 12
    assert command in runs_text.said((), runs.MEANS[RELEASE], shown)
    assert "p00@x.example (b)" in runs_text.said((), runs.MEANS[RELEASE], shown)
    standing = status(company.workspace)
    assert command in status_text.status(standing)
    assert command in status_text.rollouts(Standing(standing.now, "UTC", (shown[0].rollout,), tallies=shown))
    assert {command in drift.fix for drift in company.plan().drift} == {True}
    assert {f"rollout {commit[:12]} was aborted and released" in drift.what for drift in company.plan().drift} == {True}

    company.revert(commit)
    company.apply(minutes=1)
    assert (company.plan().drift, runs.shown(company.workspace, commit).tallies[0].unmet) == ((), ())
    assert "rollback" not in status_text.status(status(company.workspace))
    company.asks("after all", b="p01 p02")
    company.apply(minutes=1)
    assert company.has("B") == {"p01", "p02"}


def test_what_a_later_changeset_asks_is_not_named_as_left_by_a_release(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, ABORT, commit)
    company.apply(minutes=1)
    say(company, RELEASE, commit)
    company.apply(minutes=1)
    company.asks("not the first", b=" ".join(NAMES[1:]))
    company.apply(minutes=1)
    company.asks("the first again", b=" ".join(NAMES))
    company.apply(minutes=1)
    unmet = runs.shown(company.workspace, commit).tallies[0].unmet
    assert (company.has("B"), len(unmet)) == ({"p00"}, 11)


def test_an_abort_in_the_queue_or_before_anything_was_done_is_over_at_once(pilot: tuple[Company, str]) -> None:
    company, _ = pilot
    more = [f"q{n:02}" for n in range(12)]
    company.hires(*more)
    second = company.asks("second", b=" ".join((*NAMES, *more)))
    run = company.apply(minutes=1)
    assert states(run)["second"] is RolloutState.QUEUED
    assert only(company, second).why.startswith("behind ")
    say(company, ABORT, second)
    company.apply(minutes=1)
    assert only(company, second).state is RolloutState.ABORTED


def test_taking_back_is_halted_and_goes_on(pilot: tuple[Company, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_run, "batch_size", lambda info: 3)
    company, commit = pilot
    say(company, ABORT, commit)
    interrupted(company, lambda: say(company, HALT, commit))
    assert (only(company, commit).state, len(company.has("B"))) == (RolloutState.HALTED_ABORT, 5)
    company.apply(hours=5)
    assert len(company.has("B")) == 5
    say(company, RESUME, commit)
    company.apply()
    assert (only(company, commit).state, company.has("B")) == (RolloutState.ABORTED, set())


class Crash(Exception):
    pass


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_taking_back_that_is_killed_goes_on_where_it_was(
    pilot: tuple[Company, str], monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(account_run, "batch_size", lambda info: 3)
    company, commit = pilot
    calls = company.calls()
    say(company, ABORT, commit)
    seen = 0

    def dies(account: str, done: int, due: int) -> None:
        nonlocal seen
        seen += 1
        if seen == batch:
            raise Crash

    with pytest.raises(Crash):
        apply(company.workspace, Options(watch=dies))
    company.apply(minutes=20)
    assert (only(company, commit).state, company.has("B"), company.calls() - calls) == (RolloutState.ABORTED, set(), 8)


def test_what_the_vendor_refuses_to_take_back_is_left_and_can_be_tried_again(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    one = sorted(company.has("B"))[0]
    company.console.fault("refuse", times=99, call="write", login=f"{one}@x.example")
    say(company, ABORT, commit)
    company.apply(minutes=1)
    assert (only(company, commit).state, company.has("B")) == (RolloutState.ABORTED, {one})
    assert "what was left" in offered(company, commit)
    company.console.clear_faults()
    say(company, RETRY, commit)
    company.apply(minutes=1)
    assert (only(company, commit).state, company.has("B")) == (RolloutState.ABORTED, set())


def offered(company: Company, commit: str) -> list[str]:
    return [what for what, _ in ways(runs.shown(company.workspace, commit).tallies[0])]


def test_a_retry_of_an_abort_that_left_nothing_is_refused_and_not_offered(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    say(company, ABORT, commit)
    company.apply(minutes=1)
    assert "nothing to retry" in refused(company, RETRY, commit)
    company.apply(minutes=1)
    assert only(company, commit).why == "seatwise: so"
    assert offered(company, commit) == ["let it be", "give it up"]


def test_a_rollback_of_an_aborted_changeset_takes_back_only_what_is_left(pilot: tuple[Company, str]) -> None:
    from seatwise.flows.rollback import check

    company, commit = pilot
    say(company, ABORT, commit)
    company.apply(minutes=1)
    assert check(company.workspace, commit).calls == ()


# the queue


def test_a_rollout_that_was_halted_in_the_queue_goes_back_to_it(pilot: tuple[Company, str]) -> None:
    company, first = pilot
    more = [f"q{n:02}" for n in range(12)]
    company.hires(*more)
    second = company.asks("second", b=" ".join((*NAMES, *more)))
    company.apply(minutes=1)
    say(company, HALT, second)
    company.apply(minutes=1)
    say(company, RESUME, second)
    company.apply(minutes=1)
    assert (only(company, second).state, only(company, second).why) == (RolloutState.QUEUED, f"behind {first[:12]}")


def test_an_admitted_changeset_that_its_account_has_not_drawn_yet_is_halted_when_it_is(twelve: Company) -> None:
    twelve.console.fault("down", times=99)
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    twelve.console.clear_faults()
    say(twelve, HALT, commit)
    run = twelve.apply(minutes=20)
    assert (only(twelve, commit).state, run.written, twelve.has("B")) == (RolloutState.HALTED, (), set())


def test_who_got_a_new_mail_since_is_taken_back_with_the_others(pilot: tuple[Company, str]) -> None:
    company, commit = pilot
    old = sorted(company.has("B"))[0]
    company.forgets(old)
    company.hr(person("newname", number=f"n-{old}", former=f"{old}@x.example"))
    company.apply()
    assert len(company.has("B")) == 8
    say(company, ABORT, commit)
    company.apply(hours=1)
    company.apply(hours=1)
    assert (company.has("B"), only(company, commit).state) == (set(), RolloutState.ABORTED)


def test_who_gets_a_new_mail_before_their_turn_stays_in_their_stage(pilot: tuple[Company, str]) -> None:
    company, _ = pilot
    old = next(name for name in NAMES if name not in company.has("B"))
    company.forgets(old)
    company.hr(person("newname", number=f"n-{old}", former=f"{old}@x.example"))
    company.apply()
    later = company.apply(hours=2)
    assert {(w.stage, o.change.who) for w in later.written for o in w.outcomes if o.change.who.startswith("new")} == {
        ("rest", "newname@x.example")
    }
    assert len(company.has("B")) == 12


def test_what_waits_behind_a_rollout_goes_when_that_is_aborted_but_for_the_seats_that_are_held(
    pilot: tuple[Company, str],
) -> None:
    company, first = pilot
    more = [f"q{n:02}" for n in range(12)]
    company.hires(*more)
    second = company.asks("second", b=" ".join((*NAMES, *more)))
    company.apply(minutes=1)
    say(company, ABORT, first)
    run = company.apply(minutes=1)
    assert (only(company, second).state, run.exit) == (RolloutState.OPEN, Exit.WAITING)
    company.apply(hours=2)
    run = company.apply(hours=2)
    assert (company.has("B"), only(company, second).state) == (set(more), RolloutState.CLOSED)
    assert {hold.who.split("@")[0] for hold in run.held} == set(NAMES)


def test_what_is_asked_after_an_abort_does_not_wait_for_its_release(pilot: tuple[Company, str]) -> None:
    company, first = pilot
    say(company, ABORT, first)
    company.apply(minutes=1)
    more = [f"q{n:02}" for n in range(12)]
    company.hires(*more)
    second = company.asks("others too", b=" ".join((*NAMES, *more)))
    company.apply(minutes=1)
    assert (only(company, first).state, only(company, second).state) == (RolloutState.ABORTED, RolloutState.OPEN)
    assert company.has("B") and company.has("B") < set(more)
