"""Accounts at five vendors and people in a directory: signed, taken up in stages everywhere, and taken back."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.company import LOOSE, Company
from tests.emulators import github, graph, okta, scim, snipeit
from tests.sources.directory import PEOPLE, SECRET, SLAPD, Directory, running

from seatwise.core.model import Exit, Verb
from seatwise.flows.approve import sign
from seatwise.vendor_contract.server import Served, served

TOKEN = "t0ken-of-the-story"
BOSS = "p00002@acme.example"
OLD = [f"p{number:05}" for number in range(10, 14)]
NEW = [f"p{number:05}" for number in range(20, 32)]
"""Who has a seat everywhere before, and who is to have one."""
SETTINGS = """format: 1
timezone: Europe/Berlin
people:
  key: mail
  sources:
    directory:
      kind: ldap
      url: ldap://127.0.0.1:{port}
      ca: ca.pem
      bind: cn=reader,dc=acme,dc=example
      password: env:LDAP
      base: {people}
      filter: (uid=p000*)
      complete: {{rows: 90, shrink: 3%}}
      map:
        mail: mail
        name: cn
        status: {{column: enabled, codes: {{"true": active, "false": leave}}}}
        country: {{column: userAccountControl, codes: {{"512": DE, "514": DE}}}}
        logins: {{m365: mail, octo: uid, okta: mail, miro: mail, assets: mail}}
