"""What a vendor with an API shows becomes what the repository asks, by a file: the next plan is empty, and nobody was called.
What is changed there by hand afterwards is drift, is named, and stays by a row or is put right by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.company import Company, person
from tests.contract.subject import SUBJECTS

from seatwise.core.model import Change, Grant, Outcome
from seatwise.flows import accounts, corrections, drift
from seatwise.flows.corrections import Said
from seatwise.flows.drift import Found, Wanted
from seatwise.flows.recover import recover
from seatwise.flows.seats import How
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
    said = {key: value for key, value in subject.told.items() if value != ""}
    told = json.dumps({"vendor": subject.vendor_name, **said})
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


def ours(subject: Emulated, folder: Path) -> Company:
    """All that is there is asked and ours, by a journal that is begun by hand: nobody can approve anything at a real account
    without a forge, so that apply does nothing there."""
    made = company(subject, folder)
    accounts.import_(made.workspace, "v", [])
    made.journals(since=made.commit("what is there"))
    made.commit("since")
    recover(made.workspace, "it begins here", write=True)
    assert listed(made).scopes == () and subject.requests() == 0
    return made


def listed(at_work: Company) -> Found:
    return drift.listed(at_work.workspace, Wanted())


def told(found: Found) -> set[tuple[str, str, str]]:
    return {(one.license, str(seat.kind), seat.who) for one in found.scopes for seat in one.seats}


def takes_by_hand(subject: Emulated, login: str) -> None:
    """Somebody takes a seat of `basic`, with another tool than this one."""
    before = Grant("license-basic", subject.sku("basic"))
    holder = next(seat.holder for seat in subject.truth()["basic"] if seat.login == login)
    done: list[Outcome] = list(subject.vendor.apply([Change("v", login, before, None, holder, login)]))
    assert [one.result for one in done] == ["done"]
    subject.settle()


def drifted(subject: Emulated, folder: Path) -> Company:
    made = ours(subject, folder)
    subject.hand_grant("basic", "eve@acme.example")
    takes_by_hand(subject, "ann@acme.example")
    return made


def merged(at_work: Company, branch: str) -> None:
    at_work.git("merge", "-q", "--ff-only", branch)


def test_what_was_changed_there_by_hand_is_named(subject: Emulated, tmp_path: Path) -> None:
    found = listed(drifted(subject, tmp_path / "company"))
    assert told(found) == {
        ("basic", "added there", "eve@acme.example"),
        ("basic", "removed there", "ann@acme.example"),
    }
    assert found.exit == 8 and found.unrecorded == ()


def test_what_is_accepted_stays_as_it_is_there(subject: Emulated, tmp_path: Path) -> None:
    at_work = drifted(subject, tmp_path / "company")
    before = subject.requests()

    merged(at_work, corrections.accept(at_work.workspace, Wanted(), Said("meant so"), How()).branch)

    planned = at_work.plan()
    assert (planned.steps, planned.others, planned.held, planned.drift, planned.unlisted) == ((), (), (), (), ())
    assert listed(at_work).scopes == () and subject.requests() == before


def test_what_is_corrected_is_as_it_was_asked(subject: Emulated, tmp_path: Path) -> None:
    at_work = drifted(subject, tmp_path / "company")

    done = corrections.correct(at_work.workspace, Wanted(), Said("not meant so"), How(), added=True)
    merged(at_work, done.branch)

    planned = at_work.plan()
    changes = [step.change for step in planned.steps]
    held = [(one.verb, one.who, one.cause.kind) for one in planned.held if one.cause]
    assert {*held, *((one.verb, one.who, one.cause.kind) for one in changes)} == {
        ("assign", "ann@acme.example", "reassert"),
        ("revoke", "eve@acme.example", "reassert"),
    }, "a user who has to be made anew is held without a name"
    assert {one.result for one in subject.vendor.apply(changes)} == {"done"}
    subject.settle()
    assert told(listed(at_work)) == set()
