"""Each broken repository says exactly what is wrong with it, and no command answers with a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.broken.cases import BASE, Case, build, cases

from seatwise.cli.main import cli
from seatwise.core.model import Level
from seatwise.flows.validate import validate
from seatwise.views.findings_text import findings_text

CASES = cases()


def test_the_repository_that_the_cases_break_is_whole() -> None:
    assert validate(BASE) == ()


def test_there_are_at_least_eighty_cases() -> None:
    assert len(CASES) >= 80


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_repository_says_what_is_broken(case: Case, tmp_path: Path) -> None:
    build(case, tmp_path)
    found = validate(tmp_path)
    assert findings_text(found) == case.expect
    assert all(finding.fix and finding.place for finding in found)
    _never_a_traceback(tmp_path, 1 if any(finding.level is Level.ERROR for finding in found) else 0)


def _never_a_traceback(root: Path, code: int) -> None:
    for arguments in (["validate"], ["validate", "--format", "sarif"], ["fmt", "--check"]):
        done = CliRunner().invoke(cli, ["-C", str(root), *arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit)
        assert "Traceback" not in done.output
        assert done.exit_code in ({code} if arguments[0] == "validate" else {0, 1})
