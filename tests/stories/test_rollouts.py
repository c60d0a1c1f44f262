"""Rollouts over hours and days: stages, soak, what passes them and what waits for them, and the way back in between."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tests.company import Company, person
from tests.stories.conftest import CALM, NAMES
from tests.stories.test_road import heads

from seatwise.core.lifecycle import Event
from seatwise.core.model import Exit, Result, RolloutState, Run, Stop, Verb
from seatwise.core.records import Said, say
from seatwise.edges import bodies
from seatwise.flows import runs as rollouts

CREW = "crew: {where: {department: [Engineering]}, max: 40}"


def states(run: Run) -> dict[str, RolloutState]:
    return {rollout.title: rollout.state for rollout in run.rollouts}


def sent(run: Run) -> set[tuple[Verb, str]]:
    return {(o.change.verb, o.change.who.split("@")[0]) for w in run.written for o in w.outcomes}


def test_gives_soak_an_hour_and_the_rollout_ends(twelve: Company) -> None:
    twelve.asks("twelve get b", b=" ".join(NAMES))

    assert (twelve.apply().exit, len(twelve.has("B"))) == (Exit.WAITING, 8)
    assert (twelve.apply(minutes=59).exit, len(twelve.has("B"))) == (Exit.WAITING, 8)
    assert (twelve.apply(minutes=1).exit, len(twelve.has("B"))) == (Exit.WAITING, 12)
    run = twelve.apply(hours=1)

    assert (run.exit, sent(run), states(run)) == (Exit.OK, set(), {})
    commit = twelve.git("rev-parse", "HEAD")
    assert [(r.state, r.why) for r in rollouts.show(twelve.workspace, commit)[1]] == [(RolloutState.CLOSED, "done")]


def test_takes_soak_twenty_hours(twelve: Company) -> None:
    twelve.write("policies/max-removals.yaml", CALM)
    twelve.asks("eleven lose a", a="p11")

    twelve.apply()
    assert len(twelve.has("A")) == 4
    twelve.apply(hours=19)
    assert len(twelve.has("A")) == 4
    twelve.apply(hours=1)
    assert twelve.has("A") == {"p11"}


def test_a_rollout_that_ended_writes_nothing_any_more(twelve: Company) -> None:
    twelve.asks("twelve get b", b=" ".join(NAMES))
    for _ in range(3):
        twelve.apply(hours=1)
    before, calls = heads(twelve), twelve.calls()

    run = twelve.apply(days=2)

    assert (run.exit, run.written, heads(twelve), twelve.calls()) == (Exit.OK, (), before, calls)


def test_what_the_vendor_showed_is_kept_before_the_first_write(twelve: Company) -> None:
    twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()

    kinds = [record["type"] for record in twelve.records()]
    snapshot = next(record for record in twelve.records() if record["type"] == "snapshot")
    assert kinds.index("snapshot") < kinds.index("intent", kinds.index("rollout"))
    body = bodies.get(twelve.workspace.git, "origin", snapshot["sha256"])
    assert body is not None and snapshot["sha256"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
    shown = json.loads(body)
    assert (len(shown["A"]["seats"]), len(shown["B"]["seats"])) == (12, 0)


def test_a_pilot_that_fails_halts_and_goes_on_after_the_fix(twelve: Company) -> None:
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    pilot = next(stage for stage in twelve.plan().stages if stage.name == "pilot")
    twelve.console.fault("refuse", times=99, call="write", login=pilot.people[0])

    run = twelve.apply()
    assert (run.exit, states(run)) == (Exit.PARTLY, {"twelve get b": RolloutState.HALTED})
    twelve.apply(hours=5)
    assert len(twelve.has("B")) == 7

    twelve.console.clear_faults()
    rollouts.resume(twelve.workspace, commit)
    twelve.apply()
    assert len(twelve.has("B")) == 8
    twelve.apply(hours=1)
    assert twelve.has("B") == set(NAMES)


def test_who_resumes_what_somebody_else_resumed_and_ended_meanwhile_changes_nothing(twelve: Company) -> None:
    """A word may come late: said by what was read before the other's was there."""
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    pilot = next(stage for stage in twelve.plan().stages if stage.name == "pilot")
    twelve.console.fault("refuse", times=99, call="write", login=pilot.people[0])
    (halted,) = twelve.apply().rollouts
    twelve.console.clear_faults()
    rollouts.resume(twelve.workspace, commit)
    twelve.apply()
    twelve.apply(hours=1)
    twelve.apply(hours=1)
    calls = twelve.calls()

    with pytest.raises(Stop, match="is closed at v: nothing to resume"):
        rollouts.resume(twelve.workspace, commit)
    workspace = twelve.workspace
    late = Said(0, workspace.clock.now(), Event.RESUME, "v", halted.id, "so", "bo")
    workspace.control(workspace.sound_tree("HEAD").settings).append([say(late)])
    run = twelve.apply()

    assert (run.exit, run.written, twelve.calls()) == (Exit.OK, (), calls)
    heard = [(r["was"], r["to"]) for r in twelve.records() if r["type"] == "obeyed"]
    assert heard == [("halted", "open"), ("closed", "closed")]


