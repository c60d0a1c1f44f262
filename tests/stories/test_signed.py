"""Without a forge: what is signed with ssh keys is applied, and nothing else is; real branches, merges and keys."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.model import Exit, Stop
from seatwise.edges.forge import signed
from seatwise.edges.seal import Seal
from seatwise.flows.approval import desk
from seatwise.flows.approve import sign, standing

BOSS, CHIEF, MAKER = "boss@x.example", "chief@x.example", "ann@x.example"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    made = {name: folder / name.partition("@")[0] for name in (BOSS, CHIEF, MAKER)}
    for path in made.values():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return made


def public(key: Path) -> str:
    return " ".join(key.with_suffix(".pub").read_text().split()[:2])


@pytest.fixture
def company(tmp_path: Path, keys: dict[str, Path]) -> Company:
    """What was for practice is taken up; from then on approvals are signed."""
    made = Company(tmp_path)
    made.sells(A=9)
    made.hires("ann", "bo", "cy", "dan")
    made.asks("a for cy", a="cy")
    made.apply()
    approvers = ", ".join(f"{name}: {{key: {public(keys[name])}}}" for name in (BOSS, CHIEF, MAKER))
    made.write("owners/it.yaml", f"owner: it\napprovers: [{approvers}]\n")
    made.commit("keys")
    made.apply()
    text = (made.root / "seatwise.yaml").read_text()
    made.write("seatwise.yaml", text.replace("kind: none", "kind: local"))
    made.commit("approvals are signed")
    assert made.apply().exit == Exit.OK
    return made


def proposes(company: Company, people: str, branch: str = "more") -> str:
    """A branch that asks for these people; its head."""
    company.git("switch", "-q", "-c", branch)
    company.license("a", people.split())
    company.git("commit", "-qam", f"a for {people}")
    return company.git("rev-parse", "HEAD").strip()


def merges(company: Company, *how: str, branch: str = "more") -> None:
    company.git("switch", "-q", "main")
    company.git("merge", "-q", *(how or ("--no-ff",)), "-m", "merge", branch)
    company.git("push", "-q", "origin", "main")


def why(company: Company) -> str:
    """Why nothing more was admitted, after a run that gave nobody anything."""
    before = company.has("A")
    run = company.apply()
    assert run.exit == Exit.DENIED and company.has("A") == before
    return " ".join(one.what for one in run.findings)


def test_what_is_signed_by_an_approver_is_applied_and_its_evidence_kept(
    company: Company, keys: dict[str, Path]
) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    merges(company)
    assert [one.verdict.approved for one in standing(company.workspace)] == [True]
    assert company.apply().exit == Exit.OK and company.has("A") == {"cy", "bo"}
    records = company.workspace.admissions(company.workspace.sound_tree("HEAD").settings).read()
    evidence = [r["approval"]["evidence"] for r in records if r["type"] == "admitted"][-1]
    assert evidence["forge"] == "local" and evidence["needs"] == [{"owner": "it", "count": 1, "by": [BOSS]}]
    assert f"mail:{MAKER}" in evidence["request"]["makers"]


def test_what_nobody_signed_is_not_applied(company: Company) -> None:
    proposes(company, "cy bo")
    merges(company)
    assert "it (a): 0 of 1" in why(company)


def test_what_came_after_the_signature_is_not_applied(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.license("a", ["cy", "bo", "dan"])
    company.git("commit", "-qam", "and dan")
    merges(company)
    assert "it (a): 0 of 1" in why(company)


@pytest.mark.parametrize("how", ["merge", "squash", "rebase", "behind"])
def test_a_good_approval_stays_good_however_it_is_merged(company: Company, keys: dict[str, Path], how: str) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.git("switch", "-q", "main")
    company.write("NOTES.md", "unrelated\n")
    company.git("add", "NOTES.md")
    company.git("commit", "-qm", "unrelated")
    if how == "squash":
        company.git("merge", "-q", "--squash", "more")
        company.git("commit", "-qm", "squashed")
        company.git("push", "-q", "origin", "main")
    elif how == "rebase":
        company.git("switch", "-q", "more")
        company.git("rebase", "-q", "main")
        merges(company, "--ff-only")
    else:
        merges(company)
    assert company.apply().exit == Exit.OK and company.has("A") == {"cy", "bo"}


def test_an_evil_merge_brings_rows_that_nobody_signed(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.git("switch", "-q", "main")
    company.git("merge", "-q", "--no-ff", "--no-commit", "more")
    company.license("a", ["cy", "bo", "dan"])
    company.git("commit", "-qam", "merge, and a little more")
    company.git("push", "-q", "origin", "main")
    assert "it (a): 0 of 1" in why(company)


def test_nobody_signs_for_what_they_made(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", MAKER, str(keys[MAKER]))
    merges(company)
    assert f"mail:{MAKER} does not count: maker" in why(company)


def test_nobody_signs_for_what_they_get(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy chief")
    sign(company.workspace, "HEAD", CHIEF, str(keys[CHIEF]))
    merges(company)
    assert f"mail:{CHIEF} does not count: beneficiary" in why(company)


def test_the_second_of_two_pushes_needs_a_signature_of_its_own(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    merges(company)
    company.asks("dan, pushed right after", a="cy bo dan")
    run = company.apply()
    assert run.exit == Exit.PARTLY  # what is approved went, what is not did not
    assert company.has("A") == {"cy", "bo"}
    assert [one.verdict.approved for one in standing(company.workspace)] == [False]


def test_a_signature_counts_once_and_may_come_late(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    merges(company)
    company.apply()
    company.git("revert", "--no-edit", "-m", "1", "HEAD")
    company.git("push", "-q", "origin", "main")
    text = why(company)
    assert "0 of 1" in text
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.apply()
    assert company.has("A") == {"cy"}
    company.git("revert", "--no-edit", "HEAD")
    company.git("push", "-q", "origin", "main")
    assert f"mail:{BOSS} does not count: used" in why(company)


def test_a_key_that_is_taken_out_of_owners_signs_nothing_any_more(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.git("switch", "-q", "main")
    company.write(
        "owners/it.yaml", f"owner: it\napprovers: [boss@x.example, {CHIEF}: {{key: {public(keys[CHIEF])}}}]\n"
    )
    company.git("commit", "-qam", "boss lost a laptop")
    company.git("branch", "-q", "lost")
    with pytest.raises(Stop, match="no key of"):
        company.git("push", "-q", "origin", "main")
        company.git("switch", "-q", "lost")
        company.license("a", ["cy", "bo"])
        company.git("commit", "-qam", "again")
        sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.git("switch", "-q", "main")
    sign(company.workspace, "HEAD", CHIEF, str(keys[CHIEF]))
    merges(company)
    assert "it (a): 0 of 1" in why(company)


def test_a_key_that_has_expired_signs_nothing_even_if_it_is_dated_back(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy bo")
    expired = until(company, keys, 3)
    company.git("switch", "-q", "more")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    merges(company)
    company.clock.sleep(5 * 86400)
    assert "it (a): 0 of 1" in why(company) and expired


def until(company: Company, keys: dict[str, Path], days: int) -> bool:
    """From now on boss's key counts for so many days."""
    day = (company.clock.now() + timedelta(days=days)).date()
    boss = f"{BOSS}: {{key: {public(keys[BOSS])}, key_through: {day}}}"
    company.git("switch", "-q", "main")
    company.write("owners/it.yaml", f"owner: it\napprovers: [{boss}, {CHIEF}: {{key: {public(keys[CHIEF])}}}]\n")
    company.git("commit", "-qam", "a day for the key")
    company.git("push", "-q", "origin", "main")
    sign(company.workspace, "HEAD", CHIEF, str(keys[CHIEF]))
    return company.apply().exit == Exit.OK


