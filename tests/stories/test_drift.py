"""Drift, told with whole runs: what somebody did at the vendor is named, and stays there by a row, or is put right by one."""

from __future__ import annotations

import pytest
from tests.company import Company
from tests.stories.conftest import NAMES

from seatwise.core.model import CauseKind, Exit, Stop
from seatwise.flows import corrections, drift, snapshots
from seatwise.flows.corrections import Said
from seatwise.flows.drift import Found, Wanted
from seatwise.flows.seats import How, Written

SAID = Said("the audit of November", "IT-7")


@pytest.fixture
def drifted(twelve: Company) -> Company:
    """p00 lost their seat of A in the vendor's console; p03 was given one of B there."""
    twelve.apply()
    twelve.revokes_by_hand("A", "p00")
    twelve.grants_by_hand("B", "p03")
    return twelve


def listed(company: Company, *, record: bool = False, **wanted: str) -> Found:
    return drift.listed(company.workspace, Wanted(**wanted), record=record)


def told(found: Found) -> list[tuple[str, str, str]]:
    return [(one.license, str(seat.kind), seat.who.partition("@")[0]) for one in found.scopes for seat in one.seats]


def accept(company: Company, **wanted: object) -> Written:
    return corrections.accept(company.workspace, Wanted(**wanted), SAID, How())  # type: ignore[arg-type]


def correct(company: Company, **wanted: object) -> Written:
    return corrections.correct(company.workspace, Wanted(**wanted), SAID, How())  # type: ignore[arg-type]


def merge(company: Company, branch: str) -> None:
    company.git("merge", "-q", "--ff-only", branch)
    company.git("push", "-q", "origin", "main")


def calls(company: Company) -> list[tuple[str, str, str, CauseKind]]:
    steps = (*(plan := company.plan()).steps, *plan.others)
    return [(s.change.license, s.change.verb, s.change.who.partition("@")[0], s.change.cause.kind) for s in steps]


def nothing_is_left(company: Company) -> None:
    planned = company.plan()
    assert (planned.steps, planned.others, planned.drift, planned.unlisted) == ((), (), (), ())
    assert listed(company).scopes == ()


# listed


def test_each_scope_is_one_finding_with_what_was_added_and_removed_there(drifted: Company) -> None:
    before = drifted.calls()
    found = listed(drifted)
    assert told(found) == [("a", "removed there", "p00"), ("b", "added there", "p03")]
    assert found.exit is Exit.DRIFT and found.clean == () and found.unread == ()
    assert [(one.account, one.counts) for one in found.scopes] == [
        ("v", {"added there": 0, "removed there": 1, "changed there": 0}),
        ("v", {"added there": 1, "removed there": 0, "changed there": 0}),
    ]
    assert drifted.calls() == before


def test_a_scope_keeps_its_fingerprint_while_its_seats_change_and_is_named_when_it_is_clean(drifted: Company) -> None:
    first = {one.license: one for one in listed(drifted).scopes}
    drifted.clock.sleep(86_400)
    drifted.grants_by_hand("B", "p04")
    second = {one.license: one for one in listed(drifted).scopes}
    assert {id: one.fingerprint for id, one in first.items()} == {id: one.fingerprint for id, one in second.items()}
    assert first["a"].digest == second["a"].digest and first["b"].digest != second["b"].digest

    drifted.grants_by_hand("A", "p00")
    found = listed(drifted)
    assert [one.fingerprint for one in found.clean] == [first["a"].fingerprint]


def test_without_drift_it_ends_well(twelve: Company) -> None:
    twelve.apply()
    found = listed(twelve)
    assert (found.exit, found.scopes, len(found.clean)) == (Exit.OK, (), 2)


def test_only_what_is_wanted_is_looked_at(drifted: Company) -> None:
    assert told(listed(drifted, license="b")) == [("b", "added there", "p03")]
    with pytest.raises(Stop, match="there is no license 'c'"):
        listed(drifted, license="c")
    with pytest.raises(Stop, match="there is no account 'w'"):
        listed(drifted, account="w")


