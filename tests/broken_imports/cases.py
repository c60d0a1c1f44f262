"""Cases of broken files of seats, each a text file: the file, the options, and what is then said.

one line: what is broken
--- args --map person=Mail                    words of the command behind the file's name
--- file rows.csv                             the whole file
--- bytes rows.csv                            the whole file, with Python's escapes
--- book rows.xlsx                            a workbook: cells between bars; `number:4100`, `day:2027-03-31`, `=A1`
--- sheet NAME                                a further sheet of that workbook
--- expect                                    what `seatwise seat import` says on standard error
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from tests.broken.cases import Case, case

HERE = Path(__file__).parent
BASE = HERE / "base"


def cases() -> list[Case]:
    return [case(path) for path in sorted((HERE / "cases").glob("*.txt"))]


def arguments(one: Case) -> list[str]:
    return next((target.split() for verb, target, _ in one.parts if verb == "args"), [])


def written(one: Case, folder: Path) -> Path:
    """Puts the broken file there, and says where it is."""
    files = [part for part in one.parts if part[0] in ("file", "bytes", "book")]
    verb, target, body = files[0] if files else ("", "rows.csv", "")
    path = folder / target
    if verb == "file":
        path.write_text(body, encoding="utf-8", newline="")
    elif verb == "bytes":
        path.write_bytes(body.removesuffix("\n").encode("latin-1").decode("unicode_escape").encode("latin-1"))
    elif verb == "book":
        sheets = [("Sheet", body), *((name, more) for kind, name, more in one.parts if kind == "sheet")]
        book(sheets).save(path)
    return path


def book(sheets: list[tuple[str, str]]) -> Workbook:
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, body in sheets:
        sheet = made.create_sheet(name)
        for line in body.splitlines():
            sheet.append([value(cell.strip()) for cell in line.split("|")])
    return made


def value(cell: str) -> Any:
    kind, _, text = cell.partition(":")
    if kind == "number":
        return float(text)
    if kind == "day":
        return date.fromisoformat(text)
    return datetime.fromisoformat(text) if kind == "time" else cell or None
