"""Around a quarter's close, a migration or the holidays nothing is taken: nobody has the time to notice or to help.

It keeps back the takes and swaps of bulk changesets, what movers lose and what `mode: enforce` takes; all else goes on. Days
are those of each holder's own time zone. Can't wait? An acknowledgement lets exactly these asks go (`seatwise ack new freeze`).
"""

from __future__ import annotations

from collections.abc import Iterator

from seatwise.core import params
from seatwise.core.model import Finding, Level, Policy, Review
from seatwise.core.windows import FREEZE

ID = FREEZE
LEVEL = Level.HOLD
PARAMS = params.record(
    "When nothing is taken",
    quarter_close=params.count("So many days before and after the last day of each quarter; 0: none", most=30),
    periods=params.listing(
        "Further times",
        params.record(
            "One of them",
            required=("name", "from", "through"),
            name=params.text("What it is for"),
            **{"from": params.day("Its first day"), "through": params.day("Its last day")},
        ),
    ),
)
DEFAULTS: dict[str, object] = {"quarter_close": 3, "periods": ()}


def findings(review: Review, policy: Policy) -> Iterator[Finding]:
    """One for each period that ends before it begins."""
    for period in policy.params["periods"]:
        if period["through"] < period["from"]:
            what = f"{period['name']} ends on {period['through']}, before it begins"
            yield Finding(ID, Level.BLOCK, what, f"through: {period['from']}", policy.place, period["name"])
