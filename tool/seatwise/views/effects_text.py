"""The rows that a change brings → text, or Markdown for a pull request's comment, where anybody may have chosen the names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from seatwise.core import canon
from seatwise.core.effects import Effect, Effects
from seatwise.core.model import Need, Row
from seatwise.core.rows import UNBOUNDED
from seatwise.views import words

Shown = Callable[[object], str]
MARK = "<!-- seatwise: effects -->"
MOST_BYTES = 60_000
"""A comment of a forge holds 65,536 characters."""


def text(found: Effects) -> str:
    lines = [f"{_head(found)}", *(line for one in found.rows for line in _lines(one))]
    if found.needs:
        lines += ["needs", *(f"  {_need(need, words.text)}" for need in found.needs)]
    return "".join(f"{line}\n" for line in lines)


def markdown(found: Effects, *, limit: int = MOST_BYTES) -> str:
    """At most `limit` bytes of UTF-8: whole rows, and how many are not shown."""
    head = [
        MARK,
        f"### seatwise: {_head(found)}",
        "",
        *(f"- needs {_need(need, words.markdown)}" for need in found.needs),
    ]
    start = "\n".join([*head, "", ""]) if found.needs else "\n".join(head)
    shown = [f"**{_sign(one)}** {' · '.join(_row(one, words.markdown))}" for one in found.rows]
    room = limit - len(start.encode()) - 100
    kept: list[str] = []
    for line in shown:
        room -= len(line.encode()) + 3
        if room < 0:
            break
        kept.append(f"- {line}\n")
    left = len(shown) - len(kept)
    more = f"- … {words.count(left, 'row')} more not shown: `seatwise ci effects --json`\n" if left else ""
    return start + "".join(kept) + more


def shape(found: Effects) -> dict[str, Any]:
    """The stable shape of --json."""
    return {
        "base": found.base, "head": found.head, "merge_base": found.start, "ask": found.ask,
        "rows": [_shape(one) for one in found.rows],
        "needs": [
            {
                "owner": need.owner, "approvals": need.count, "licenses": need.licenses, "bound": _bound(need.bound),
                "why": need.why, "approvers": need.approvers, "besides": need.besides,
            }
            for need in found.needs
        ],
    }  # fmt: skip


def _shape(one: Effect) -> dict[str, Any]:
    row, (before, after) = one.change.row, _sides(one)
    return {
        "kind": row.kind, "key": row.key, "license": row.license, "bundle": row.bundle, "before": before, "after": after,
        "bound": _bound(one.bound), "owners": one.owners, "place": {"path": row.place.path, "line": row.place.line},
    }  # fmt: skip


def _bound(seats: int) -> int | None:
    """None: nothing bounds it."""
    return None if seats >= UNBOUNDED else seats


def _sides(one: Effect) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    before, after = one.change.before, one.change.after
    return (before.value if before else None), (after.value if after else None)


def _head(found: Effects) -> str:
    if not found.rows:
        return "asks nothing"
    return f"{words.count(len(found.rows), 'row')}, asks {canon.short(found.ask)}"


def _lines(one: Effect) -> Iterator[str]:
    name, *more = _row(one, words.text)
    yield f"  {_sign(one)} {name}"
    yield from (f"    {line}" for line in more)


def _row(one: Effect, shown: Shown) -> Iterator[str]:
    """Its name; what it says; how much it moves, who answers for it and where it stands."""
    row = one.change.row
    yield f"{shown(row.kind)} {shown(_key(row))}"
    if value := _value(one, shown):
        yield value
    about = [_most(one.bound), ", ".join(shown(owner or "any owner") for owner in one.owners)]
    place = shown(row.place) if row.place.path else ""
    yield " · ".join(part for part in (*about, place) if part)


def _sign(one: Effect) -> str:
    before, after = _sides(one)
    return "+" if before is None else "-" if after is None else "~"


def _key(row: Row) -> str:
    return " ".join(part for part in row.key if part) or row.license


def _value(one: Effect, shown: Shown) -> str:
    """What it says; of a row that is changed only what differs."""
    before, after = _sides(one)
    if before is None or after is None:
        return shown(
            _said({key: value for key, value in (after or before or {}).items() if value not in (None, "", {})})
        )
    keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    was, now = ({key: side.get(key) for key in sorted(keys)} for side in (before, after))
    return f"{shown(_said(was))} → {shown(_said(now))}"


def _said(value: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(canon.plain(value), ensure_ascii=False)


def _most(bound: int) -> str:
    if not bound:
        return ""
    return "any number of seats" if bound >= UNBOUNDED else f"at most {words.count(bound, 'seat')}"


def _need(need: Need, shown: Shown) -> str:
    of = f" ({', '.join(map(shown, need.licenses))})" if need.licenses else ""
    who = f": {', '.join(map(shown, need.approvers))}" if need.approvers else ""
    most = f", {_most(need.bound)}" if need.bound else ""
    return f"{shown(need.owner or 'any owner')} {need.count}{of}{most}{who}"