def test_an_account_that_cannot_be_read_is_named_and_counts_as_neither(drifted: Company) -> None:
    drifted.console.fault("down")
    found = listed(drifted)
    assert (found.exit, found.scopes, found.clean) == (Exit.ERROR, (), ())
    assert [one.account for one in found.unread] == ["v"]


def test_each_run_keeps_a_snapshot_and_tells_by_the_earlier_ones_since_when(drifted: Company) -> None:
    drifted.grants_by_hand("A", "p00")
    first = listed(drifted, record=True)
    assert len(snapshots.listed(drifted.workspace)) == 1 and first.unrecorded == ()
    drifted.clock.sleep(86_400)
    drifted.revokes_by_hand("A", "p00")
    listed(drifted, record=True)
    drifted.clock.sleep(86_400)

    found = {one.license: one.seats[0] for one in listed(drifted, record=True).scopes}

    one, two, _ = reversed([one.at for one in snapshots.listed(drifted.workspace)])
    assert (found["a"].after, found["a"].since) == (one, two)
    assert (found["b"].after, found["b"].since) == (None, one), "it was there before anybody looked"


def test_a_remote_that_takes_nothing_stops_nobody_from_knowing(drifted: Company) -> None:
    assert drifted.remote is not None
    hook = drifted.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    found = listed(drifted, record=True)
    assert (found.exit, len(found.scopes)) == (Exit.DRIFT, 2)
    assert [one.partition(":")[0] for one in found.unrecorded] == ["v"]


def test_before_the_first_run_no_journal_is_begun(tmp_path_factory: pytest.TempPathFactory) -> None:
    company = Company(tmp_path_factory.mktemp("new"))
    company.sells(A=5)
    company.hires("ann", "bo")
    company.holds("A", "ann", "bo")
    company.asks("the first", a="ann")
    found = listed(company, record=True)
    assert told(found) == [("a", "added there", "bo")]
    assert found.unrecorded == ("v: no journal yet: the first apply begins it",)
    assert company.records() == ()


# accepted


def test_what_is_accepted_stays_without_a_call(drifted: Company) -> None:
    before = drifted.calls()
    done = accept(drifted)
    assert done.stays == ()
    merge(drifted, done.branch)
    nothing_is_left(drifted)
    drifted.apply()
    nothing_is_left(drifted)
    assert (drifted.calls(), drifted.has("A"), drifted.has("B")) == (before, set(NAMES[1:]), {"p03"})


def test_the_row_says_why_and_when_it_was_found(drifted: Company) -> None:
    done = accept(drifted, license="b")
    text = drifted.git("show", f"{done.branch}:licenses/x/b.yaml")
    assert "ticket: IT-7" in text and "reason: the audit of November (found there on 2026-11-24)" in text
    message = drifted.git("log", "-1", "--format=%B", done.branch)
    assert message.startswith("IT-7 Accept drift") and "the audit of November" in message


def test_comments_stay_and_only_those_who_are_named_are_touched(drifted: Company) -> None:
    text = (drifted.root / "licenses/x/a.yaml").read_text()
    drifted.write("licenses/x/a.yaml", text.replace("- p01@", "# the first\n      - p01@"))
    drifted.commit("a comment")
    drifted.revokes_by_hand("A", "p05")
    done = accept(drifted, holders=("p05@x.example",))
    merge(drifted, done.branch)
    after = (drifted.root / "licenses/x/a.yaml").read_text()
    assert "# the first\n      - p01@" in after and "p05@" not in after and "p00@" in after


def test_whom_a_rule_gives_the_seat_is_excluded(drifted: Company) -> None:
    drifted.changes("p07", department="Engineering")
    drifted.license("b", [], rules="crew: {where: {department: [Engineering]}, max: 40}")
    drifted.commit("a rule")
    for _ in range(3):
        drifted.apply(hours=30)
    drifted.revokes_by_hand("B", "p07")
    done = accept(drifted, holders=("p07@x.example",))
    merge(drifted, done.branch)
    reason = '"the audit of November (found there on 2026-11-28); IT-7"'
    assert f"never:\n  - p07@x.example: {{reason: {reason}}}\n" in (drifted.root / "licenses/x/b.yaml").read_text()
    assert [u.who for u in drifted.plan().unlisted] == ["p03@x.example"] and [d.who for d in drifted.plan().drift] == [
        "p00@x.example"
    ]