def test_a_revert_in_between_takes_back_only_what_was_done(twelve: Company) -> None:
    commit = twelve.asks("twelve get b", b=" ".join(NAMES))
    twelve.apply()
    given = twelve.has("B")
    assert len(given) == 8
    calls = twelve.calls()

    twelve.revert(commit)
    run = twelve.apply(minutes=10)

    assert sent(run) == {(Verb.REVOKE, name) for name in given}
    assert (twelve.has("B"), twelve.calls() - calls) == (set(), 8)
    assert twelve.apply(days=2).written == ()


def test_of_two_bulk_changesets_on_one_license_the_second_goes_when_the_first_has_ended(twelve: Company) -> None:
    more = [f"q{n:02}" for n in range(12)]
    twelve.hires(*more)
    twelve.asks("first", b=" ".join(NAMES))
    twelve.asks("second", b=" ".join((*NAMES, *more)))

    run = twelve.apply()
    assert states(run) == {"first": RolloutState.OPEN, "second": RolloutState.QUEUED}
    assert not twelve.has("B") & set(more)
    twelve.apply(hours=1)
    assert twelve.has("B") == set(NAMES)

    run = twelve.apply(hours=1)
    assert states(run)["second"] is RolloutState.OPEN
    assert len(twelve.has("B") & set(more)) == 8
    twelve.apply(hours=1)
    assert twelve.has("B") == {*NAMES, *more}


def test_a_small_changeset_passes_a_bulk_one(twelve: Company) -> None:
    twelve.hires("new")
    twelve.asks("bulk", b=" ".join(NAMES))
    twelve.apply()

    twelve.asks("small", b=" ".join((*NAMES, "new")))
    run = twelve.apply(minutes=5)

    assert sent(run) == {(Verb.ASSIGN, "new")}


def test_a_joiner_waits_for_the_last_stage_of_an_open_rule(twelve: Company) -> None:
    for name in NAMES:
        twelve.changes(name, department="Engineering")
    twelve.license("b", rules=CREW)
    twelve.commit("a rule")
    twelve.apply()
    assert len(twelve.has("B")) == 8
    twelve.hires("new", department="Engineering")

    twelve.apply(minutes=30)
    assert "new" not in twelve.has("B")
    twelve.apply(minutes=30)
    assert twelve.has("B") == {*NAMES, "new"}


def test_sixty_seats_are_adopted_and_given_up_again_without_a_call(tmp_path: Path) -> None:
    company = Company(tmp_path)
    names = [f"p{n:02}" for n in range(60)]
    company.sells(A=60)
    company.hires(*names)
    company.holds("A", *names)
    company.asks("manage it", a="")
    company.apply()

    adopted = company.asks("adopt sixty", a=" ".join(names))
    run = company.apply(hours=1)
    assert {(one.who.split("@")[0], one.how) for one in run.settled} == {(name, "adopt") for name in names}

    company.revert(adopted)
    run = company.apply(hours=1)
    assert {(one.who.split("@")[0], one.how) for one in run.settled} == {(name, "forget") for name in names}
    company.apply(days=3)
    assert (company.console.requests(), company.has("A")) == (0, set(names))


