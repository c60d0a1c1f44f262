"""A plan on a pull request: short enough, safe for every reader, and silent about the use of one person."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from syrupy.assertion import SnapshotAssertion
from tests.views import plans
from tests.views.plans import give, take

from seatwise.core.model import Finding, Kept, Level, Need, Plan, Step
from seatwise.views import plan_markdown

NAMED = [plans.small, plans.story, plans.full_pool, plans.first_run, plans.options, plans.nothing]
OURS = re.compile(r"</?(details|summary)>|<br>|<!-- seatwise: plan -->\n?|[\w ,']+|\s+")


@pytest.mark.parametrize("plan", NAMED, ids=lambda plan: plan.__name__)
def test_a_comment_reads_like_this(plan: Callable[[], Plan], as_markdown: SnapshotAssertion) -> None:
    assert plan_markdown.comment(plan()) == as_markdown


def test_a_comment_on_a_big_and_blocked_plan_reads_like_this(as_markdown: SnapshotAssertion) -> None:
    assert plan_markdown.comment(plans.big(), limit=9_000) == as_markdown


def twenty_thousand() -> Plan:
    takes = tuple(take(f"ünïcode-{at:05}", f"license-{at % 40}", days=at % 90) for at in range(5_000))
    gives = tuple(give(f"joiner{at:05}", f"license-{at % 40}", why=f"team {at % 300}") for at in range(15_000))
    return replace(plans.story(), steps=(*takes, *gives))


def test_twenty_thousand_changes_fit_into_a_comment_and_a_summary() -> None:
    plan = twenty_thousand()
    assert 55_000 < size(plan_markdown.comment(plan)) <= 60_000
    assert size(plan_markdown.summary(plan)) <= 900 * 1024


@pytest.mark.parametrize("limit", [200, 1_000, 3_000, 9_000, 30_000])
@pytest.mark.parametrize("plan", [plans.story, plans.big, plans.hostile], ids=lambda plan: plan.__name__)
def test_no_limit_is_ever_passed(plan: Callable[[], Plan], limit: int) -> None:
    assert size(plan_markdown.comment(plan(), limit=limit)) <= limit


def size(text: str) -> int:
    return len(text.encode())


def test_shown_and_not_shown_are_all() -> None:
    plan = twenty_thousand()
    losing, rest = plan_markdown.comment(plan).split("<summary>Who loses</summary>")[1].split("</details>", 1)
    gaining = rest.split("<summary>Who gains</summary>")[1]
    assert named(losing) + left(losing) == 5_000
    assert named(gaining) + left(gaining) == 15_000


def named(fold: str) -> int:
    return len(re.findall(r"`[^`]+@acme.example`", fold))


def left(fold: str) -> int:
    found = re.search(r"… ([\d,]+) more not shown: plan.json has all", fold)
    return int(found[1].replace(",", "")) if found else 0


def test_who_loses_is_shown_before_who_gains() -> None:
    shown = plan_markdown.comment(plans.story(), limit=3_000)
    assert "tom.becker" in shown
    assert "atlas14" not in shown


def test_the_use_of_one_person_is_not_on_a_pull_request() -> None:
    story = plans.story()
    turned = tuple(moved(step) for step in story.steps)
    assert plan_markdown.comment(replace(story, steps=turned)) == plan_markdown.comment(story)


def moved(step: Step) -> Step:
    """The same step, used by somebody else in the way that another was."""
    days = {"tom.becker": 102, "raj.patel": 3, "mia.sato": None}
    name = step.change.who.partition("@")[0]
    if step.change.license != "copilot-business" or name not in days:
        return step
    since = days[name]
    used = None if since is None else plans.TODAY - timedelta(days=since)
    return replace(step, change=replace(step.change, last_used=used))


@pytest.mark.parametrize("used", [(1,), (1, 2, 3), (1, 2, 3, 4, 5), (None,) * 5])
def test_use_is_counted_only_where_that_tells_nothing_of_one_person(used: tuple[int | None, ...]) -> None:
    steps = tuple(take(f"person{at}", days=days) for at, days in enumerate(used))
    assert "in use" not in plan_markdown.comment(replace(plans.empty(), steps=steps))


def test_an_approval_is_said_to_count_for_exactly_this_list() -> None:
    shown = plan_markdown.comment(plans.story())
    assert "Your approval counts for exactly this list (`" in shown
    assert "`), until 8 Dec, also after a rebase." in shown


def test_a_finding_that_is_passed_says_by_what_and_asks_no_fix() -> None:
    passed = Finding("seat-ceiling/max", Level.BLOCK, "15 wanted", "ask for 3 fewer", passed_by="2026-11-figma")
    shown = plan_markdown.comment(replace(plans.small(), findings=(passed,)))
    assert "- passed: 15 wanted (by 2026-11-figma)\n" in shown
    assert "ask for 3 fewer" not in shown


def test_seats_that_are_kept_for_now_are_counted_and_nobody_is_named() -> None:
    kept = (Kept("archive", plans.mail("ed"), "ed left", "nothing"),)
    shown = plan_markdown.comment(replace(plans.small(), kept=kept))
    assert "- 1 seat kept for now" in shown and "ed left" not in shown


def test_many_owners_are_counted() -> None:
    plan = replace(plans.story(), needs=tuple(Need(f"owner-{at}", 1) for at in range(30)))
    assert "owner-19 0 of 1 · 10 owners more." in plan_markdown.comment(plan)


def test_no_name_becomes_markup_html_or_a_link() -> None:
    comment = plan_markdown.comment(plans.hostile())
    tokens = list(flat(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(comment)))
    assert [token.content for token in tokens if token.type == "heading_open"] == [""]
    markup = {"link_open", "image", "em_open", "s_open", "fence", "code_block"}
    assert {token.type for token in tokens} & markup == set()
    html = "".join(token.content for token in tokens if token.type in ("html_block", "html_inline"))
    assert OURS.sub("", html) == ""
    assert len([token for token in tokens if token.type == "td_open"]) == 5


def flat(tokens: list[Token]) -> list[Token]:
    return [inner for token in tokens for inner in (token, *flat(token.children or []))]


def test_no_name_mentions_refers_or_links_outside_of_code() -> None:
    comment = plan_markdown.comment(plans.hostile())
    tokens = flat(MarkdownIt("commonmark", {"html": True}).enable("table").parse(comment))
    prose = "".join(token.content for token in tokens if token.type == "text")
    assert re.findall(r"@\w|#\d|https?://|\x1b|\u202e", prose) == []
    assert "acme/admins" in prose


def test_an_approval_that_anybody_who_approves_may_give_is_not_without_a_name() -> None:
    assert "any owner 0 of 1" in plan_markdown.summary(replace(plans.story(), needs=(Need("", 1),)))
