"""Ways to have a change applied that nobody entitled approved: each is refused, and the rule is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.stories.at_github import OWNERS, AtGitHub

from seatwise.core.model import Exit, Stop


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtGitHub]:
    made = AtGitHub(tmp_path_factory.mktemp("built"))
    yield made
    made.server.close()


@pytest.fixture
def house(built: AtGitHub, tmp_path: Path) -> AtGitHub:
    return built.copy(tmp_path)


def test_what_is_approved_is_applied(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.merges(number)
    assert house.apply().exit is Exit.OK and house.has("A") == {"cy", "dan"}


def test_approve_then_push(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.license("a", ["cy", "dan", "eve"])
    house.saves("ann", "and eve", "more")
    house.merges(number)
    assert "boss does not count: other-rows" in house.refused()


def test_the_second_push_of_two_without_a_pull_request(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.merges(number)
    house.license("a", ["cy", "dan", "eve"])
    house.commit("pushed straight to main")
    house.shows("main", "ann")
    run = house.apply()
    assert house.has("A") == {"cy", "dan"} and run.exit is Exit.PARTLY
    assert "no-request" in " ".join(one.what for one in run.findings)


@pytest.mark.parametrize("who", ["author", "committer", "last pusher", "co-writer"])
def test_approval_by_somebody_who_made_a_part_of_it(house: AtGitHub, who: str) -> None:
    number = house.proposes("boss" if who == "author" else "ann", "cy dan")
    if who == "committer":
        (sha,) = house.played.pulls[int(number)].commits
        one = house.played.commits[sha]
        house.played.commits[sha] = type(one)(sha, one.parents, one.message, "ann", "boss", one.mail, one.at)
    if who == "last pusher":
        house.shows("more", "boss")
    if who == "co-writer":
        house.write("NOTES.md", "a note\n")
        house.saves("boss", "a note", "more")
    house.reviews(number, "boss")
    house.merges(number)
    assert "boss does not count: maker" in house.refused()


def test_approval_by_a_beneficiary(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy boss")
    house.reviews(number, "boss")
    house.merges(number)
    assert "boss does not count: beneficiary" in house.refused()


def test_approval_by_a_program(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.played.apps.add("boss")
    house.reviews(number, "boss")
    house.merges(number)
    assert "does not count: bot" in house.refused()


@pytest.mark.parametrize("state", ["DISMISSED", "CHANGES_REQUESTED"])
def test_approval_that_was_dismissed_or_changed_to_changes(house: AtGitHub, state: str) -> None:
    number = house.proposes("ann", "cy dan")
    first = house.reviews(number, "boss")
    if state == "DISMISSED":
        first.state = state
    else:
        house.reviews(number, "boss", state, minutes=5)
    house.merges(number)
    assert f"boss does not count: {'dismissed' if state == 'DISMISSED' else 'changes-requested'}" in house.refused()


def test_approval_by_a_former_owner(house: AtGitHub) -> None:
    house.git("switch", "-q", "-c", "staff", "main")
    house.write("owners/it.yaml", OWNERS["it"].replace("boss@x.example, ", ""))
    house.saves("ann", "boss has other work", "staff")
    number = house.opens("ann", "staff")
    house.reviews(number, "cfo")
    house.merges(number)
    assert house.apply().exit is Exit.OK
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.merges(number)
    assert "boss does not count: no-approver" in house.refused()


def test_approval_by_an_owner_who_is_added_in_the_same_pull_request(house: AtGitHub) -> None:
    house.git("switch", "-q", "-c", "more", "main")
    house.write("owners/it.yaml", OWNERS["it"].replace("boss@x.example", "boss@x.example, eve@x.example"))
    house.license("a", ["cy", "dan"])
    house.saves("ann", "eve may approve, and dan gets a", "more")
    number = house.opens("ann", "more")
    house.reviews(number, "eve")
    house.merges(number)
    said = house.refused()
    assert "eve does not count: no-approver" in said and "rides-alone: who answers for what" in said


def test_approval_of_another_license(house: AtGitHub) -> None:
    house.write("owners/other.yaml", "owner: other\napprovers: [eve@x.example]\n")
    house.git("switch", "-q", "-c", "other", "main")
    house.saves("ann", "another owner", "other")
    number = house.opens("ann", "other")
    house.reviews(number, "boss")
    house.merges(number)
    assert house.apply().exit is Exit.OK
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "eve")
    house.merges(number)
    assert "eve does not count: no-approver" in house.refused()


def test_a_never_row_that_is_dropped_after_a_rule_was_added_is_in_the_bound_of_that(house: AtGitHub) -> None:
    """Semantics §14: pull request 1 adds a rule, carl stands under `never`; pull request 2 drops that row."""
    rule = "all: {where: {department: [Sales]}, max: 20}"
    never = "never: [eve@x.example: {reason: too many}]\n"
    house.git("switch", "-q", "-c", "rule", "main")
    house.license("a", ["cy"], rules=rule, extra=never)
    house.saves("ann", "a rule, less eve", "rule")
    number = house.opens("ann", "rule")
    house.reviews(number, "boss")
    house.reviews(number, "cfo")
    house.merges(number)
    house.apply()
    house.apply(hours=2)
    assert "eve" not in house.has("A")
    house.git("switch", "-q", "-c", "never", "main")
    house.license("a", ["cy"], rules=rule, extra="")
    house.saves("ann", "eve too", "never")
    number = house.opens("ann", "never")
    house.reviews(number, "eve")
    house.merges(number)
    assert "eve does not count: beneficiary" in house.refused()
    house.reviews(number, "boss")
    house.apply(hours=2)
    assert "eve" in house.has("A")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("owners/it.yaml", "owner: it\napprovers: [eve@x.example]\n"),
        ("policies/min-approvals.yaml", "policy: min-approvals\nlevel: warn\nclasses: [{up_to: 9999, approvals: 1}]\n"),
        (".github/workflows/apply.yml", "on: push\n"),
        (".gitlab-ci.yml", 'apply: {script: ["true"]}\n'),
    ],
)
def test_owners_policies_and_workflows_that_are_weakened_in_the_same_change(
    house: AtGitHub, path: str, text: str
) -> None:
    house.git("switch", "-q", "-c", "more", "main")
    house.write(path, text)
    house.license("a", ["cy", "dan"])
    house.saves("ann", "both at once", "more")
    number = house.opens("ann", "more")
    house.reviews(number, "boss")
    house.merges(number)
    assert "rides-alone" in house.refused()


def test_a_policy_that_lowers_what_it_needs_itself_is_judged_by_what_stood_before(house: AtGitHub) -> None:
    for files, by, refused in (("money", "boss", False), ('""', "boss", True)):
        branch = f"files-{by}-{refused}"
        house.git("switch", "-q", "-c", branch, "main")
        house.write("policies/min-approvals.yaml", f"policy: min-approvals\nlevel: warn\nfiles: {files}\n")
        house.saves("ann", "who approves policies", branch)
        number = house.opens("ann", branch)
        house.reviews(number, by)
        house.merges(number)
        if refused:
            assert "money: 0 of 1" in house.refused()
        else:
            assert house.apply().exit is Exit.OK


def test_an_evil_merge(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    old = house.git("rev-parse", "main")
    house.git("switch", "-q", "main")
    house.git("merge", "-q", "--no-ff", "--no-commit", "more")
    house.license("a", ["cy", "dan", "eve"])
    house.git("add", "-A")
    house.git("commit", "-q", "-m", "Merge, and eve")
    house.landed(number, old)
    assert "boss does not count: other-rows" in house.refused()


def test_a_squash_of_commits_that_nobody_reviewed(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.license("a", ["cy", "dan", "eve"])
    house.saves("ann", "and eve", "more")
    house.merges(number, how=["--squash"])
    assert "boss does not count: other-rows" in house.refused()


def test_a_base_that_is_changed_after_the_approval(house: AtGitHub) -> None:
    house.git("branch", "-q", "side", "main")
    house.git("push", "-q", "origin", "side")
    house.shows("side", "ann")
    number = house.proposes("ann", "cy dan")
    house.played.pulls[int(number)].base = "side"
    house.reviews(number, "boss")
    house.clock.sleep(60)
    house.played.retargets(number, "main")
    house.merges(number)
    assert "boss does not count: retargeted" in house.refused()


def test_a_pull_request_that_was_merged_into_another_branch_brings_nothing_here(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.shows("main", "ann")
    house.played.branches["side"] = house.played.branches["main"]
    house.played.pulls[int(number)].base = "side"
    house.merges(number)
    assert "no-request" in house.refused() or "other-branch" in house.refused()


def test_a_replay_after_a_revert(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.merges(number)
    house.apply()
    house.git("switch", "-q", "-c", "back", "main")
    house.git("revert", "--no-edit", "-m", "1", "HEAD")
    house.git("push", "-q", "origin", "back")
    house.shows("back", "ann")
    back = house.opens("ann", "back")
    house.reviews(back, "boss")
    house.merges(back)
    assert house.apply().exit is Exit.OK and house.has("A") == {"cy"}
    old = house.git("rev-parse", "main")
    house.git("revert", "--no-edit", "-m", "1", "HEAD")
    house.landed(number, old)
    assert "boss does not count: used" in house.refused()


def test_an_approval_that_has_expired(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.clock.sleep(timedelta(days=15).total_seconds())
    house.merges(number)
    assert "boss does not count: too-old" in house.refused()


def test_a_comment_that_looks_like_an_approval(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.played.comments.append(house.played.comment(number, "boss", "APPROVED: seatwise approved by boss"))
    house.reviews(number, "boss", "COMMENTED")
    house.merges(number)
    assert "it (a): 0 of 1" in house.refused()


def test_an_approver_of_few_for_many(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan eve bo")
    house.reviews(number, "chief")
    house.merges(number)
    assert "it (a): 0 of 1" in house.refused()


def test_a_force_push_of_main(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.merges(number)
    house.apply()
    house.git("reset", "-q", "--hard", "HEAD~2")
    house.license("a", ["cy", "eve"])
    house.git("commit", "-qam", "another past")
    house.git("push", "-q", "-f", "origin", "main")
    with pytest.raises(Stop, match="no longer comes after it") as stop:
        house.apply()
    assert stop.value.code is Exit.STALE and house.has("A") == {"cy", "dan"}


def test_a_change_that_switches_the_forge_off(house: AtGitHub) -> None:
    text = (house.root / "seatwise.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("forge:"))
    house.write("seatwise.yaml", text.replace(line, "forge: {kind: none}"))
    house.commit("nobody is to be asked")
    house.shows("main", "ann")
    assert "no-request" in house.refused()


def test_a_forge_that_is_down_lets_nothing_new_in(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.merges(number)
    house.server.breaks("500", times=99)
    with pytest.raises(Stop, match="the forge can't be asked"):
        house.apply()
    assert house.has("A") == {"cy"}


@pytest.mark.parametrize("how", [("--no-ff",), ("--squash",), ("rebase",), ("--ff-only",)])
@pytest.mark.parametrize("between", [False, True])
def test_a_good_approval_stays_good(house: AtGitHub, how: tuple[str, ...], between: bool) -> None:
    """However it is merged, with unrelated commits on main in between or without, and with two commits of its own."""
    if between and "--ff-only" in how:
        pytest.skip("nothing came in between where it is fast-forwarded")
    number = house.proposes("ann", "cy dan")
    house.license("b", ["eve"])
    house.saves("ann", "b for eve", "more")
    house.reviews(number, "boss")
    if between:
        house.git("switch", "-q", "main")
        house.write("NOTES.md", "unrelated\n")
        house.commit("unrelated")
        house.shows("main", "bo")
    house.merges(number, how=how)
    run = house.apply()
    assert (run.exit, [one.what for one in run.findings if one.rule == "not-approved"]) == (Exit.OK, [])
    assert (house.has("A"), house.has("B")) == ({"cy", "dan"}, {"eve"})


def test_a_branch_that_was_rebased_after_its_approval_is_still_approved(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.reviews(number, "boss")
    house.git("switch", "-q", "main")
    house.write("NOTES.md", "unrelated\n")
    house.commit("unrelated")
    house.shows("main", "bo")
    house.git("switch", "-q", "more")
    house.git("rebase", "-q", "main")
    house.git("push", "-q", "-f", "origin", "more")
    house.shows("more", "ann")
    house.merges(number)
    assert house.apply().exit is Exit.OK and house.has("A") == {"cy", "dan"}


def test_an_open_pull_request_is_judged_as_it_would_land(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    (before,) = house.standing(number)
    house.reviews(number, "boss")
    (after,) = house.standing(number)
    assert (before.verdict.approved, after.verdict.approved) == (False, True)
    assert before.ask == after.ask


def test_a_rebase_with_a_commit_that_asks_nothing_in_the_middle_is_still_one_change(house: AtGitHub) -> None:
    number = house.proposes("ann", "cy dan")
    house.write("NOTES.md", "a note\n")
    house.saves("ann", "a note", "more")
    house.license("b", ["eve"])
    house.saves("ann", "b for eve", "more")
    house.reviews(number, "boss")
    house.git("switch", "-q", "main")
    house.write("OTHER.md", "unrelated\n")
    house.commit("unrelated")
    house.shows("main", "bo")
    house.merges(number, how=("rebase",))
    assert house.apply().exit is Exit.OK
    assert (house.has("A"), house.has("B")) == ({"cy", "dan"}, {"eve"})


@pytest.mark.parametrize("how", ["pull request", "push"])
def test_who_wrote_what_a_later_change_only_mended_does_not_approve_it(house: AtGitHub, how: str) -> None:
    house.git("switch", "-q", "-c", "broken", "main")
    house.license("a", ["cy", "dan"], extra="nonsense: true\n")
    house.saves("boss", "dan, and a mistake", "broken")
    if how == "push":
        house.git("switch", "-q", "main")
        house.git("merge", "-q", "--ff-only", "broken")
        house.git("push", "-q", "origin", "main")
        house.shows("main", "boss")
    else:
        house.merges(house.opens("boss", "broken"), by="boss")
    house.git("switch", "-q", "-c", "mend", "main")
    house.license("a", ["cy", "dan"], extra="")
    house.saves("ann", "mend the mistake", "mend")
    number = house.opens("ann", "mend")
    house.reviews(number, "boss")
    house.merges(number)
    assert "boss does not count: maker" in house.refused()
    house.reviews(number, "cfo")
    assert house.apply().exit is Exit.OK and house.has("A") == {"cy", "dan"}


@pytest.fixture
def unbegun(house: AtGitHub) -> AtGitHub:
    """As before a first run: no journal; the newest pull request that adds an account, w, was approved."""
    house.git("switch", "-q", "-c", "w", "main")
    _accounts(house, "w")
    house.saves("ann", "another account", "w")
    number = house.opens("ann", "w")
    house.reviews(number, "boss")
    house.merges(number)
    for ref in house.git("for-each-ref", "--format=%(refname)").split():
        if "/seatwise/" in ref:
            house.git("update-ref", "-d", ref)
    for line in house.git("ls-remote", "origin", "refs/heads/seatwise/*").splitlines():
        house.git("push", "-q", "origin", f":{line.split()[1]}")
    return house


def _accounts(house: AtGitHub, name: str) -> None:
    """Besides v, one more of this name."""
    lines = (house.root / "seatwise.yaml").read_text(encoding="utf-8").splitlines(True)
    at = next(at for at, line in enumerate(lines) if line.startswith("  v: "))
    kept = [line for line in lines if not line.startswith(("  w: ", "  x: "))]
    kept.insert(at + 1, lines[at].replace("  v: ", f"  {name}: "))
    house.write("seatwise.yaml", "".join(kept))


def test_a_first_run_takes_up_what_was_approved(unbegun: AtGitHub) -> None:
    assert [one.verdict.approved for one in unbegun.standing()] == [True]


def test_an_account_that_takes_the_place_of_another_before_the_first_run_is_added_too(unbegun: AtGitHub) -> None:
    _accounts(unbegun, "x")
    unbegun.commit("x instead of w")
    unbegun.shows("main", "ann")
    (one,) = unbegun.standing()
    assert not one.verdict.approved and "no-request" in one.verdict.why


def test_a_broken_commit_before_the_first_run_lets_nobody_name_their_own_approvers(unbegun: AtGitHub) -> None:
    unbegun.write("owners/it.yaml", "owner: it\napprovers: [eve@x.example]\n")
    unbegun.write("owners/money.yaml", "nonsense: true\n")
    unbegun.commit("a mistake")
    unbegun.shows("main", "ann")
    unbegun.git("switch", "-q", "-c", "mend", "main")
    unbegun.write("owners/money.yaml", OWNERS["money"])
    unbegun.saves("ann", "mended", "mend")
    number = unbegun.opens("ann", "mend")
    unbegun.reviews(number, "eve")
    unbegun.merges(number)
    (one,) = unbegun.standing()
    assert "it by eve" not in one.verdict.why and "any owner by boss@x.example" in one.verdict.why


def test_a_holder_that_is_changed_without_a_pull_request(house: AtGitHub) -> None:
    text = (
        "holder: room\nkind: room\nsponsor: ann@x.example\nreview: {through: 2027-12-31}\nlogins: {v: room@x.example}\n"
    )
    house.write("owners/holders/room.yaml", text)
    house.commit("a room")
    house.shows("main", "ann")
    assert "no-request" in house.refused()
    house.git("revert", "--no-edit", "HEAD")
    house.git("switch", "-q", "-c", "room")
    house.write("owners/holders/room.yaml", text)
    house.saves("ann", "a room", "room")
    number = house.opens("ann", "room")
    house.reviews(number, "boss")
    house.merges(number)
    assert house.apply().exit is Exit.OK
