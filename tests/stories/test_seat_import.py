"""Seats by the thousand from a file: the plan is the one that hand-written files give, one bad row stops all of them, and
an import that is killed leaves the whole branch or none."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from tests.company import Company, license

from seatwise.core.model import Stop
from seatwise.core.orders import Wording
from seatwise.flows.seats import How, imported
from seatwise.views import plan_json

MANY = 5000
HAD = 1000
"""So many have seats of L0 already; every fifth of them loses it."""
HEADING = "person,action,license,through,reason,ticket"


def row(number: int) -> tuple[str, str, str, str, str, str]:
    who = f"p{number:04}@x.example"
    if number < HAD:
        return who, *(("take", "l0", "", "", "") if number % 5 == 0 else ("extend", "l0", "2099-12-31", "", ""))
    through = "2099-06-30" if number % 3 == 0 else ""
    return who, "give", f"l{number % 4}", through, "asked twice" if number % 50 == 0 else "", f"ITSM-{number % 7}"


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Five thousand people; the first thousand are named by L0."""
    company = Company(tmp_path_factory.mktemp("firm"), remote=False)
    company.sells(L0=MANY, L1=MANY, L2=MANY, L3=MANY)
    company.hires(*(f"p{number:04}" for number in range(MANY)))
    company.holds("L0", *(f"p{number:04}" for number in range(HAD)))
    company.asks("before", l0=" ".join(f"p{number:04}" for number in range(HAD)), l1="", l2="", l3="")
    company.apply()
    return company


def sheet(folder: Path, rows: list[tuple[str, ...]]) -> Path:
    path = folder / "rows.csv"
    path.write_text("\n".join([HEADING, *map(",".join, rows)]) + "\n")
    return path


def by_hand(id: str) -> str:
    """The license as somebody would write it: other order, quotes, comments, one list on one line."""
    mine = [row(number) for number in range(MANY - 1, -1, -1) if row(number)[2] == id]
    team = [f"\n      - '{who}': {{through: {day}}}  # longer" for who, act, _, day, _, _ in mine if act == "extend"]
    lists = [f"  team:\n    people:{''.join(team)}\n"] if team else []
    for ticket in sorted({ticket for *_, ticket in mine if ticket}, reverse=True):
        people = [_named(who, day) for who, _, _, day, _, asked in mine if asked == ticket]
        lists.append(f"  # as asked\n  {ticket.lower()}: {{people: [{', '.join(people)}], ticket: {ticket}}}\n")
    return license(id).replace("assignments: []\n", "assignments:\n" + "".join(lists))


def _named(who: str, day: str) -> str:
    return f"{who}: {{through: {day}}}" if day else f'"{who}"'


def told(company: Company, branch: str) -> dict[str, Any]:
    """The plan without lines, and without what follows from the commit's id: who is drawn into which stage."""
    plan = json.loads(plan_json.dumps(company.plan(branch)))
    plan = {name: _without(part, "line", "commit", "rollout") for name, part in plan.items()}
    plan["steps"] = sorted((_without(step, "stage", "opens") for step in plan["steps"]), key=json.dumps)
    plan["stages"] = [_without(stage, "people") for stage in plan["stages"]]
    return {name: part for name, part in plan.items() if name not in ("title", "head")}


def _without(part: Any, *names: str) -> Any:
    if isinstance(part, Mapping):
        return {key: _without(value, *names) for key, value in part.items() if key not in names}
    return [_without(one, *names) for one in part] if isinstance(part, list) else part


