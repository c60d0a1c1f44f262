from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from tests.policies.reviews import PLACE, TODAY, done, figures, give, license, review, sizes, swap, tree

from seatwise.core import check
from seatwise.core.model import (
    Ack,
    Cause,
    CauseKind,
    Change,
    Finding,
    Grant,
    Lane,
    Level,
    Place,
    Policy,
    Review,
    Row,
    RowChange,
    RuleMatch,
    Size,
    Tree,
    Waiver,
)

ASKS = "sha256:3fb2c0a9d1e7" + "0" * 52
FEED = "sha256:ab" + "0" * 62


@dataclass(frozen=True)
class Told:
    """A rule that finds what it is told to, and remembers the review that it was given."""

    finds: tuple[Finding, ...] = ()
    seen: Any = None

    def findings(self, review: Review, policy: Policy) -> Iterable[Finding]:
        if self.seen is not None:
            self.seen.append(review)
        return self.finds


def finding(rule: str = "rule", key: str = "figma", **fields: Any) -> Finding:
    return Finding(rule, fields.pop("level", Level.BLOCK), f"{rule} {key}", key=key, **fields)


def policy(scope: Mapping[str, tuple[str, ...]] | None = None) -> Policy:
    return Policy("rule", Level.BLOCK, {}, Place("policies/rule.yaml"), scope or {})


def checked(*finds: Finding, of: Review | None = None, before: check.Keys = frozenset()) -> list[tuple[str, str]]:
    found = check.findings(of or review(), {"rule": Told(finds)}, {"rule": policy()}, before)
    return [(one.rule, one.key) for one in found]


def test_every_rule_is_asked_and_what_they_find_is_sorted() -> None:
    rules = {"b": Told((finding("b"),)), "a": Told((finding("a", "z"), finding("a", "y")))}
    found = check.findings(review(), rules, {"a": policy(), "b": policy()})
    assert [(one.rule, one.key) for one in found] == [("a", "y"), ("a", "z"), ("b", "figma")]


def test_what_is_found_twice_is_said_once() -> None:
    assert checked(finding(), finding()) == [("rule", "figma")]


def test_only_what_the_changeset_brings_stops_it() -> None:
    before = check.keys([finding(), finding(key="slack")])
    assert checked(finding(), finding(key="miro"), before=before) == [("rule", "miro")]
    assert checked(replace(finding(), level=Level.WARN), before=before) == []


def test_a_hold_stays_whatever_the_tree_before_had() -> None:
    assert checked(finding(level=Level.HOLD), before=check.keys([finding()])) == [("rule", "figma")]


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        ({}, ["", "figma", "slack"]),
        ({"license": ("figma",)}, ["", "figma"]),
        ({"publisher": ("acme",)}, ["", "figma"]),
        ({"owner": ("it",)}, ["", "slack"]),
        ({"account": ("figma",)}, ["", "figma", "slack"]),
        ({"account": ("octo",)}, [""]),
        ({"owner": ("it",), "license": ("figma",)}, [""]),
        ({"publisher": ("old",)}, [""]),
        ({"planet": ("mars",)}, [""]),
    ],
)
def test_a_scope_narrows_a_rule_to_its_licenses(scope: dict[str, tuple[str, ...]], kept: list[str]) -> None:
    of = review(
        tree=Tree(licenses={"figma": license()}, publishers={"figma": "acme"}),
        before=Tree(licenses={"slack": license("slack", owner="it")}, publishers={"slack": "other"}),
    )
    rule = Told(tuple(finding(key=id, license=id) for id in ("", "figma", "slack")))
    found = check.findings(of, {"rule": rule}, {"rule": policy(scope)})
    assert [one.license for one in found] == kept


def test_a_license_that_nobody_knows_is_only_in_a_scope_that_names_it() -> None:
    assert check.covers(policy({"license": ("gone",)}), review(), "gone")
    assert not check.covers(policy({"owner": ("design",)}), review(), "gone")


