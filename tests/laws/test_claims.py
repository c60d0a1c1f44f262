"""The table of claims (semantics §2), row by row: what is asked, what is ours, what the vendor shows → what happens."""

from __future__ import annotations

import pytest
from tests.company import Company

from seatwise.core.model import ClaimState, Drift, Exit, Made, Origin, RolloutState, Run, Settled, Verb


def sent(run: Run) -> list[tuple[Verb, str]]:
    """What went out: verb and the person's name."""
    outcomes = (outcome for written in run.written for outcome in written.outcomes)
    return [(outcome.change.verb, outcome.change.who.split("@")[0]) for outcome in outcomes]


def settled(run: Run) -> list[tuple[str, str]]:
    return [(one.how, one.who.split("@")[0]) for one in run.settled]


def drift(company: Company) -> list[tuple[str, str]]:
    """How each seat differs without a cause."""
    return [(one.kind, one.who.split("@")[0]) for one in company.plan().drift]


def test_asked_ours_there_nothing(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    before = company.records()

    run = company.apply(hours=1)

    assert (run.written, run.settled, company.records()) == ((), (), before)


def test_asked_ours_gone_becomes_missing_and_is_drift(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.revokes_by_hand("A", "ann")

    run = company.apply(hours=1)

    assert (run.written, settled(run)) == ((), [("miss", "ann")])
    assert (claim := company.claim("a", "ann")) and claim.state is ClaimState.MISSING
    assert drift(company) == [("removed there", "ann")]


def test_asked_missing_there_again_is_adopted_and_is_still_what_we_made(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.revokes_by_hand("A", "ann")
    company.apply(hours=1)
    company.grants_by_hand("A", "ann")

    run = company.apply(hours=1)

    assert (run.written, settled(run)) == ((), [("adopt", "ann")])
    assert (claim := company.claim("a", "ann")) and (claim.state, claim.made) == (ClaimState.OURS, Made.US)


def test_asked_nobodys_there_is_adopted(company: Company) -> None:
    company.grants_by_hand("A", "ann")
    company.asks(a="ann")

    run = company.apply()

    assert (run.written, settled(run)) == ((), [("adopt", "ann")])


@pytest.mark.parametrize("origin", [Origin.GROUP, Origin.AUTO])
def test_asked_nobodys_there_by_a_group_is_covered_and_never_called(company: Company, origin: Origin) -> None:
    company.console.hand_grant("A", "ann@x.example", origin=origin, group="sg" if origin is Origin.GROUP else "")
    company.asks(a="ann")
    company.apply()
    assert (claim := company.claim("a", "ann")) and claim.state is ClaimState.NONE

    company.asks(a="")
    company.apply(hours=1)

    assert company.has("A") == {"ann"}
    assert company.calls() == 0


def test_a_seat_of_ours_that_a_group_holds_now_is_ours_no_longer_and_does_not_come_back_by_itself(
    company: Company,
) -> None:
    company.asks(a="ann")
    company.apply()
    company.revokes_by_hand("A", "ann")
    company.console.hand_grant("A", "ann@x.example", origin=Origin.GROUP, group="sg")
    run = company.apply(hours=1)
    assert (run.written, settled(run)) == ((), [("cover", "ann")])
    assert company.apply(hours=1).settled == ()

    company.revokes_by_hand("A", "ann")
    runs = [company.apply(hours=1), company.apply(hours=24)]

    assert [sent(run) for run in runs] == [[], []]
    assert drift(company) == [("removed there", "ann")]


def test_asked_nobodys_gone_is_given_for_the_commit_that_asks(company: Company) -> None:
    commit = company.asks(a="ann")

    run = company.apply()

    assert sent(run) == [(Verb.ASSIGN, "ann")]
    assert [o.change.cause.commit for w in run.written for o in w.outcomes] == [commit]


def test_not_asked_ours_there_is_taken_for_the_commit_that_asks_no_more(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    commit = company.asks("dan instead", a="dan")

    run = company.apply(hours=1)

    assert sorted(sent(run)) == [(Verb.ASSIGN, "dan"), (Verb.REVOKE, "ann")]
    assert {o.change.cause.commit for w in run.written for o in w.outcomes} == {commit}


def test_not_asked_ours_gone_is_forgotten(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.revokes_by_hand("A", "ann")
    company.asks(a="")

    run = company.apply(hours=1)

    assert (run.written, settled(run)) == ((), [("forget", "ann")])
    assert company.claim("a", "ann") is None


def test_not_asked_while_missing_and_then_given_by_hand_is_left_alone(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.revokes_by_hand("A", "ann")
    company.apply(hours=1)
    company.asks(a="")
    company.grants_by_hand("A", "ann")

    company.apply(hours=1)
    company.apply(hours=24)

    assert company.has("A") == {"ann"}
    assert [one.who for one in company.plan().unlisted] == ["ann@x.example"]


def test_missing_comes_back_by_a_changeset_that_asks_anew(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.revokes_by_hand("A", "ann")
    company.apply(hours=1)

    company.asks(a="")
    company.asks("ann after all", a="ann")
    run = company.apply(hours=1)

    assert sent(run) == [(Verb.ASSIGN, "ann")]


def test_missing_does_not_come_back_because_another_rule_asks_for_it_now(company: Company) -> None:
    company.changes("ann", department="Engineering")
    crew = "crew: {where: {department: [Engineering]}, max: 9, options: {role: maker}}"
    sales = "sales: {where: {department: [Support]}, max: 9, options: {role: viewer}}"
    company.license("a", rules=f"{crew}\n{sales}", extra="movers: {keep_for: 0 days}\n")
    company.commit("two rules")
    company.apply()
    assert dict(company.seats("A")["ann"].options) == {"role": "maker"}
    company.revokes_by_hand("A", "ann")
    company.apply(hours=1)

    company.changes("ann", department="Support")
    runs = [company.apply(hours=1), company.apply(hours=24)]

    assert [sent(run) for run in runs] == [[], []]
    assert drift(company) == [("removed there", "ann")]


def test_a_license_that_becomes_managed_adopts_gives_and_leaves_the_rest(company: Company) -> None:
    company.license("b", mode="observe")
    company.commit("only look at b")
    company.apply()
    for name in ("ann", "bob"):
        company.grants_by_hand("B", name)
    company.apply(hours=1)
    assert company.plan().unlisted == ()

    company.license("b", ["ann", "cid"], mode="manage")
    company.commit("manage b")
    run = company.apply(hours=1)

    assert (sent(run), settled(run)) == ([(Verb.ASSIGN, "cid")], [("adopt", "ann")])
    assert company.has("B") == {"ann", "bob", "cid"}
    assert [one.who for one in company.plan().unlisted] == ["bob@x.example"]


def test_a_license_that_is_only_looked_at_again_is_forgotten_without_a_call(company: Company) -> None:
    company.asks(a="ann bob")
    company.apply()
    calls = company.calls()

    company.license("a", ["ann"], mode="observe")
    company.commit("only look at a")
    run = company.apply(hours=1)

    assert (run.written, settled(run)) == ((), [("forget", "ann"), ("forget", "bob")])
    assert (company.has("A"), company.calls()) == ({"ann", "bob"}, calls)


def test_a_rollout_of_a_license_that_is_only_looked_at_again_ends_without_a_call(company: Company) -> None:
    names = [f"p{n:02}" for n in range(12)]
    company.hires(*names)
    company.console.set_bought("A", 20)
    company.asks(a=" ".join(names))
    company.apply()
    calls = company.calls()
    assert calls == 8

    company.license("a", names, mode="observe")
    company.commit("only look at a")
    for _ in range(3):
        run = company.apply(hours=2)

    assert company.calls() == calls
    assert [rollout.state for rollout in run.rollouts if rollout.state is not RolloutState.CLOSED] == []
    assert run.exit is Exit.OK


def test_a_retired_license_forgets_its_seats_and_its_file_may_go(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.license("a", ["ann"], extra="retired: true\n")
    company.commit("retire a")

    run = company.apply(hours=1)
    assert (run.written, settled(run)) == ((), [("forget", "ann")])

    company.remove("licenses/x/a.yaml")
    company.commit("and delete it")
    run = company.apply(hours=1)

    assert (run.exit, run.written, run.settled) == (Exit.OK, (), ())
    assert company.has("A") == {"ann"}


def test_a_license_whose_file_is_deleted_before_it_is_retired_is_refused(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.remove("licenses/x/a.yaml")
    company.commit("delete it")

    run = company.apply(hours=1)

    assert (run.exit, company.has("A")) == (Exit.DENIED, {"ann"})
    assert [finding.rule for finding in run.findings] == ["license-deleted"]


def test_drift_and_what_is_unlisted_name_the_seat_and_what_may_be_done(company: Company) -> None:
    company.asks(a="ann")
    company.apply()
    company.revokes_by_hand("A", "ann")
    company.grants_by_hand("A", "bob")
    company.apply()

    plan = company.plan()

    (gone,) = plan.drift
    assert isinstance(gone, Drift) and gone.license == "a" and gone.fix
    assert [(one.license, one.login) for one in plan.unlisted] == [("a", "bob@x.example")]
    assert plan.settled == () or all(isinstance(one, Settled) for one in plan.settled)