class TestASwap:
    @pytest.fixture
    def office(self, tmp_path: Path) -> Company:
        """Ann and Bo have the small suite; there is one big one."""
        company = Company(tmp_path, acts_like="microsoft365")
        company.sells(E3=10, E5=1)
        company.hires("ann", "bo")
        company.holds("E3", "ann", "bo")
        company.write("policies/seat-ceiling.yaml", "policy: seat-ceiling\nlevel: warn\n")
        company.license("e3", ["ann", "bo"], extra="one_of: suite\nrank: 30\n")
        company.license("e5", [], extra="one_of: suite\nrank: 50\n", quantity=1)
        company.commit("start")
        company.apply()
        return company

    def test_is_one_call_that_leaves_nobody_without(self, office: Company) -> None:
        office.asks("ann gets the big one", e3="bo", e5="ann")

        run = office.apply()

        assert sent(run) == {(Verb.SWAP, "ann")}
        assert (office.has("E3"), office.has("E5"), office.calls()) == ({"bo"}, {"ann"}, 1)

    def test_that_is_refused_leaves_the_old_seat_and_comes_later(self, office: Company) -> None:
        office.console.fault("refuse", times=1, call="write", login="ann@x.example")
        office.asks("ann gets the big one", e3="bo", e5="ann")

        run = office.apply()
        assert [o.result for w in run.written for o in w.outcomes] == [Result.REFUSED]
        assert (office.has("E3"), office.has("E5")) == ({"ann", "bo"}, set())

        office.apply(hours=1)
        assert (office.has("E3"), office.has("E5")) == ({"bo"}, {"ann"})

    def test_for_which_there_is_no_room_leaves_the_old_seat_until_there_is(self, office: Company) -> None:
        office.asks("both get the big one", e3="", e5="ann bo")
        run = office.apply()
        (waiting,) = run.held
        assert waiting.rule == "pool-full"
        assert len(office.has("E3")) == len(office.has("E5")) == 1
        assert office.has("E3") | office.has("E5") == {"ann", "bo"}

        office.console.set_bought("E5", 2)
        office.apply(hours=1)
        assert (office.has("E3"), office.has("E5")) == (set(), {"ann", "bo"})


def test_the_last_seat_waits_for_whoever_came_second_and_comes_when_one_is_freed(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.sells(A=1)
    company.hr(person("late", start="2026-01-01"), person("early", start="2021-01-01"))
    company.write("policies/seat-ceiling.yaml", "policy: seat-ceiling\nlevel: warn\n")
    company.license("a", quantity=1)
    company.asks("late asks first", a="late early")

    run = company.apply()
    assert (company.has("A"), [hold.who for hold in run.held]) == ({"early"}, ["late@x.example"])

    company.changes("early", status="T")
    company.apply(hours=1)
    assert company.has("A") == {"late"}


@pytest.mark.parametrize("fault", ["timeout-after", "timeout-before"])
def test_a_lost_answer_is_settled_by_reading_and_the_seat_is_given_once(twelve: Company, fault: str) -> None:
    twelve.console.fault(fault, times=1, call="write")
    twelve.asks("b for one", b="p01")

    twelve.apply()
    for _ in range(3):
        twelve.apply(hours=1)

    done = [record for record in twelve.records() if record["type"] == "outcome"]
    assert twelve.has("B") == {"p01"}
    assert twelve.calls() == (1 if fault == "timeout-after" else 2)
    assert done


def test_while_the_vendor_may_still_show_what_was_lost_it_is_not_asked_again(tmp_path: Path) -> None:
    company = Company(tmp_path, config="settle: 10 minutes")
    company.sells(A=5)
    company.hires("ann")
    company.asks("manage it", a="")
    company.apply()
    company.console.fault("timeout-after", times=1, call="write")
    company.asks("ann", a="ann")

    company.apply(minutes=20)
    assert (company.apply(minutes=5).written, company.calls()) == ((), 1)

    company.apply(minutes=10)
    company.apply(minutes=30)
    assert (company.has("A"), company.calls()) == ({"ann"}, 1)


def test_a_seat_that_we_gave_and_that_is_not_shown_yet_counts_as_taken(tmp_path: Path) -> None:
    company = Company(tmp_path, config="settle: 10 minutes")
    company.sells(A=1)
    company.hires("ann", "bo")
    company.asks("manage it", a="")
    company.apply()
    company.asks("ann", a="ann")
    company.apply(minutes=20)
    company.asks("bo too", a="ann bo")

    run = company.apply(minutes=1)

    assert (sent(run), [hold.rule for hold in run.held], company.calls()) == (set(), ["pool-full"], 1)

    company.asks("only bo", a="bo")
    run = company.apply(minutes=1)
    assert (sent(run), company.calls()) == (set(), 1), "ann's is not taken yet"