def test_options_that_were_changed_there_are_asked_from_now_on(twelve: Company) -> None:
    twelve.license("b", ["p01", "p02: {options: {role: team}, note: lent}"], extra="options: {role: basic}\n")
    twelve.commit("b with options")
    twelve.apply()
    for name in ("p01", "p02"):
        twelve.console.hand_grant("B", f"{name}@x.example", options=(("role", "gold"),))
    assert told(listed(twelve)) == [("b", "changed there", "p01"), ("b", "changed there", "p02")]
    before = twelve.calls()

    merge(twelve, accept(twelve).branch)

    rows = (twelve.root / "licenses/x/b.yaml").read_text()
    assert "- p01@x.example: {options: {role: gold}}" in rows and "{options: {role: gold}, note: lent}" in rows
    nothing_is_left(twelve)
    twelve.apply()
    assert twelve.calls() == before


def test_whom_nobody_in_hr_knows_is_left_and_said(drifted: Company) -> None:
    drifted.console.hand_grant("B", "mallory\x1b[31m@else.example")
    done = accept(drifted)
    assert [one.partition(":")[0] for one in done.stays] == ["b"] and "nobody in HR" in done.stays[0]
    with pytest.raises(Stop, match="no drift of 'p09'"):
        accept(drifted, holders=("p09",))


# corrected


def test_what_is_corrected_is_put_back_by_just_these_calls(drifted: Company) -> None:
    done = correct(drifted, license="a")
    merge(drifted, done.branch)
    assert calls(drifted) == [("a", "assign", "p00", CauseKind.REASSERT)]
    assert drifted.plan().drift == ()
    before = drifted.calls()

    drifted.apply()

    assert (drifted.has("A"), drifted.calls()) == (set(NAMES), before + 1)
    assert told(listed(drifted)) == [("b", "added there", "p03")]


def test_it_comes_back_too_where_a_run_has_seen_it_missing(drifted: Company) -> None:
    drifted.apply()
    assert told(listed(drifted, license="a")) == [("a", "removed there", "p00")]
    merge(drifted, correct(drifted, license="a").branch)
    drifted.apply()
    assert drifted.has("A") == set(NAMES)


def test_it_is_done_once_and_what_drifts_again_is_drift_again(drifted: Company) -> None:
    merge(drifted, correct(drifted, license="a").branch)
    drifted.apply()
    drifted.apply(hours=1)
    drifted.revokes_by_hand("A", "p00")
    drifted.apply(hours=1)
    assert drifted.has("A") == set(NAMES[1:]) and told(listed(drifted, license="a"))
    merge(drifted, correct(drifted, license="a").branch)
    drifted.apply()
    assert drifted.has("A") == set(NAMES)
    assert (drifted.root / "licenses/x/a.yaml").read_text().count("p00@") == 2, "one row asks, one puts it right"


def test_what_was_added_there_goes_only_if_somebody_names_it_or_the_license_is_enforced(drifted: Company) -> None:
    left = correct(drifted)
    assert [one for one in left.stays if "p03" in one and "mode: manage" in one]
    done = correct(drifted, license="b", holders=("p03@x.example",))
    merge(drifted, done.branch)
    assert calls(drifted) == [("b", "revoke", "p03", CauseKind.REASSERT)] and drifted.plan().unlisted == ()
    drifted.apply()
    assert drifted.has("B") == set()
    drifted.apply(hours=1)
    nothing_is_left_of_b = listed(drifted, license="b")
    assert nothing_is_left_of_b.scopes == ()


def test_an_enforced_license_says_when_it_takes_what_was_added_and_is_corrected_before(drifted: Company) -> None:
    drifted.write("policies/mode.yaml", "policy: mode\nlevel: block\nenforce: [b]\n")
    drifted.license("b", [], mode="enforce")
    drifted.commit("b is enforced")
    drifted.apply()
    (found,) = listed(drifted, license="b").scopes
    assert "mode: enforce takes it from 2026-12-01 on" in found.seats[0].what and len(found.ways) == 2
    merge(drifted, correct(drifted, license="b").branch)
    drifted.apply()
    drifted.apply(hours=1)
    assert drifted.has("B") == set() and listed(drifted, license="b").scopes == ()


