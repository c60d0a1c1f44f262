"""One of our files in three versions → merged by what it means: keys and rows of lists are told apart by their names.

Rules:
- What only one side changed is as that side has it; what both changed alike is there once.
- Rows that both sides add to a list are all in it, in order where both sides keep the list in order; so are assignments, lots
  and whatever else stands under a key of its own.
- A row or key that one side removes and the other one changes is a conflict, and so are two changes of the same one. Its lines
  get git's marks; everything around them is merged. A change of comments alone stands in no removal's way.
- What is not understood (no YAML of ours, lists without names, keys on one line) is merged by git as text: the part where that
  is enough, else the whole file. So is a result that would be no readable file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from seatwise.edges import yamlfile
from seatwise.edges.edit import OTHER_BREAKS
from seatwise.edges.merge3 import Merged
from seatwise.edges.parts import Key, Kind, Part, Whole, names, whole
from seatwise.edges.tidy import SORTED

TextMerge = Callable[[bytes, bytes, bytes], Merged]
"""How git merges ours, base, theirs."""


def merged(ours: bytes, base: bytes, theirs: bytes, text_merge: TextMerge) -> Merged:
    """The file merged; `text_merge` is asked for what is not understood."""
    return _by_meaning(ours, base, theirs, text_merge) or text_merge(ours, base, theirs)


def _by_meaning(ours: bytes, base: bytes, theirs: bytes, text_merge: TextMerge) -> Merged | None:
    if all(_is_crlf(data) for data in (ours, base, theirs)):
        mine, old, other = (data.replace(b"\r\n", b"\n") for data in (ours, base, theirs))
        found = _by_meaning(mine, old, other, text_merge)
        return found and Merged(found.data.replace(b"\n", b"\r\n"), found.clean)
    wholes = [one for data in (ours, base, theirs) if (one := _whole(data)) is not None]
    if len(wholes) < 3:
        return None
    work = _Merge(text_merge)
    data = work.whole(*wholes).encode()
    if work.clean and not _reads(data):
        return None
    return Merged(data, work.clean)


def _is_crlf(data: bytes) -> bool:
    return data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r") > 0


def _reads(data: bytes) -> bool:
    document, findings = yamlfile.read(data, "")
    return document is not None and not findings


def _whole(data: bytes) -> Whole | None:
    if not _reads(data):
        return None
    text = data.decode()
    if "\r" in text or any(mark in text for mark in OTHER_BREAKS):
        return None
    return whole(text if text.endswith("\n") else f"{text}\n")


class _Merge:
    """One merge at work. `clean`: nothing in it is for somebody to decide."""

    def __init__(self, text_merge: TextMerge) -> None:
        self._text_merge = text_merge
        self.clean = True

    def whole(self, ours: Whole, base: Whole, theirs: Whole) -> str:
        texts = [text for _, text in self._parts(ours.parts, base.parts, theirs.parts, in_order=False)]
        return "".join(texts) + self._lines(ours.tail, base.tail, theirs.tail)

    def _parts(
        self, ours: Sequence[Part], base: Sequence[Part], theirs: Sequence[Part], *, in_order: bool
    ) -> list[tuple[Key, str]]:
        sides = [{part.key[0]: part for part in parts} for parts in (ours, base, theirs)]
        found = []
        for name in _order(ours, theirs, in_order=in_order):
            mine, old, other = (side.get(name) for side in sides)
            text = self._part(mine, old, other)
            if text is not None:
                part = mine or other
                assert part is not None
                found.append((part.key, text))
        return found

    def _part(self, ours: Part | None, base: Part | None, theirs: Part | None) -> str | None:
        """The part as it will be; None: it goes."""
        settled, text = _settled(ours, base, theirs)
        if settled:
            return text
        if ours is not None and theirs is not None and (inside := self._inside(ours, base, theirs)) is not None:
            return inside
        return self._lines(*(part.text if part else "" for part in (ours, base, theirs)))

    def _lines(self, ours: str, base: str, theirs: str) -> str:
        if ours == theirs or theirs == base:
            return ours
        if ours == base:
            return theirs
        found = self._text_merge(ours.encode(), base.encode(), theirs.encode())
        self.clean = self.clean and found.clean
        return found.data.decode()

    def _inside(self, ours: Part, base: Part | None, theirs: Part) -> str | None:
        """A part with its parts merged one by one; None where it has none, or not on all sides."""
        sides = (ours, base, theirs)
        full = [part for part in sides if part is not None and part.kind is not Kind.NOTHING]
        kinds = {part.kind for part in full}
        if kinds not in ({Kind.MAPPING}, {Kind.LIST}):
            return None
        if all(part.flow for part in full):
            return self._on_one_line(ours, base, theirs)
        under = [_on_lines(part, full) for part in sides]
        found = self._parts(under[0], under[1], under[2], in_order=ours.key[0] in SORTED)
        if not found:
            return self._emptied(ours, base, theirs)
        lines = [part.line if part and part.kind is not Kind.NOTHING and not part.flow else None for part in sides]
        return self._above(ours, base, theirs) + self._key_line(lines) + "".join(text for _, text in found)

    def _emptied(self, ours: Part, base: Part | None, theirs: Part) -> str | None:
        """The part where nothing is left of it, as a side that emptied it wrote that; a list as `[]`."""
        line = next((part.line for part in (ours, theirs) if part.kind is Kind.NOTHING), "")
        if not line and ours.kind is Kind.LIST:
            name, colon, behind = ours.line.partition(":")
            line = f"{name}{colon} []{behind}" if not set(name) & set("\"'#") else ""
        return f"{self._above(ours, base, theirs)}{line}" if line else None

    def _on_one_line(self, ours: Part, base: Part | None, theirs: Part) -> str | None:
        sides = [{part.key[0]: part for part in side.parts} if side else {} for side in (ours, base, theirs)]
        rows: list[str] = []
        for name in _order(ours.parts, theirs.parts, in_order=ours.key[0] in SORTED):
            settled, text = _settled(*(side.get(name) for side in sides))
            if not settled:
                return None
            rows += [text] if text is not None else []
        lines = [part.line if part and part.flow else None for part in (ours, base, theirs)]
        return f"{self._above(ours, base, theirs)}{self._key_line(lines)}[{', '.join(rows)}]\n"

    def _above(self, ours: Part, base: Part | None, theirs: Part) -> str:
        return self._lines(ours.above, base.above if base else "", theirs.above)

    def _key_line(self, lines: Sequence[str | None]) -> str:
        """Of the sides that have it: ours, base, theirs."""
        ours, base, theirs = lines
        if ours is None or theirs is None:
            line = ours if theirs is None else theirs
            return line if line is not None else str(base)
        return ours if base is None and ours.strip() == theirs.strip() else self._lines(ours, base or "", theirs)


def _settled(ours: Part | None, base: Part | None, theirs: Part | None) -> tuple[bool, str | None]:
    """Whether no line has to be looked at, and then what becomes of it."""
    mine, old, other = (part.text if part else None for part in (ours, base, theirs))
    if mine == other or other == old:
        return True, mine
    if mine == old:
        return True, other
    if ours is None or theirs is None:
        left = ours or theirs
        return left is not None and base is not None and left.said == base.said, None
    if base is None and ours.said == theirs.said and (longer := _with_all_lines(ours.text, theirs.text)):
        return True, longer
    return False, None


def _with_all_lines(one: str, other: str) -> str:
    """Of two texts that say the same the one with all comments of both; empty: neither has."""
    mine, theirs = set(one.splitlines()), set(other.splitlines())
    return one if theirs <= mine else other if mine <= theirs else ""


def _order(ours: Sequence[Part], theirs: Sequence[Part], *, in_order: bool) -> list[str]:
    """The names of both sides: in order where both keep it, else as ours has them, with each of theirs behind the one that it
    stands behind there."""
    if in_order and _is_sorted(ours) and _is_sorted(theirs):
        return list(dict.fromkeys(name for name, _ in sorted(part.key for part in (*ours, *theirs))))
    mine, behind, last = set(names(ours)), dict[str, list[str]](), ""
    for name in names(theirs):
        if name in mine:
            last = name
        else:
            behind.setdefault(last, []).append(name)
    return [*behind.get("", ()), *(one for name in names(ours) for one in (name, *behind.get(name, ())))]


def _is_sorted(parts: Sequence[Part]) -> bool:
    return all(one.key <= other.key for one, other in pairwise(parts))


def _on_lines(part: Part | None, others: Sequence[Part]) -> tuple[Part, ...]:
    """Its parts, each on lines of its own; `others` are the sides that have some, one of them on lines already."""
    if part is None:
        return ()
    if not part.flow:
        return part.parts
    indent = next(_indent(one.parts[0].text) for one in others if not one.flow)
    return tuple(Part(row.key, f"{indent}- {row.text}\n", row.said) for row in part.parts)


def _indent(row: str) -> str:
    line = next(line for line in row.splitlines() if line.lstrip().startswith("-"))
    return line[: len(line) - len(line.lstrip())]
