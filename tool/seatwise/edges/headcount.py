"""Pages of people that each say how many there are in all → every person once, or an error.

A list is whole where all pages say one number, as many people were read, and nobody is there twice. Who is hired or deleted while
it is read changes the number: then it is read again, by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seatwise.core.model.vendor import IncompleteRead
from seatwise.edges.http import Answer, Call, Client, paged

Row = Mapping[str, Any]

AGAIN = "read again; nothing is concluded from this reading"


@dataclass(frozen=True, slots=True)
class Page:
    """`total`: people in all, as this page says. `rows`: each with its person's id. `cursor`: where the next page begins."""

    total: int
    rows: Sequence[tuple[str, Row]]
    cursor: str = ""


def everybody(
    client: Client, first: Call, read: Callable[[Any], Page], after: Callable[[Sequence[Page]], Call | None]
) -> list[Row]:
    """All rows, in the order of their ids. `read`: JSON → page; it may raise what a mapping or a list raises that is none.
    `after`: the pages so far → the call of the next one. Raises IncompleteRead."""
    pages: list[Page] = []

    def following(_: Answer) -> Call | None:
        # More than there are, or none: no further page makes it whole, and cursors need not have an end.
        return after(pages) if pages[-1].rows and _seen(pages) <= pages[-1].total else None

    for answer in paged(client, first, following):
        pages.append(_page(client, answer, read))
    return _whole(client, pages)


def _page(client: Client, answer: Answer, read: Callable[[Any], Page]) -> Page:
    try:
        page = read(answer.json())
        if all(id for id, _ in page.rows):
            return page
    except (AttributeError, LookupError, TypeError, ValueError):
        pass
    raise IncompleteRead(f"{client.name}: what it answers is no page of employees with ids", AGAIN)


def _whole(client: Client, pages: Sequence[Page]) -> list[Row]:
    found = {id: row for page in pages for id, row in page.rows}
    seen, totals = _seen(pages), {page.total for page in pages}
    if totals != {seen} or len(found) != seen:
        counted = ", then ".join(sorted(map(str, totals)))
        raise IncompleteRead(f"{client.name}: {seen} rows of {len(found)} people were read, it counts {counted}", AGAIN)
    if not found:
        raise IncompleteRead(f"{client.name}: there is nobody", "may the credential see anybody?")
    return [found[id] for id in sorted(found, key=lambda id: (len(id), id))]


def _seen(pages: Sequence[Page]) -> int:
    return sum(len(page.rows) for page in pages)
