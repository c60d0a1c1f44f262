"""A plan → the text of plan.json: the stable shape of core/canon, in ASCII: nothing in it is obeyed or hidden."""

from __future__ import annotations

import json

from seatwise.core import canon
from seatwise.core.model import Plan


def dumps(plan: Plan) -> str:
    """The same bytes for the same plan; schemas/plan.json describes them."""
    return json.dumps(canon.plan_to_json(plan), indent=2) + "\n"