def test_a_correction_nobody_needs_any_more_calls_nobody(drifted: Company) -> None:
    done = correct(drifted, holders=("p00@x.example", "p03@x.example"))
    merge(drifted, done.branch)
    drifted.grants_by_hand("A", "p00")
    drifted.revokes_by_hand("B", "p03")
    before = drifted.calls()
    drifted.apply()
    drifted.apply(hours=1)
    assert drifted.calls() == before
    nothing_is_left(drifted)


def test_options_are_put_back(twelve: Company) -> None:
    twelve.license("b", ["p01"], extra="options: {role: basic}\n")
    twelve.commit("b with options")
    twelve.apply()
    twelve.console.hand_grant("B", "p01@x.example", options=(("role", "gold"),))
    merge(twelve, correct(twelve).branch)
    assert calls(twelve) == [("b", "change", "p01", CauseKind.REASSERT)]
    twelve.apply()
    assert twelve.seats("B")["p01"].options == (("role", "basic"),)


def test_taking_a_correction_back_calls_nobody(drifted: Company) -> None:
    done = correct(drifted, license="a")
    merge(drifted, done.branch)
    drifted.apply()
    before = drifted.calls()
    drifted.revert("HEAD")
    drifted.apply(hours=1)
    assert (drifted.has("A"), drifted.calls()) == (set(NAMES), before)


def test_old_corrections_ask_nothing_of_a_license_that_is_managed_anew(drifted: Company) -> None:
    done = correct(drifted, license="b", holders=("p03@x.example",))
    merge(drifted, done.branch)
    drifted.apply()
    drifted.license("b", [], mode="observe", extra=f"reassert:\n  - {row(drifted, 'b')}\n")
    drifted.commit("observed")
    drifted.apply()
    drifted.grants_by_hand("B", "p03")
    drifted.license("b", [], mode="manage")
    drifted.commit("managed again")
    before = drifted.calls()
    drifted.apply()
    assert (drifted.calls(), drifted.has("B")) == (before, {"p03"})


def row(company: Company, id: str) -> str:
    text = (company.root / f"licenses/x/{id}.yaml").read_text()
    return text.partition("reassert:\n  - ")[2].splitlines()[0]


# adopted


def test_a_license_that_was_observed_is_adopted_without_a_call(twelve: Company) -> None:
    twelve.license("b", [], mode="observe")
    twelve.commit("b is observed")
    twelve.apply()
    for name in NAMES[:3]:
        twelve.grants_by_hand("B", name)
    twelve.console.hand_grant("B", "ghost@else.example")
    before = twelve.calls()
    assert listed(twelve, license="b").scopes == (), "what is only observed can't drift"

    done = corrections.adopt(twelve.workspace, ["b"], How())

    assert len(done.stays) == 1 and "ghost@else.example" in done.stays[0]
    merge(twelve, done.branch)
    planned = twelve.plan()
    assert (planned.steps, planned.held, planned.drift) == ((), (), ()) and len(planned.unlisted) == 1
    twelve.apply()
    assert (twelve.calls(), twelve.has("B")) == (before, {*NAMES[:3], "ghost"})
    claims = [twelve.claim("b", name) for name in NAMES[:3]]
    assert all(claim is not None and claim.state == "ours" and claim.made == "found" for claim in claims)


def test_an_adoption_that_would_give_a_seat_is_refused_by_name(twelve: Company) -> None:
    twelve.license("b", ["p01", "p02"], mode="observe")
    twelve.commit("b is observed")
    twelve.apply()
    twelve.grants_by_hand("B", "p01")
    with pytest.raises(Stop, match=r"would give 1 seat.*p02@x\.example"):
        corrections.adopt(twelve.workspace, ["b"], How())
    with pytest.raises(Stop, match="there is no license 'c'"):
        corrections.adopt(twelve.workspace, ["c"], How())
