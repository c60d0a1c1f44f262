"""A plan as text: the answer first, short whatever its size, and safe whatever the names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.views import plans

from seatwise.core.model import Finding, Kept, Level, Need, Plan
from seatwise.views import plan_text, words

NAMED = [plans.small, plans.story, plans.big, plans.full_pool, plans.first_run, plans.options, plans.nothing]


@pytest.mark.parametrize("plan", NAMED, ids=lambda plan: plan.__name__)
def test_a_plan_reads_like_this_in_a_terminal(plan: Callable[[], Plan], as_text: SnapshotAssertion) -> None:
    assert plan_text.plan(plan()) == as_text


@pytest.mark.parametrize("plan", [plans.story, plans.big], ids=lambda plan: plan.__name__)
def test_a_plan_reads_like_this_on_a_phone(plan: Callable[[], Plan], as_text: SnapshotAssertion) -> None:
    assert plan_text.plan(plan(), width=60) == as_text


def test_everything_of_a_plan_reads_like_this(as_text: SnapshotAssertion) -> None:
    assert plan_text.plan(plans.story(), everything=True) == as_text


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("plan", [*NAMED, plans.hostile], ids=lambda plan: plan.__name__)
def test_no_line_is_wider_than_asked(plan: Callable[[], Plan], width: int, everything: bool) -> None:
    lines = plan_text.plan(plan(), width=width, everything=everything).splitlines()
    assert [line for line in lines if words.columns(line) > width] == []


def test_three_thousand_changes_are_shown_on_about_sixty_lines() -> None:
    assert len(plan_text.plan(plans.big()).splitlines()) <= 62


def test_everything_names_everybody() -> None:
    plan = plans.big()
    shown = plan_text.plan(plan, everything=True)
    assert [s.change.who for s in plan.steps if words.person(s.change.who, "@acme.example") not in shown] == []


def test_what_is_not_shown_is_counted() -> None:
    shown = plan_text.plan(plans.big())
    assert "… 225 seats more: plan --all" in shown
    assert "… 2,775 seats more: plan --all" in shown
    assert "… 8 findings more: plan --all" in shown


def test_a_blocked_plan_starts_with_what_blocks_it() -> None:
    assert plan_text.plan(plans.big()).startswith("BLOCKED  11 findings stop this plan\n")


def test_a_finding_that_is_passed_says_by_what_and_asks_no_fix() -> None:
    passed = Finding(
        "seat-ceiling/max", Level.BLOCK, "15 wanted, at most 12", "ask for 3 fewer", passed_by="2026-11-figma"
    )
    shown = plan_text.plan(replace(plans.small(), findings=(passed,)))
    assert "  passed      seat-ceiling/max: 15 wanted, at most 12 (by 2026-11-figma)\n" in shown
    assert "ask for 3 fewer" not in shown


def test_nothing_to_do_is_one_quiet_line() -> None:
    assert plan_text.plan(plans.empty()) == "Nothing to do.\n"


def test_seats_that_are_kept_for_now_are_named_also_where_there_is_nothing_to_do() -> None:
    kept = tuple(Kept("archive", plans.mail(f"p{at:02}"), "left on Tuesday", "nothing") for at in range(7))
    quiet, busy = replace(plans.empty(), kept=kept), replace(plans.small(), kept=kept)
    shown = plan_text.plan(quiet)
    assert shown.startswith(
        "Nothing to do.\nKEPT FOR NOW  7 seats\n  p00         archive: left on Tuesday\n    fix: nothing\n"
    )
    assert shown.endswith("  … 4 seats more: plan --all\n")
    assert "  p02         archive: left on Tuesday\n" in plan_text.plan(busy)
    assert "p06" in plan_text.plan(busy, everything=True)


def test_a_plan_without_people_or_vendors_has_no_line_for_them() -> None:
    shown = plan_text.plan(replace(plans.small(), feeds=(), sources=()))
    assert "People:" not in shown
    assert "Vendors:" not in shown


def test_nothing_to_do_is_not_said_where_a_vendor_could_not_be_read() -> None:
    failed = replace(plans.empty(), sources=(plans.big().sources[-1],))
    shown = plan_text.plan(failed)
    assert "Nothing to do" not in shown
    assert "slack could not be read: 403 Forbidden" in shown


@pytest.mark.parametrize("everything", [False, True])
def test_no_name_reaches_the_terminal_as_a_command(everything: bool) -> None:
    shown = plan_text.plan(plans.hostile(), everything=everything)
    assert {char for char in shown if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co")} == {"\n"}
    assert "\n## " not in shown
    assert "\\x1b[2J" in shown


def test_the_latest_use_comes_first_and_is_marked() -> None:
    shown = plan_text.plan(plans.story(), width=200)
    assert "tom.becker used 3 days ago <- still in use · jon idle 96 d" in shown
    assert "mia.sato idle 117 d · eva.novak no use seen" in shown


def test_where_a_vendor_shows_no_use_names_stand_alone() -> None:
    assert "figma-full -3  gil.perez · hana.cho · mia.sato\n" in plan_text.plan(plans.story())


def test_the_same_plan_gives_the_same_text() -> None:
    assert plan_text.plan(plans.big()) == plan_text.plan(plans.big())


def test_an_approval_that_anybody_who_approves_may_give_is_not_without_a_name() -> None:
    said = plan_text.plan(replace(plans.small(), needs=(Need("", 1),)))
    assert "NEEDED    any owner 0 of 1" in said


def test_everything_names_what_is_beside_also_where_there_is_nothing_to_do() -> None:
    assert "1 unlisted: plan --all" in plan_text.plan(plans.nothing())
    shown = plan_text.plan(plans.nothing(), everything=True)
    assert shown.startswith("Nothing to do. Beside it: 1 seat of leavers, 1 seat differs (drift), 1 unlisted.\n")
    for line in (
        "slack, drift, removed there:  bo.okafor",
        "slack, unlisted, direct:",
        "slack, leaver: last day 23 Nov:",
    ):
        assert line in shown


def test_a_bill_that_starts_today_has_no_day() -> None:
    figures = replace(plans.small().figures[0], bill_from=plans.TODAY)
    assert "Bill  +19.00 USD a month (copilot-business)." in plan_text.plan(replace(plans.small(), figures=(figures,)))
