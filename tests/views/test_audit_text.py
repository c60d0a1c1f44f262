"""What an audit found, as it is printed: the answer first, and no name that a terminal or a sheet would obey."""

from __future__ import annotations

from datetime import UTC, datetime

from syrupy.assertion import SnapshotAssertion
from tests.views.plans import HOSTILE

from seatwise.core.audit import Anchor, Audit, Checked, Fault
from seatwise.core.duties import Duty
from seatwise.core.tenure import Held
from seatwise.views import audit_csv, audit_text

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HEAD = "9ab31f2c0d1e"
SOUND = Checked("seatwise/journal/v", HEAD, 61, 12, 12, (Anchor("remote mirror", 61),))
FAULT = Fault(
    "chain", 41, "2026-11/000007.jsonl: it does not follow on record 40", "c0ffee123456", "seatwise/journal/octo"
)
BROKEN = Checked("seatwise/journal/octo", HEAD, 40, 6, 0, (), (FAULT,))


def test_an_audit_reads_like_this(as_text: SnapshotAssertion) -> None:
    part = Checked("seatwise/journal/_admit", HEAD, 9, 9, 0, (Anchor("journal.heads", 4),))
    found = Audit(AT, False, HEAD, 4, (part, SOUND), 2, 1, ("3 approvals are as the forge told them",))
    assert audit_text.audit(found) == as_text
    assert audit_text.audit(Audit(AT, True, HEAD, 4, (SOUND, BROKEN))) == as_text
    assert audit_text.audit(Audit(AT, True, HEAD, 4, (SOUND,))).startswith("Verified: 1 journal, 4 admitted changesets")


def test_holders_and_duties_read_like_this(as_text: SnapshotAssertion) -> None:
    row = Held(
        "v",
        "a",
        "ann@x.example",
        AT,
        4,
        "given by us",
        "named",
        HEAD,
        "a for ann",
        "T-1",
        "approved by bo",
        "2026-12-01",
    )
    assert audit_text.held([row, Held("v", "a", "bo", AT, 5, why="no row")], "2026-12-02", "Europe/Berlin") == as_text
    apart = Duty(HEAD, "a for ann", AT, "approved", ("ann",), ("bo",), ("cy",), ("job <j@x>",))
    alone = Duty(HEAD, "b", AT, "single administrator", ("ann",), (), (), (), (("single", "there is nobody else"),))
    assert audit_text.duties([apart, alone]) == as_text


def test_no_name_is_obeyed() -> None:
    fault = Fault("chain", 1, HOSTILE, journal=HOSTILE)
    bad = Checked(HOSTILE, HEAD, 1, 1, 0, (Anchor(HOSTILE, 1),), (fault,))
    duty = Duty(HEAD, HOSTILE, AT, HOSTILE, (HOSTILE,), (HOSTILE,), (HOSTILE,), (HOSTILE,), (("nobody", HOSTILE),))
    held = Held(HOSTILE, HOSTILE, HOSTILE, AT, 1, "", HOSTILE, HEAD, HOSTILE, HOSTILE, HOSTILE)
    texts = [
        audit_text.audit(Audit(AT, True, HEAD, 1, (bad,), notes=(HOSTILE,))),
        audit_text.duties([duty]),
        audit_text.held([held], "now", "UTC"),
        audit_csv.held([held]),
    ]
    assert [line for text in texts for line in text.splitlines() if not line.isprintable()] == []


def test_a_sheet_is_given_no_formula() -> None:
    assert "'=1+1" in audit_csv.held([Held("v", "=1+1", "ann", AT, 1)])