def test_a_rule_with_a_scope_sees_only_what_is_in_it() -> None:
    own, other = give("ann", "figma"), give("ann", "slack")
    rows = [RowChange(None, Row("user", (id,), {}, id)) for id in ("figma", "slack", "")]
    match = RuleMatch("figma", "all", "", 1, 1, 1, same=True)
    of = review(
        tree=tree(license(), license("slack")),
        rows=tuple(rows),
        changes=(own, other, swap("bo", "slack", "figma")),
        lanes={Lane.LEAVERS: (other, own)},
        figures={"figma": figures("figma"), "slack": figures("slack")},
        sizes=sizes(Size("figma", 1, 1, 0), Size("slack", 1, 1, 0)),
        matches=(match, replace(match, license="slack")),
        past=(*done(1), *done(1, license="slack")),
    )
    seen: list[Review] = []
    check.findings(of, {"rule": Told(seen=seen)}, {"rule": policy({"license": ("figma",)})})
    assert seen == [
        replace(
            of,
            rows=(rows[0], rows[2]),
            changes=(own, swap("bo", "slack", "figma")),
            lanes={Lane.LEAVERS: (own,)},
            figures={"figma": figures("figma")},
            sizes=sizes(Size("figma", 1, 1, 0)),
            matches=(match,),
            past=done(1),
        )
    ]


def test_what_lets_a_policy_pass_is_its_scope_an_exception_or_an_acknowledgement_of_the_asks() -> None:
    change = Change("figma", "bo", Grant("figma", "F"), None, cause=Cause(CauseKind.COMMIT, "c0ffee"))
    ack = Ack("ack", "change-window", "because", TODAY, PLACE, asks=ASKS)

    def lets(of: Tree, asks: str = ASKS, **scope: tuple[str, ...]) -> bool:
        rules = {"change-window": Policy("change-window", Level.HOLD, {}, PLACE, scope)}
        return check.lets(of, rules, {"c0ffee": asks}, TODAY)("change-window", change)

    assert not lets(Tree())
    assert lets(Tree(), license=("slack",))
    assert not lets(Tree(), license=("figma",))
    assert lets(Tree(acks={"ack": ack}))
    assert not lets(Tree(acks={"ack": ack}), asks="sha256:" + "00" * 32)
    assert not lets(Tree(acks={"ack": replace(ack, through=TODAY - timedelta(days=1))}))
    assert lets(Tree(waivers={"w": replace(WAIVER, policy="change-window")}))
    assert not lets(Tree(waivers={"w": replace(WAIVER, policy="freeze")}))


def test_an_acknowledgement_lets_a_hold_pass_after_the_admission_of_its_changeset_too() -> None:
    change = Change("figma", "bo", Grant("figma", "F"), None, cause=Cause(CauseKind.COMMIT, "c0ffee"))
    other = Change("figma", "cy", Grant("figma", "F"), None, cause=Cause(CauseKind.COMMIT, "decade"))
    of = review(lanes={Lane.COMMIT: (change, other)}, asks_of={"c0ffee": ASKS})
    held = [Finding("rule/day", Level.HOLD, "", license="figma", person=who) for who in ("bo", "cy")]
    passed = check.passed(held, Tree(acks={"a": ACK}), "", TODAY, by_seat=check.asks_by_seat(of))
    assert [one.passed_by for one in passed] == ["ack", ""]


def by(found: Finding, *, waiver: Waiver | None = None, ack: Ack | None = None, sources: tuple[str, ...] = ()) -> str:
    of = Tree(waivers={"w": waiver} if waiver else {}, acks={"a": ack} if ack else {})
    (passed,) = check.passed([found], of, ASKS, TODAY, sources)
    assert replace(passed, passed_by=found.passed_by) == found
    return passed.passed_by


WAIVER = Waiver("exc", "rule", "because", TODAY, PLACE)
ACK = Ack("ack", "rule/day", "because", TODAY, PLACE, asks="sha256:3fb2c0a9d1e7")


@pytest.mark.parametrize(
    ("waiver", "passes"),
    [
        (WAIVER, True),
        (replace(WAIVER, policy="rule/day"), True),
        (replace(WAIVER, policy="rule/license"), False),
        (replace(WAIVER, policy="rul"), False),
        (replace(WAIVER, license="figma"), True),
        (replace(WAIVER, license="slack"), False),
        (replace(WAIVER, license="figma", person="ann"), True),
        (replace(WAIVER, person="bo"), False),
        (replace(WAIVER, through=TODAY - timedelta(days=1)), False),
    ],
)
def test_an_exception_passes_its_policy_for_its_license_and_person_through_its_day(
    waiver: Waiver, passes: bool
) -> None:
    found = finding("rule/day", license="figma", person="ann")
    assert by(found, waiver=waiver) == ("exc" if passes else "")