Forge = Callable[[dict[str, str]], dict[str, str]]


@pytest.mark.parametrize(
    "forge",
    [
        lambda told: {**told, "statement": told["statement"].replace("boss", "chief")},
        lambda told: {**told, "statement": told["statement"].replace('"format":1', '"format":2')},
        lambda told: {**told, "signature": told["signature"].replace("A", "B", 1)},
        lambda told: {"statement": told["statement"]},
        lambda told: {**told, "statement": 7},
    ],
    ids=["another name", "another text", "another signature", "no signature", "no statement"],
)
def test_what_is_forged_counts_for_nobody(company: Company, keys: dict[str, Path], forge: Forge) -> None:
    proposes(company, "cy bo")
    (said,) = sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    git = company.workspace.git
    tip = git.fetch("origin", [signed.REF])[signed.REF]
    ((path, data),) = git.files(tip).items()
    made = git.commit(tip, {path: json.dumps(forge(json.loads(data))).encode()}, "forged")
    assert git.push("origin", f"{made}:{signed.REF}", tip) and said.person == BOSS
    merges(company)
    assert "it (a): 0 of 1" in why(company)


def test_what_was_signed_for_a_journal_or_for_another_repository_counts_for_nobody(
    company: Company, keys: dict[str, Path]
) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    git = company.workspace.git
    tip = git.fetch("origin", [signed.REF])[signed.REF]
    ((path, data),) = git.files(tip).items()
    text = json.loads(data)["statement"]
    elsewhere = text.replace(signed.origin(git), "0" * 40)
    for statement, namespace in ((text, "v"), (elsewhere, signed.NAMESPACE)):
        signature = Seal(str(keys[BOSS])).signature(statement.encode(), namespace).decode()
        body = json.dumps({"statement": statement, "signature": signature}).encode()
        made = git.commit(tip, {path: body}, "elsewhere")
        assert git.push("origin", f"{made}:{signed.REF}", tip)
        tip = made
    merges(company)
    assert "it (a): 0 of 1" in why(company)


