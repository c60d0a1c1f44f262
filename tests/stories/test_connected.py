"""What nobody approved yet does not choose where a secret is sent: a plan in CI reads only what is connected already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.company import Company
from tests.emulators.github import GitHub, checked

from seatwise.core.decide import TreeLink
from seatwise.core.model import Account, Changeset, Exit, PeopleSource, Place, Settings, Stop, Tree
from seatwise.flows.plan import plan
from seatwise.flows.survey import Grounds, connected
from seatwise.vendor_contract.server import Served, served

TOKEN = "t0ken-of-the-story"
HERE = Place("seatwise.yaml", 3)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path)
    made.sells(A=9)
    made.hires("ann")
    made.asks("a for ann", a="ann")
    made.apply()
    made.env["OCTO"] = TOKEN
    return made


@pytest.fixture
def server(company: Company) -> Iterator[Served]:
    played = GitHub(company.clock, TOKEN)
    played.joins("ann")
    with served(played, checked()) as one:
        yield one


def test_an_account_that_a_branch_connects_is_not_called_and_is_named(company: Company, server: Served) -> None:
    company.git("switch", "-q", "-c", "octo")
    text = (company.root / "seatwise.yaml").read_text(encoding="utf-8")
    octo = f"accounts:\n  octo: {{vendor: github, org: acme, token: env:OCTO, url: '{server.url}'}}\n"
    company.write("seatwise.yaml", text.replace("accounts:\n", octo))
    company.license("copilot", ["ann"], sku="copilot")
    file = company.root / "licenses/x/copilot.yaml"
    file.write_text(file.read_text().replace("account: v", "account: octo"))
    company.git("add", "-A")
    company.git("commit", "-qm", "octo")

    made = plan(company.workspace, "octo", connected=True)

    assert server.requests == []
    assert [one.key for one in made.findings if one.rule == "not-connected"] == ["octo"]
    assert [need.size for need in made.needs if "copilot" in need.licenses] == [101]
    plan(company.workspace, "octo")
    assert [one.headers["authorization"] for one in server.requests][:1] == [f"Bearer {TOKEN}"]


def after(before: Settings, change: Settings) -> Grounds:
    """The settings in force, and those of a change that nobody approved yet."""
    link = TreeLink(Changeset("beef", "c0ffee"), Tree(change))
    return Grounds("c0ffee", "c0ffee", Tree(before), (link,), ())


def account(id: str, vendor: str = "github", **config: str) -> Account:
    return Account(id, vendor, config, HERE)


def settings(*accounts: Account, **source: str) -> Settings:
    sources = (PeopleSource("hr", "http_table", source, HERE),) if source else ()
    return Settings(accounts={one.id: one for one in accounts}, sources=sources)


@pytest.mark.parametrize(
    "change", [{"url": "https://evil"}, {"token": "env:JOURNAL_KEY"}, {"org": "acme", "proxy": "x"}, {}]
)
def test_an_account_that_is_connected_otherwise_is_not_read(change: dict[str, str]) -> None:
    known = settings(account("octo", org="acme"), account("box", "sandbox"))
    new = settings(account("octo", **change), account("box", "sandbox", seed="other.csv"))
    assert connected(after(known, new)) == ("box",)
    assert connected(after(known, known)) == ("octo", "box")


def test_on_a_first_run_nothing_is_connected_yet() -> None:
    assert connected(after(Settings(), settings(account("octo"), account("t", "table")))) == ("t",)


def test_people_are_read_with_a_secret_only_as_the_commit_in_force_has_it() -> None:
    octo = account("octo")
    known = settings(octo, url="https://hr.acme.example/all", token="env:HR")
    assert connected(after(known, known)) == ("octo",)
    with pytest.raises(Stop, match="people source hr is connected otherwise") as stop:
        connected(after(known, settings(octo, url="https://evil.example", token="env:HR")))
    assert stop.value.code is Exit.DENIED
    assert connected(after(known, settings(octo, url="https://open.example"))) == ("octo",)
