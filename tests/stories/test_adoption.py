"""What a vendor with an API shows becomes what the repository asks, by a file: the next plan is empty, and nobody was called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.company import Company, person
from tests.contract.subject import SUBJECTS

from seatwise.flows import accounts
from seatwise.vendor_contract.emulated import Emulated

PLAYED = [name for name in SUBJECTS if not name.startswith(("sandbox", "table"))]
NAMES = ("ann", "bo", "cy", "dee", "eve", "fay")


@pytest.fixture(params=PLAYED)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Emulated]:
    (tmp_path / "vendor").mkdir()
    made = SUBJECTS[request.param](tmp_path / "vendor")
    assert isinstance(made, Emulated)
    yield made
    made.finished()


def company(subject: Emulated, folder: Path) -> Company:
    """Everybody is in HR, and each license is there without anybody who is asked for it."""
    made = Company(folder, remote=False)
    made.clock = subject.clock
    made.env.update(subject.site.env)
    settings = (made.root / "seatwise.yaml").read_text(encoding="utf-8")
    line = next(line for line in settings.splitlines() if line.startswith("  v: "))
    told = json.dumps({"vendor": subject.vendor_name, **subject.told})
    made.write("seatwise.yaml", settings.replace(line, f"  v: {told}").replace("@x.example", "@acme.example"))
    made.hr(*(person(name, mail=f"{name}@acme.example", country="DE") for name in NAMES))
    for name in subject.truth():
        made.license(name, [], sku=json.dumps(subject.sku(name)))
    made.commit("the licenses")
    return made


def test_seats_are_imported_and_then_nothing_is_to_be_done(subject: Emulated, tmp_path: Path) -> None:
    there = {name: {seat.login for seat in seats} for name, seats in subject.truth().items()}
    at_work = company(subject, tmp_path / "company")
    assert at_work.plan().steps == ()

    found = accounts.import_(at_work.workspace, "v", [])
    at_work.commit("what is there")

    assert {one.license: len(one.added) for one in found} == {name: len(logins) for name, logins in there.items()}
    planned = at_work.plan()
    assert (planned.steps, planned.others, planned.held, planned.unlisted) == ((), (), (), ())
    assert len(planned.settled) == sum(map(len, there.values())), "all of them are adopted"
    assert subject.requests() == 0
