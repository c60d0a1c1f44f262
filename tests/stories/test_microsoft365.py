"""A company whose people are Entra's and whose licences are Microsoft's, over the wire: adopted, and planned.

Nothing is applied: the account is real, and without a forge nobody can approve.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.company import Company
from tests.emulators.graph import CLIENT, TENANT, Graph, checked

from seatwise.core.model import Exit
from seatwise.vendor_contract.server import Served, served

SETTINGS = f"""format: 1
timezone: Europe/Berlin
people:
  key: mail
  sources:
    entra:
      kind: entra
      account: v
      map:
        mail: mail
        status: {{column: accountEnabled, codes: {{"true": active, "false": leave}}}}
        country: country
        logins: {{v: userPrincipalName}}
accounts:
  v: {{vendor: microsoft365, tenant: {TENANT}, client: {CLIENT}, secret: env:M365, url: "URL/v1.0", login: "URL"}}
journal: {{prefix: seatwise/journal, remote: origin}}
forge: {{kind: none}}
"""


@pytest.fixture
def company(tmp_path: Path) -> Company:
    made = Company(tmp_path, remote=False)
    made.env["M365"] = "s3cr3t of the story"
    return made


@pytest.fixture
def graph(company: Company) -> Graph:
    made = Graph(company.clock, company.env["M365"], page_most=2)
    made.sells("SPE_E3", 9, "TEAMS1")
    for name in ("boss", "chief", "ann", "bo", "cy"):
        mail, location = f"{name}@x.example", None if name == "cy" else "DE"
        made.joins(f"{name}@tenant.example", location, mail=mail, accountEnabled=True, country="DE")
    made.gives("ann@tenant.example", "SPE_E3", before=True)
    return made


@pytest.fixture
def server(company: Company, graph: Graph) -> Iterator[Served]:
    with served(graph, checked()) as one:
        company.write("seatwise.yaml", SETTINGS.replace("URL", one.url))
        yield one


def batches(server: Served) -> int:
    return sum(one.path.endswith("/$batch") for one in server.calls("POST"))


def test_what_is_adopted_needs_no_call_and_what_nobody_can_approve_gets_none(company: Company, server: Served) -> None:
    company.license("e3", ["ann"], sku="SPE_E3")
    company.commit("adopt what is there")
    assert company.plan().steps == ()

    company.license("e3", ["ann", "bo", "cy"], sku="SPE_E3")
    company.commit("bo and cy too")
    steps = {step.change.who: step.change for step in company.plan().steps}
    assert set(steps) == {"bo@x.example", "cy@x.example"}
    assert {change.login for change in steps.values()} == {"bo@tenant.example", "cy@tenant.example"}
    assert {change.profile["country"] for change in steps.values()} == {"DE"}

    run = company.apply(hours=20)
    assert (run.exit, [one.rule for one in run.findings]) == (Exit.DENIED, ["not-approved"])
    assert batches(server) == 0