def test_five_thousand_rows_give_the_plan_that_the_same_files_give_when_written_by_hand(
    firm: Company, tmp_path: Path
) -> None:
    company = firm.copy(tmp_path)
    rows = [row(number) for number in range(MANY)]
    random.Random(7).shuffle(rows)
    done = imported(company.workspace, sheet(tmp_path, rows), Wording(), "", How("imported"))
    assert (done.rows, len(done.files), done.bulk.holders) == (MANY, 4, MANY)
    company.git("switch", "-q", "-c", "hand")
    for id in ("l0", "l1", "l2", "l3"):
        company.write(f"licenses/x/{id}.yaml", by_hand(id))
    company.git("commit", "-q", "-a", "-m", done.title)
    company.git("switch", "-q", "main")
    plan, hand = told(company, "imported"), told(company, "hand")
    assert [name for name in plan if plan[name] != hand[name]] == []
    assert (len(plan["rows"]), len(plan["steps"])) == (MANY, MANY - HAD + HAD // 5)


def test_a_workbook_with_the_same_rows_gives_the_same_files(firm: Company, tmp_path: Path) -> None:
    company = firm.copy(tmp_path)
    rows = [row(number) for number in range(0, MANY, 10)]
    book = Workbook()
    for line in [HEADING.split(","), *rows]:
        assert book.active is not None
        book.active.append(line)
    book.save(tmp_path / "rows.xlsx")
    imported(company.workspace, tmp_path / "rows.xlsx", Wording(), "", How("book"))
    imported(company.workspace, sheet(tmp_path, rows), Wording(), "", How("csv"))
    assert company.git("rev-parse", "book^{tree}") == company.git("rev-parse", "csv^{tree}")


def everything(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_one_bad_row_in_five_thousand_changes_no_file(firm: Company, tmp_path: Path) -> None:
    rows = [row(number) for number in range(MANY)]
    rows[4321] = ("p4321@x.exmple", *rows[4321][1:])
    path = sheet(tmp_path, rows)
    before = everything(firm.root)
    with pytest.raises(Stop) as stop:
        imported(firm.workspace, path, Wording(), "", How())
    assert stop.value.what == "rows.csv: 1 of 5,000 rows can't be done; nothing was written"
    assert [str(finding.place) for finding in stop.value.findings] == ["rows.csv:4323"]
    assert "did you mean p4321@x.example" in stop.value.findings[0].fix
    assert everything(firm.root) == before


# killed

GIT = """#!/bin/sh
place() {{ echo x >> {count}; if [ "$(wc -l < {count})" -eq {at} ]; then kill -9 $PPID; exit 1; fi; }}
case " $* " in
*" fast-import "* | *" update-ref "*) place; {git} "$@"; code=$?; place; exit $code ;;
*) exec {git} "$@" ;;
esac
"""


@pytest.fixture
def small(tmp_path: Path) -> Company:
    company = Company(tmp_path, remote=False)
    company.sells(A=60, B=60)
    company.hires("ann", "bo", "carl")
    company.asks("before", a="ann bo", b="")
    sheet(tmp_path, [(f"{who}@x.example", "give", "b", "", "", "T-1") for who in ("ann", "bo", "carl")])
    return company


def start(company: Company, path: str = "") -> subprocess.Popen[bytes]:
    call = [
        sys.executable,
        "-m",
        "seatwise",
        "-C",
        str(company.root),
        "seat",
        "import",
        str(company.root.parent / "rows.csv"),
    ]
    env = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]}
    return subprocess.Popen(call, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def whole_or_nothing(company: Company) -> bool:
    """Whether the branch is there, and then with all that it should have; everything else is as it was."""
    assert company.git("status", "--porcelain") == ""
    company.git("fsck", "--strict", "--no-dangling")
    branches = company.git("for-each-ref", "--format=%(refname:short)", "refs/heads/seats-rows").split()
    if branches:
        text = company.git("show", "seats-rows:licenses/x/b.yaml")
        assert all(f"- {who}@x.example" in text for who in ("ann", "bo", "carl"))
        assert company.git("diff", "--name-only", "main", "seats-rows") == "licenses/x/b.yaml"
        company.git("branch", "-q", "-D", "seats-rows")
    return bool(branches)


def kills(company: Company, folder: Path) -> Iterator[int]:
    """Runs that are killed right before and behind each call of git that writes, until none is left; how each ended."""
    real, count = shutil.which("git"), folder / "count"
    (folder / "bin").mkdir()
    at = 0
    while True:
        at += 1
        count.write_text("")
        (folder / "bin" / "git").write_text(GIT.format(git=real, count=count, at=at))
        (folder / "bin" / "git").chmod(0o755)
        code = start(company, str(folder / "bin")).wait(60)
        yield code
        if code != -signal.SIGKILL:
            return


def test_an_import_killed_at_any_write_leaves_the_whole_branch_or_none(small: Company, tmp_path: Path) -> None:
    ended = [(code, whole_or_nothing(small)) for code in kills(small, tmp_path)]
    assert ended[-1] == (0, True)
    assert len(ended) == 5
    killed = [there for code, there in ended if code != 0]
    assert killed == sorted(killed)
    assert not killed[0]
    assert killed[-1]


@pytest.mark.parametrize("attempt", range(6))
def test_an_import_killed_at_any_moment_leaves_the_whole_branch_or_none(small: Company, attempt: int) -> None:
    process = start(small)
    time.sleep(random.Random(attempt).uniform(0.05, 0.9))
    process.kill()
    process.wait(60)
    whole_or_nothing(small)
    assert start(small).wait(60) == 0
    assert whole_or_nothing(small)
