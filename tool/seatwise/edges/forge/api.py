"""A forge's REST API for one repository → objects and whole lists; what is not as documented is an error, never a guess.

A list is whole when its pages end, no row comes twice, and there are as many pages as the forge's own count of rows needs; where
it tells none, when a full last page is followed by an empty one. (GitLab leaves out rows that we may not see, and counts them.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import Any

from seatwise.core.model.stop import Exit, Stop
from seatwise.core.model.vendor import BadCredentials, IncompleteRead, VendorError
from seatwise.edges.http import Answer, Call, Client, Forbidden, Judge, Refused, by_link, judged
from seatwise.edges.logins import Bearer
from seatwise.edges.pace import Pace
from seatwise.edges.site import Site

PAGE = 100
NOBODY = "0" * 40
"""The commit of a vote on nothing that is known; git's own name for none."""
GHOST = "ghost"
"""Whom both forges show in place of a deleted user."""
AGAIN = "read again; nothing is concluded from this reading"
CUT = "\n\n(cut: there are {more} characters more)"
WRITE_COST = 5.0

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Api:
    """`name` is how errors call the forge. `headers` go along with each call."""

    client: Client
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.client.name

    def one(self, path: str) -> Row:
        return _object(self.client.send(Call("GET", path, headers=self.headers)).json())

    def some(self, path: str, count: int, **query: str) -> list[Row]:
        """The first so many rows."""
        found: list[Row] = []
        for answer in by_link(self.client, self._first(path, query)):
            found += _list(answer)
            if len(found) >= count:
                break
        return found[:count]

    def all(self, path: str, **query: str) -> list[Row]:
        """Every row. Raises IncompleteRead where that can't be shown."""
        first = self._first(path, query)
        answers = list(by_link(self.client, first))
        pages = [_list(answer) for answer in answers]
        rows = [row for page in pages for row in page]
        if len({_key(row) for row in rows}) != len(rows):
            raise self._incomplete(path, "shows a row twice")
        counts = {int(answer.headers["x-total"]) for answer in answers if answer.headers.get("x-total")}
        if any(len(pages) != max(1, ceil(count / PAGE)) or len(rows) > count for count in counts):
            raise self._incomplete(path, f"has {len(pages)} pages with {len(rows)} rows, and counts {max(counts)}")
        if not counts and len(pages[-1]) >= PAGE and self._beyond(first, len(pages) + 1):
            raise self._incomplete(path, "has rows beyond its last page")
        return rows

    def write(self, method: str, path: str, body: Row, *, repeatable: bool = True) -> Row:
        call = Call(method, path, body=body, headers=self.headers, repeatable=repeatable, cost=WRITE_COST)
        return _object(self.client.send(call).json())

    @contextmanager
    def understood(self) -> Iterator[None]:
        """What is read inside is as documented; else IncompleteRead."""
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            why = self.client.said(f"{type(error).__name__} {error}")
            raise IncompleteRead(
                f"{self.name} answers with something else than documented: {why}", "is `url` that of its API?"
            ) from None

    def _first(self, path: str, query: Mapping[str, str]) -> Call:
        return Call("GET", path, {"per_page": str(PAGE), **query}, headers=self.headers)

    def _beyond(self, first: Call, page: int) -> list[Row]:
        """Of lists that go by number of page."""
        query = {**first.query, "page": str(page)}
        return _list(self.client.send(Call("GET", first.path, query, headers=self.headers)))

    def _incomplete(self, path: str, what: str) -> IncompleteRead:
        return IncompleteRead(f"{self.name}: {path.partition('?')[0]} {what}", AGAIN)


def opened(settings: Mapping[str, str], site: Site, url: str, pace: Pace, needs: str, judge: Judge = judged) -> Client:
    """The API of a forge; nothing is called yet. Raises BadCredentials or VendorError where it can't be."""
    base, login = settings.get("url") or url, Bearer(_token(settings, site))
    return Client(base, login, site.clock, pace, name=settings["kind"], judge=judge, needs=needs)


def _token(settings: Mapping[str, str], site: Site) -> str:
    told = settings.get("token", "")
    name = told.removeprefix("env:")
    value = site.env.get(name, "").strip()
    if not told:
        raise BadCredentials("seatwise.yaml: forge names no token", "token: env:FORGE_TOKEN")
    if not value:
        raise BadCredentials(f"forge: {name} is not set", f"give this job the secret {name}")
    if not (value.isascii() and value.isprintable()):
        raise BadCredentials(f"forge: {name} holds what no header can", f"give {name} anew, in one line")
    return value


def repository(settings: Mapping[str, str], least: int, most: int) -> str:
    """owner/name, as so many parts. Raises Stop where it is none."""
    told = settings.get("repository", "")
    parts = told.split("/")
    sound = all(re.fullmatch(r"[\w.-]*[\w-][\w.-]*", part, re.ASCII) for part in parts)
    if not sound or not least <= len(parts) <= most:
        raise Stop(Exit.ERROR, f"seatwise.yaml: forge: repository is {told!r}", "repository: owner/name")
    return told


def numbered(number: str) -> str:
    """It, where it is one. Raises VendorError where it isn't."""
    if not (number.isascii() and number.isdecimal()):
        raise VendorError(f"{number[:40]!r} is no number of a pull request", "give its number")
    return number


def unless_hidden(ask: Callable[[], Any], statuses: Sequence[int] = (404,)) -> Any:
    """What is asked; None where the forge does not show it to us."""
    try:
        return ask()
    except Forbidden:
        return None
    except Refused as no:
        if no.answer.status not in statuses:
            raise
        return None


def moment(text: str) -> datetime:
    """ISO 8601 with its zone. Raises ValueError where it has none."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} names no zone")
    return found.astimezone(UTC)


def login(user: Row | None, name: str) -> str:
    """Of a user, by the forge's name of the key; empty for one who was deleted."""
    told = str(user[name]) if user else ""
    return "" if told == GHOST else told


def marked(mark: str, text: str, most: int) -> str:
    """A comment that begins with the mark, as long as the forge takes it."""
    body = text if text.startswith(mark) else f"{mark}\n{text}"
    if len(body) <= most:
        return body
    kept = most - len(CUT) - 10
    return body[:kept] + CUT.format(more=len(body) - kept)


def _key(row: Row) -> Any:
    """What a row is known by: a commit has no number."""
    return row["id"] if "id" in row else row.get("sha", id(row))


def _object(said: Any) -> Row:
    if not isinstance(said, dict):
        raise TypeError("it is no object")
    return said


def _list(answer: Answer) -> list[Row]:
    said = answer.json()
    if not isinstance(said, list):
        raise TypeError("it is no list")
    return [_object(one) for one in said]