@pytest.mark.parametrize(
    ("ack", "passes"),
    [
        (ACK, True),
        (replace(ACK, asks="3FB2C0A9D1E7"), True),
        (replace(ACK, asks=ASKS), True),
        (replace(ACK, asks="sha256:3fb2c0a9d1e"), False),  # eleven digits
        (replace(ACK, asks="sha256:3fb2c0a9d1e8"), False),  # one seat more
        (replace(ACK, asks=ASKS + "0"), False),
        (replace(ACK, asks=""), False),
        (replace(ACK, passes="rule"), False),
        (replace(ACK, passes="rule/license"), False),
        (replace(ACK, through=TODAY - timedelta(days=1)), False),
        (replace(ACK, asks="", source=FEED), True),
        (replace(ACK, source=FEED), True),
        (replace(ACK, source="sha256:" + "c" * 64), False),
    ],
)
def test_an_acknowledgement_passes_one_limit_for_exactly_what_it_names(ack: Ack, passes: bool) -> None:
    assert by(finding("rule/day"), ack=ack, sources=(FEED,)) == ("ack" if passes else "")


def test_a_review_without_asks_is_named_by_no_acknowledgement() -> None:
    (passed,) = check.passed([finding("rule/day")], Tree(acks={"a": ACK}), "", TODAY)
    assert passed.passed_by == ""


def test_nothing_lets_the_hard_limit_pass() -> None:
    hard = finding(check.UNPASSABLE)
    assert by(hard, waiver=replace(WAIVER, policy="max-removals"), ack=replace(ACK, passes=check.UNPASSABLE)) == ""


def test_what_already_passes_stays_passed() -> None:
    assert by(replace(finding(), passed_by="people-shrink")) == "people-shrink"


def upkeep(*finds: Finding, new: bool = False, **of: Any) -> list[str]:
    """What is said of exceptions and acknowledgements, where a rule finds this."""
    after = Tree(**of)
    kept = review(tree=after, before=Tree() if new else after, asks=ASKS)
    found = check.findings(kept, {"rule": Told(finds)}, {"rule": policy()})
    return [f"{one.level} {one.rule}: {one.what}" for one in found if one not in finds]


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (-1, ["warn exception-expired: exception exc of rule ended on 2026-11-23"]),
        (0, ["warn exception-unused: exception exc of rule lets nothing pass"]),
        (90, ["warn exception-unused: exception exc of rule lets nothing pass"]),
        (91, ["block exception-long: exception exc of rule runs through 2027-02-23, longer than 90 days"]),
    ],
)
def test_an_exception_that_has_ended_is_too_long_or_useless_is_named(days: int, says: list[str]) -> None:
    assert upkeep(waivers={"exc": replace(WAIVER, through=TODAY + timedelta(days=days))}) == says


def test_an_exception_that_is_used_or_new_is_fine() -> None:
    assert upkeep(finding(), waivers={"exc": WAIVER}) == []
    assert upkeep(new=True, waivers={"exc": WAIVER}) == []


def test_making_a_long_exception_longer_brings_a_finding() -> None:
    def found(days: int) -> tuple[Finding, ...]:
        of = review(tree=Tree(waivers={"exc": replace(WAIVER, through=TODAY + timedelta(days=days))}))
        return check.findings(of, {}, {})

    longer = review(tree=Tree(waivers={"exc": replace(WAIVER, through=TODAY + timedelta(days=200))}))
    assert len(check.findings(longer, {}, {}, check.keys(found(100)))) == 1
    assert check.findings(longer, {}, {}, check.keys(found(200))) == ()


@pytest.mark.parametrize(
    ("ack", "says"),
    [
        (ACK, ["warn ack-unused: acknowledgement ack of rule/day: this limit is not passed"]),
        (
            replace(ACK, through=TODAY - timedelta(days=1)),
            ["warn ack-expired: acknowledgement ack of rule/day ended on 2026-11-23"],
        ),
        (
            replace(ACK, asks="sha256:3fb2c0"),
            ["warn ack-short: acknowledgement ack of rule/day names too little of its digest: it passes nothing"],
        ),
        (
            replace(ACK, asks="", source=""),
            ["warn ack-short: acknowledgement ack of rule/day names too little of its digest: it passes nothing"],
        ),
        (replace(ACK, asks="sha256:" + "9" * 64), []),  # for another changeset
        (replace(ACK, asks="", source=FEED), []),
    ],
)
def test_an_acknowledgement_that_has_ended_is_short_or_useless_is_named(ack: Ack, says: list[str]) -> None:
    assert upkeep(acks={"ack": ack}) == says


def test_an_acknowledgement_that_is_needed_is_fine() -> None:
    assert upkeep(finding("rule/day"), acks={"ack": ACK}) == []
