"""plan.json as text."""

from __future__ import annotations

import json

from tests.views import plans

from seatwise.core import canon
from seatwise.views import plan_json


def test_plan_json_is_read_back_as_the_same_plan() -> None:
    for plan in (plans.story(), plans.hostile()):
        assert canon.plan_from_json(json.loads(plan_json.dumps(plan))) == plan


def test_plan_json_has_the_same_bytes_for_the_same_plan() -> None:
    assert plan_json.dumps(plans.big()) == plan_json.dumps(plans.big())


def test_nothing_in_plan_json_is_obeyed_or_hidden_by_a_terminal() -> None:
    shown = plan_json.dumps(plans.hostile())
    assert shown.isascii()
    assert shown.replace("\n", "").isprintable()
