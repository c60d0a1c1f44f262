"""How whole runs end when an emulated vendor fails: before anything is written, in the middle of it, and well again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.company import Company
from tests.contract.subject import SUBJECTS
from tests.stories.test_adoption import company

from seatwise.core.model import Exit, Run
from seatwise.flows.approve import sign
from seatwise.vendor_contract.emulated import Emulated
from seatwise.vendor_contract.server import unchecked
from seatwise.vendor_contract.subject import SECRET

PLAYED = ("adobe", "aws", "github", "google", "microsoft365", "okta", "scim", "scim by roles", "snipeit")
"""Those that are emulated; to make a user, SCIM by active users needs names, which these people have not."""
BOSS = "fay@acme.example"
NEW = "eve@acme.example"


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "boss"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


@pytest.fixture(params=PLAYED)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Emulated]:
    (tmp_path / "vendor").mkdir()
    made = SUBJECTS[request.param](tmp_path / "vendor")
    assert isinstance(made, Emulated)
    made.server.checks = unchecked
    yield made
    made.server.close()


def taken_up(subject: Emulated, folder: Path, key: Path) -> Company:
    """What the vendor shows is asked, signed and adopted."""
    made = company(subject, folder)
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    made.write("owners/it.yaml", f"owner: it\napprovers: [{BOSS}: {{key: {public}}}]\n")
    settings = (made.root / "seatwise.yaml").read_text(encoding="utf-8")
    made.write(
        "seatwise.yaml",
        settings.replace("kind: none", "kind: local"),
    )
    for name, seats in subject.truth().items():
        logins = sorted(seat.login for seat in seats)
        _asks(made, name, subject.sku(name), logins)
    made.git("add", "-A")
    made.git("commit", "-q", "--amend", "-m", "all of it at once")
    sign(made.workspace, "HEAD", BOSS, str(key))
    run = made.apply()
    assert run.exit is Exit.OK, run.findings
    return made


def _asks(made: Company, name: str, sku: str, people: list[str]) -> None:
    rows = "".join(f"\n      - {mail}" for mail in people)
    path = made.root / f"licenses/x/{name}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition("assignments:")[0] + f"assignments:\n  team:\n    people:{rows or ' []'}\n")


def said(run: Run) -> str:
    return f"{run} {run.findings} {[o.reason for w in run.written for o in w.outcomes]}"


def test_a_run_ends_1_before_5_in_the_middle_and_0_when_the_vendor_is_well(
    subject: Emulated, tmp_path: Path, key: Path
) -> None:
    made = taken_up(subject, tmp_path / "company", key)
    sku = subject.sku("basic")
    there = sorted(seat.login for seat in subject.truth()["basic"])
    _asks(made, "basic", sku, [*there, NEW])
    made.commit("one more")
    sign(made.workspace, "HEAD", BOSS, str(key))
    writes = subject.requests()

    subject.fault("down", times=99)
    first = made.apply(minutes=1)
    assert (first.exit, subject.requests()) == (Exit.ERROR, writes)
    subject.server.faults.clear()

    subject.fault("timeout-after", call="write")
    second = made.apply(minutes=1)
    assert second.exit is Exit.PARTLY

    subject.server.faults.clear()
    third = made.apply(minutes=20)
    assert third.exit in (Exit.OK, Exit.WAITING)
    assert [one.login for one in subject.truth()["basic"]].count(NEW) == 1
    assert all(SECRET not in said(run) for run in (first, second, third))
    after = subject.requests()
    made.apply(hours=3)
    assert subject.requests() == after, "nothing is called twice"
