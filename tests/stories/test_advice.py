"""What a message advises is pasted, with a reason: it does what it says, and nothing else."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.company import BEGINS, Company
from tests.stories.conftest import NAMES

from seatwise.cli.main import cli
from seatwise.core.model import Exit, Explained
from seatwise.flows.explain import explain
from seatwise.views import explain_text, plan_text

REASON = "the project ends"
WHY = ("--reason", REASON, "--through", "2099-12-24")
LIMIT = "policy: max-removals\nlevel: block\nper_license: {seats: 2, share: 1%}\nnever_over: {share: 100%}\n"


def blocked(company: Company) -> str:
    """A pull request takes more seats than one may; what the run advises."""
    company.write("policies/max-removals.yaml", LIMIT)
    company.commit("the limit")
    company.apply()
    company.asks("take five", a=" ".join(NAMES[5:]))
    return next(f.fix for f in company.apply(hours=1).findings if f.rule == "max-removals/per_license")


def pasted(company: Company, advice: str, *more: str) -> Result:
    """The command in an advice, run in the company's repository."""
    command = re.search(r"seatwise ([^;,]*)", advice)
    assert command is not None
    return CliRunner().invoke(cli, ["-C", str(company.root), *shlex.split(command[1]), *more])


def merged(company: Company, done: Result) -> None:
    """The acknowledgement that was written, in a commit of its own."""
    assert done.exit_code == 0, done.output
    path = done.output.partition(":")[0]
    assert REASON in (company.root / path).read_text()
    company.commit("acknowledge it")


def test_a_limit_that_stops_main_is_acknowledged_by_the_command_that_apply_names(twelve: Company) -> None:
    advice = blocked(twelve)

    merged(twelve, pasted(twelve, advice, *WHY))

    assert twelve.apply(hours=1).exit is not Exit.DENIED
    assert len(twelve.has("A")) < len(NAMES)


def test_one_seat_more_than_was_acknowledged_is_stopped_again(twelve: Company) -> None:
    advice = blocked(twelve)
    twelve.git("revert", "--no-edit", "HEAD")
    merged(twelve, pasted(twelve, advice, *WHY))
    twelve.asks("take six", a=" ".join(NAMES[6:]))

    assert (twelve.apply(hours=1).exit, twelve.has("A")) == (Exit.DENIED, set(NAMES))


def test_wrong_leavers_are_let_go_by_the_command_that_the_hold_names(twelve: Company) -> None:
    for name in NAMES[:7]:
        twelve.changes(name, status="T")
    holds = [hold for hold in twelve.apply(hours=1).held if hold.rule == "lanes/leavers"]
    assert (len(holds), twelve.has("A")) == (7, set(NAMES))

    merged(twelve, pasted(twelve, holds[0].fix, *WHY))
    twelve.apply(hours=1)

    assert twelve.has("A") == set(NAMES[7:])


def test_a_full_pool_is_enlarged_by_the_command_that_the_hold_names(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.sells(A=1)
    company.hires("ann", "bob", "cyd")
    company.license("a", ["ann", "bob", "cyd"], quantity=1)
    company.commit("three for one seat")

    done = pasted(company, company.plan().held[0].fix)

    text = (company.root / "licenses/x/a.yaml").read_text()
    assert (done.exit_code, "type: true-up, quantity: 2, start: " in text) == (0, True), text


@pytest.mark.parametrize("width", [80, 100])
def test_a_plan_shows_the_command_on_one_line(twelve: Company, width: int) -> None:
    blocked(twelve)
    plan = twelve.plan()
    lines = plan_text.plan(plan, width=width).splitlines()
    said = f"seatwise ack new max-removals/per_license --asks {plan.ask_digest[7:19]}"
    assert any(line.endswith(said) for line in lines), "\n".join(lines)


def test_explain_says_of_a_seat_that_is_gone_by_hand_what_it_is_and_the_way_out(twelve: Company) -> None:
    twelve.revokes_by_hand("A", "p00")
    (fact,) = explain(twelve.workspace, "p00@x.example/a").facts
    (drift,) = twelve.plan().drift
    assert (fact.next, fact.note) == ("", f"drift, removed there: {drift.what}; {drift.fix}")
    assert drift.what in " ".join(explain_text.explain(Explained("s", "", (fact,)), today=BEGINS.date()).split())