accounts:
{accounts}
journal: {{prefix: seatwise/journal, remote: origin}}
forge: {{kind: local}}
"""


@dataclass
class House:
    """The company, and its vendors as they are served."""

    company: Company
    key: Path
    played: dict[str, Any] = field(default_factory=dict)
    servers: dict[str, Served] = field(default_factory=dict)

    def holders(self) -> dict[str, set[str]]:
        """Account → uids of those who have a seat, as the vendor itself knows it."""
        ms, octo, org, miro, assets = (self.played[id] for id in ("m365", "octo", "okta", "miro", "assets"))
        names = {
            "m365": {user.fields["userPrincipalName"] for user in ms.has("SPE_E3")},
            "octo": {login for login, one in octo.seats.items() if not one.ends},
            "okta": {org.users[id]["profile"]["login"] for id in org.groups["design"].members},
            "miro": {miro.users[one["value"]]["userName"] for one in next(iter(miro.groups.values()))["members"]},
            "assets": {assets.users[one.user] for one in assets.seats.values() if one.user},
        }
        return {id: {name.partition("@")[0] for name in found} for id, found in names.items()}

    def writes(self) -> int:
        return sum(call.writes and "token" not in call.path for one in self.servers.values() for call in one.requests)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    if not SLAPD:
        pytest.skip("slapd is not installed (Debian: slapd)")
    with running(tmp_path_factory.mktemp("slapd")) as one:
        yield one


@pytest.fixture
def house(directory: Directory, tmp_path: Path) -> Iterator[House]:
    made = House(Company(tmp_path / "company"), tmp_path / "key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(made.key)], check=True)
    made.company.env.update({"LDAP": SECRET, "TOKEN": TOKEN})
    _plays(made)
    with ExitStack() as stack:
        for id, (played, check) in made.played.items():
            made.servers[id] = stack.enter_context(served(played, check))
        made.played = {id: played for id, (played, _) in made.played.items()}
        _writes(made, directory)
        yield made


def _plays(house: House) -> None:
    clock, logins = house.company.clock, [f"p{number:05}" for number in range(100)]
    ms, org = graph.Graph(clock, TOKEN, lag=0), okta.Okta(clock, TOKEN)
    octo, miro, assets = github.GitHub(clock, TOKEN), scim.Scim(TOKEN), snipeit.SnipeIT(clock, TOKEN)
    ms.sells("SPE_E3", 40, "TEAMS1")
    assets.buys("Studio", 40)
    org.group("design")
    for uid in logins:
        mail = f"{uid}@acme.example"
        for one in (ms, org, miro, assets):
            one.joins(mail)
        octo.joins(uid)
        if uid in OLD:
            ms.gives(mail, "SPE_E3", before=True)
            org.puts(mail, "design")
            octo.gives(uid)
            assets.gives("Studio", mail)
    miro.founds("Miro", *(f"{uid}@acme.example" for uid in OLD))
    checks = {"m365": graph.checked(), "octo": github.checked(), "okta": okta.checked(), "assets": snipeit.checked()}
    vendors = {"m365": ms, "octo": octo, "okta": org, "miro": miro, "assets": assets}
    house.played = {id: (played, checks.get(id, lambda *_: None)) for id, played in vendors.items()}


def _writes(house: House, directory: Directory) -> None:
    url = {id: one.url for id, one in house.servers.items()}
    accounts = f"""\
  m365: {{vendor: microsoft365, tenant: {graph.TENANT}, client: {graph.CLIENT}, secret: env:TOKEN, url: "{url["m365"]}/v1.0", \
login: "{url["m365"]}"}}
  octo: {{vendor: github, org: acme, token: env:TOKEN, url: "{url["octo"]}"}}
  okta: {{vendor: okta, token: env:TOKEN, url: "{url["okta"]}", skus: {{"group:design": 40}}}}
  miro: {{vendor: scim, preset: miro, token: env:TOKEN, url: "{url["miro"]}", skus: [Miro]}}
  assets: {{vendor: snipeit, login: email, token: env:TOKEN, url: "{url["assets"]}"}}"""
    company = house.company
    settings = SETTINGS.format(port=directory.plain, people=PEOPLE, accounts=accounts)
    company.write("seatwise.yaml", settings)
    company.write("ca.pem", directory.ca.decode())
    public = " ".join(house.key.with_suffix(".pub").read_text().split()[:2])
    company.write("owners/it.yaml", f"owner: it\napprovers: [{BOSS}: {{key: {public}}}]\n")
    company.write(
        "policies/min-approvals.yaml", "policy: min-approvals\nlevel: warn\nclasses: [{up_to: 200, approvals: 1}]\n"
    )
    for id, text in LOOSE.items():
        company.write(f"policies/{id}.yaml", text)
    _asks(house, OLD)
    company.commit("five accounts")


def _asks(house: House, people: list[str]) -> None:
    skus = {"m365": "SPE_E3", "octo": "copilot", "okta": '"group:design"', "miro": "Miro", "assets": "Studio"}
    for id, sku in skus.items():
        mails = [f"{uid}@acme.example" for uid in people]
        rows = "".join(f"\n      - {mail}" for mail in mails)
        house.company.write(
            f"licenses/x/{id}.yaml",
            f"license: {id}\nproduct: {id}\ntype: trial\nmetric: named-user\nowner: it\naccount: {id}\nsku: {sku}\n"
            f"mode: manage\nentitlements:\n  first: {{type: initial, quantity: 40}}\nassignments:\n  team:\n    people:{rows}\n",
        )


def _until_over(house: House) -> list[str]:
    """Runs every few hours until nothing is under way; the stages that were written, in order."""
    stages: list[str] = []
    for _ in range(12):
        run = house.company.apply(hours=26)
        assert run.exit in (Exit.OK, Exit.WAITING), run.findings
        stages += [one.stage for one in run.written]
        if run.exit is Exit.OK:
            break
    return stages


def test_five_accounts_are_adopted_changed_in_stages_and_taken_back(house: House) -> None:
    company = house.company
    before = house.holders()
    assert before == {id: set(OLD) for id in house.played}

    assert company.apply().exit is Exit.DENIED and house.writes() == 0, "nobody has approved it yet"
    sign(company.workspace, "HEAD", BOSS, str(house.key))
    assert company.apply().exit is Exit.OK
    assert (house.holders(), house.writes()) == (before, 0), "what is there is adopted, and nobody is called"

    company.git("switch", "-q", "-c", "more")
    _asks(house, [*OLD[1:], *NEW])
    company.git("commit", "-qam", "twelve more, one less")
    planned = company.plan("more")
    verbs = [step.change.verb for step in planned.steps]
    assert (verbs.count(Verb.ASSIGN), verbs.count(Verb.REVOKE)) == (60, 5)
    sign(company.workspace, "HEAD", BOSS, str(house.key))
    company.git("switch", "-q", "main")
    company.git("merge", "-q", "--no-ff", "-m", "merge", "more")
    company.git("push", "-q", "origin", "main")

    first = company.apply()
    assert first.exit is Exit.WAITING
    pilots = {id: len(found - set(OLD)) for id, found in house.holders().items()}
    assert all(0 < count < len(NEW) for count in pilots.values()), pilots
    assert "pilot" in [one.stage for one in first.written]
    _until_over(house)
    assert house.holders() == {id: {*OLD[1:], *NEW} for id in house.played}

    company.git("revert", "--no-edit", "-m", "1", "HEAD")
    company.git("push", "-q", "origin", "main")
    sign(company.workspace, "HEAD", BOSS, str(house.key))
    _until_over(house)
    assert house.holders() == before
    assert company.plan().steps == ()
