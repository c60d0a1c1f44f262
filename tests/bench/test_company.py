"""The made-up company whose plans `make bench` measures is one that every check lets through."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench import company
from seatwise.core.model import Exit


def test_what_is_measured_is_a_plan_that_nothing_stops(tmp_path: Path) -> None:
    company.write(tmp_path, 1000)
    assert ran(tmp_path, "apply") in (Exit.OK, Exit.WAITING)
    company.change(tmp_path, 1000)
    assert ran(tmp_path, "plan") == Exit.OK


def ran(root: Path, command: str) -> int:
    return subprocess.run([sys.executable, "-m", "seatwise", "-C", str(root), command], capture_output=True).returncode