def test_signing_is_refused_where_it_would_not_count(company: Company, keys: dict[str, Path]) -> None:
    with pytest.raises(Stop, match="asks nothing that main does not"):
        sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    proposes(company, "cy bo")
    with pytest.raises(Stop, match="no approver of any owner"):
        sign(company.workspace, "HEAD", "dan@x.example", str(keys[BOSS]))
    with pytest.raises(Stop, match="is no key of"):
        sign(company.workspace, "HEAD", BOSS, str(keys[CHIEF]))
    company.license("a", ["cy", "bo", "dan"])
    with pytest.raises(Stop, match="not committed"):
        sign(company.workspace, "worktree", BOSS, str(keys[BOSS]))
    assert not any("approvals" in line for line in company.git("ls-remote", "origin").splitlines())


def test_when_all_accounts_are_gone_the_next_change_still_does_not_choose_whom_to_ask(
    company: Company, keys: dict[str, Path]
) -> None:
    settings = (company.root / "seatwise.yaml").read_text(encoding="utf-8")
    line = next(line for line in settings.splitlines(True) if line.startswith("  v: "))
    company.license("a", [], extra="retired: true\n")
    company.commit("retire a")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.apply()
    company.remove("licenses/x/a.yaml")
    company.commit("a is gone")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.apply()
    company.write("seatwise.yaml", settings.replace(f"accounts:\n{line}", "accounts: {}\n"))
    company.commit("no accounts any more")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    company.apply()
    company.write("seatwise.yaml", settings.replace("kind: local", "kind: none"))
    company.commit("and back, without anybody to ask")
    (one,) = standing(company.workspace)
    assert one.verdict.evidence.get("forge") == "local" and not one.verdict.approved


def test_a_signature_counts_once_also_where_one_run_takes_up_all(company: Company, keys: dict[str, Path]) -> None:
    proposes(company, "cy bo")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    merges(company)
    company.git("switch", "-q", "-c", "back")
    company.git("revert", "--no-edit", "-m", "1", "HEAD")
    sign(company.workspace, "HEAD", BOSS, str(keys[BOSS]))
    merges(company, "--ff-only", branch="back")
    company.git("revert", "--no-edit", "HEAD")
    company.git("push", "-q", "origin", "main")
    company.apply()
    company.apply()
    assert company.has("A") == {"cy"}
    assert [one.verdict.approved for one in standing(company.workspace)] == [False]


def test_only_what_somebody_approved_is_reversed_with_less(company: Company) -> None:
    def admitted(forge: str, inverse: str) -> dict[str, object]:
        return {"inverse": inverse, "approval": {"evidence": {"forge": forge, "votes": []} if forge else {}}}

    records = [
        admitted("none", "practised"),
        admitted("local", "approved"),
        admitted("", "no-rows"),
        admitted("local", ""),
    ]
    assert desk(company.workspace, records).inverses == {"approved"}


def test_one_administrator_alone_is_no_signature(company: Company) -> None:
    text = (company.root / "seatwise.yaml").read_text(encoding="utf-8")
    company.write("seatwise.yaml", text.replace("kind: local", "kind: local, approvals: single"))
    company.commit("single")
    assert [one.verdict.approved for one in standing(company.workspace)] == [False]
