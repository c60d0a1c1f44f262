"""The rules together: each is named after its file, is described, and has parameters that a file can change."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.policies.reviews import PLACE, TODAY, license, owner, review, tree

from seatwise import policies
from seatwise.core.model import Ack, Duration, Level, Place, Policy, Tree, Waiver
from seatwise.core.params import broken, typed, written

FOLDER = Path(policies.__file__).parent
IDS = sorted(policies.RULES)


def file(id: str, scope: dict[str, tuple[str, ...]] | None = None, **params: Any) -> Policy:
    return Policy(id, Level.WARN, params, Place(f"policies/{id}.yaml", 2), scope or {})


def problems(of: Policy | Waiver | Ack) -> list[str]:
    known = {"licenses": {"figma": license()}, "owners": {"design": owner()}, "publishers": {"figma": "acme"}}
    kind = {Policy: "policies", Waiver: "waivers", Ack: "acks"}[type(of)]
    found = policies.problems(Tree(**known, **{kind: {of.id: of}}))
    assert all(one.level is Level.ERROR for one in found)
    return [f"{one.place}: {one.what} / {one.fix}" for one in found]


def test_every_file_is_a_rule_of_its_name() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert {id.replace("-", "_") for id in IDS} == files


def test_the_page_about_policies_is_what_the_code_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "policies.md"
    assert page.read_text() == policies.describe(), "write it anew: python -c 'from seatwise import policies; ...'"
    assert all(f"## {id}\n" in policies.describe() for id in IDS)


@pytest.mark.parametrize("id", IDS)
def test_a_rule_finds_nothing_in_a_review_of_nothing(id: str) -> None:
    assert list(policies.RULES[id].findings(review(), policies.rules(Tree())[id])) == []


@pytest.mark.parametrize("id", IDS)
def test_a_rule_is_its_own_schema_and_its_defaults_can_be_written_into_a_file(id: str) -> None:
    rule = policies.RULES[id]
    jsonschema_rs.validator_for(rule.PARAMS)
    assert set(rule.PARAMS["properties"]) == set(rule.DEFAULTS)
    given = {key: value for key, value in rule.DEFAULTS.items() if value != ""}
    plain = as_written(rule.PARAMS, given)
    assert list(broken(rule.PARAMS, plain)) == []
    assert typed(rule.PARAMS, plain) == given


def as_written(schema: Any, value: Any) -> Any:
    if isinstance(value, dict):
        fields = schema.get("properties", {})
        return {key: as_written(fields.get(key) or schema["additionalProperties"], one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [as_written(schema["items"], one) for one in value]
    return written(schema, value)


def test_a_file_changes_level_scope_and_what_it_names() -> None:
    of = file("max-removals", {"license": ("figma",)}, per_license={"seats": "5"})
    merged = policies.rules(Tree(policies={"max-removals": of}))["max-removals"]
    assert (merged.level, merged.place, merged.scope) == (Level.WARN, of.place, of.scope)
    assert (merged.params["per_license"]["seats"], str(merged.params["per_license"]["share"])) == (5, "0.10")
    assert merged.params["counts"] == ("revoke", "downgrade")


def test_a_missing_file_means_the_defaults() -> None:
    assert policies.rules(Tree())["data-freshness"].params == {"vendor": Duration(24, "hours")}
    assert list(policies.rules(Tree())) == list(policies.RULES)


def test_a_broken_parameter_keeps_its_default_and_an_unknown_one_is_left_out() -> None:
    of = file("pilot", size="40", sise="8", departments="2")
    assert policies.rules(Tree(policies={"pilot": of}))["pilot"].params == {"size": 8, "departments": 2, "vips": False}


@pytest.mark.parametrize(
    ("of", "says"),
    [
        (file("pilot", size="8"), []),
        (file("max-removal"), ["policies/max-removal.yaml:2: unknown policy 'max-removal' / max-removals"]),
        (file("zzz"), [f"policies/zzz.yaml:2: unknown policy 'zzz' / one of: {', '.join(IDS)}"]),
        (file("pilot", sice="8"), ["policies/pilot.yaml:2: sice in policy 'pilot': unknown key / size"]),
        (
            file("max-removals", per_day={"share": "a tenth"}, counts="revoke"),
            [
                "policies/max-removals.yaml:2: per_day.share in policy 'max-removals': 'a tenth' is no share / 10%",
                "policies/max-removals.yaml:2: counts in policy 'max-removals': 'revoke' is no list / [revoke]",
            ],
        ),
        (
            file("min-admins", licenses={"figmo": "2", "figma": "2"}),
            ["policies/min-admins.yaml:2: licenses in policy 'min-admins': no license 'figmo' / figma"],
        ),
        (
            file("min-approvals", above={"owners": ["desing"]}),
            ["policies/min-approvals.yaml:2: above.owners in policy 'min-approvals': no owner 'desing' / design"],
        ),
        (
            file("pilot", {"publisher": ("acne",), "owner": ("design",)}),
            ["policies/pilot.yaml:2: scope.publisher in policy 'pilot': no publisher 'acne' / acme"],
        ),
    ],
)
def test_what_is_wrong_with_a_policy_is_said_with_its_line(of: Policy, says: list[str]) -> None:
    assert problems(of) == says


@pytest.mark.parametrize(
    ("passes", "says"),
    [
        ("max-removals/per_license", []),
        ("people-shrink", []),
        ("lanes/leavers", []),
        (
            "max-removals",
            [f"{PLACE}: unknown limit 'max-removals' / one of: max-removals/per_license, max-removals/per_day"],
        ),
        ("lames/leavers", ["licenses/figma/figma.yaml:1: unknown limit 'lames/leavers' / lanes/leavers"]),
        (
            "max-removals/never_over",
            [
                f"{PLACE}: nothing lets max-removals/never_over pass / spread it over days, or retire the license",
            ],
        ),
    ],
)
def test_an_acknowledgement_names_a_limit_that_there_is(passes: str, says: list[str]) -> None:
    assert problems(Ack("ack", passes, "because", TODAY, PLACE)) == says


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("max-removals", 0),
        ("max-removals/per_day", 0),
        ("people-shrink", 1),
        ("max-removals/never_over", 1),
    ],
)
def test_an_exception_names_a_policy_that_there_is(policy: str, says: int) -> None:
    assert len(problems(Waiver("exc", policy, "because", TODAY, PLACE))) == says


def test_a_repository_without_policies_has_no_problems() -> None:
    assert policies.problems(tree(license())) == ()
