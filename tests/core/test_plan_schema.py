"""schemas/plan.json says what plan.json is."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from tests.views import plans

from seatwise.core import canon, plan_schema

FILE = files("seatwise") / "schemas" / "plan.json"
MAKE = "write plan_schema.text() to tool/seatwise/schemas/plan.json"


def test_the_file_is_what_the_nouns_say() -> None:
    assert FILE.read_text() == plan_schema.text(), f"the nouns of a plan changed: {MAKE}"


@pytest.mark.parametrize("plan", [plans.story, plans.big, plans.first_run, plans.options, plans.hostile, plans.empty])
def test_every_plan_is_as_the_schema_says(plan: Any) -> None:
    shape = json.loads(json.dumps(canon.plan_to_json(plan())))
    assert [error.message for error in validator().iter_errors(shape)] == []


def validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(FILE.read_text()), validate_formats=True)


def test_every_field_of_a_plan_is_described() -> None:
    described = json.loads(FILE.read_text())["$defs"]["Plan"]["properties"]
    assert set(canon.plan_to_json(plans.story())) == set(described)


@pytest.mark.parametrize(
    ("field", "value"),
    [("format_version", "2.0"), ("format_version", "1"), ("now", 3), ("steps", [{}]), ("held", None)],
)
def test_what_is_no_plan_is_not_as_the_schema_says(field: str, value: object) -> None:
    shape = canon.plan_to_json(plans.story()) | {field: value}
    assert not validator().is_valid(shape)


@pytest.mark.parametrize("field", ["title", "steps", "ask_digest"])
def test_a_field_that_is_left_out_is_missed(field: str) -> None:
    shape = canon.plan_to_json(plans.story())
    del shape[field]
    assert not validator().is_valid(shape)


def test_a_later_minor_version_may_add_fields() -> None:
    shape = canon.plan_to_json(plans.story()) | {"format_version": "1.12", "weather": "fine"}
    assert validator().is_valid(shape)
