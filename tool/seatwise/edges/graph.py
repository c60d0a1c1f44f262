"""Microsoft Graph v1.0 as its adapters call it: the login, pages that prove that they are all, and $batch.

A batch answers 200 and says of each of its calls what became of it (learn.microsoft.com/graph/json-batching); here that is
folded back to who asked. What a call is told to wait for is waited for, and only it is sent again. Config of who lends the
credential: `tenant`, `client`; `secret: env:NAME`, or none and a federated credential (edges/job); `login` and `url` of a
national cloud.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from seatwise.core.model.repo import Account, PeopleSource
from seatwise.core.model.vendor import BadCredentials, IncompleteRead, VendorError
from seatwise.edges.http import (
    LATER,
    LONGEST_WAIT,
    READ_FIRST,
    TRIES,
    Answer,
    Call,
    Client,
    GaveUp,
    Lost,
    Refused,
    Says,
    judged,
    message,
    paged,
)
from seatwise.edges.job import identity
from seatwise.edges.logins import Exchanged, by_form, secret
from seatwise.edges.pace import Pace, told_to_wait
from seatwise.edges.site import Site

GRAPH = "https://graph.microsoft.com/v1.0"
LOGIN = "https://login.microsoftonline.com"
AUDIENCE = "api://AzureADTokenExchange"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
COUNTED = {"ConsistencyLevel": "eventual"}
"""Without it Graph does not count what it lists."""
PATIENT = {"x-ms-throttle-priority": "low"}
"""People who work come before us."""
MOST = 20
"""Calls in one batch."""


def graph(owner: Account | PeopleSource, site: Site, pace: Pace, needs: str, login: Exchanged | None = None) -> Client:
    """The client of this account or source; nothing is called yet. `login`: one that another client has already."""
    return Client(
        str(owner.config.get("url", GRAPH)),
        login or log_in(owner, site),
        site.clock,
        pace,
        name=_name(owner),
        needs=needs,
    )


def log_in(owner: Account | PeopleSource, site: Site) -> Exchanged:
    """Client credentials (RFC 6749 4.4), by a secret or by the job's own identity (RFC 7523)."""
    tenant, client = _named(owner, "tenant"), _named(owner, "client")
    api = urlsplit(str(owner.config.get("url", GRAPH)))
    fixed = {"client_id": client, "grant_type": "client_credentials", "scope": f"{api.scheme}://{api.netloc}/.default"}
    hidden = (secret(owner, "secret", site),) if "secret" in owner.config else ()

    def form() -> Mapping[str, str]:
        if hidden:
            return {**fixed, "client_secret": hidden[0]}
        proof = identity(owner, AUDIENCE, site)
        return {**fixed, "client_assertion_type": JWT_BEARER, "client_assertion": proof}

    url = f"{str(owner.config.get('login', LOGIN)).rstrip('/')}/{tenant}/oauth2/v2.0/token"
    return by_form(url, form, site.clock, _name(owner), hidden)


def _name(owner: Account | PeopleSource) -> str:
    return f"microsoft365 ({owner.id})" if isinstance(owner, Account) else f"people source {owner.id}"


def _named(owner: Account | PeopleSource, key: str) -> str:
    value = str(owner.config.get(key, ""))
    if not value:
        raise BadCredentials(f"{owner.place}: {owner.id} names no {key}", f"{key}: its id in the Entra admin center")
    return value


@dataclass(frozen=True, slots=True)
class Listed:
    """Everything that a collection has, and in how many pages it came."""

    rows: tuple[Mapping[str, Any], ...]
    pages: int


def collection(client: Client, first: Call, total: int | None = None) -> Listed:
    """All pages. Raises IncompleteRead where a page is no list, or they don't have the rows that Graph counts: on the first of
    them where that asks for it, else `total`."""
    rows: list[Mapping[str, Any]] = []
    counts: list[int | None] = [] if "$count" in first.query or total is None else [total]

    def following(answer: Answer) -> Call | None:
        page = answer.json()
        if not isinstance(page, dict) or not isinstance(page.get("value"), list):
            raise IncompleteRead(f"{client.name}: a page of {first.path} is no list", NOTHING)
        rows.extend(page["value"])
        counts.extend([page["@odata.count"]] if "@odata.count" in page else [])
        link = page.get("@odata.nextLink")
        return replace(first, path=client.link(link), query={}) if link else None

    pages = sum(1 for _ in paged(client, first, following))
    if "$count" in first.query or total is not None:
        _prove(client, first, len(rows), counts)
    ids = {row.get("id") for row in rows}
    if len(ids) != len(rows):
        raise IncompleteRead(f"{client.name}: {len(rows)} rows of {first.path} are {len(ids)} of them", NOTHING)
    return Listed(tuple(rows), pages)


def counted(client: Client, path: str, chosen: Mapping[str, str]) -> int:
    """How many there are. Raises IncompleteRead where Graph does not say."""
    query = {"$select": "id", "$top": "1", "$count": "true", **chosen}
    page = client.send(Call("GET", path, query, headers={**COUNTED, **PATIENT})).json()
    count = page.get("@odata.count") if isinstance(page, dict) else None
    if not isinstance(count, int):
        raise IncompleteRead(f"{client.name} does not say how many {path} there are", NOTHING)
    return count


NOTHING = "read again; nothing is concluded from this reading"


def _prove(client: Client, first: Call, rows: int, counts: Sequence[int | None]) -> None:
    if set(counts) != {rows}:
        said = ", then ".join(map(str, counts)) or "nothing"
        raise IncompleteRead(f"{client.name}: {rows} {first.path} were read, Graph counts {said}", NOTHING)


@dataclass(slots=True)
class Steps:
    """Calls that follow one another for one change; each is made only where the one before it was done."""

    key: Hashable
    left: list[Call]
    open: bool = False
    """A server's failure leaves open whether it was done after all."""
    error: VendorError | None = None


class Forbidden(Refused):
    """The credential may not do this."""


@dataclass(slots=True)
class Batch:
    """Sends once. `renew`: whether there is a new credential, now that the old one was not taken; `needs`: the permission by
    method."""

    client: Client
    site: Site
    renew: Callable[[], bool]
    needs: Mapping[str, str]
    request: str = field(default="", init=False)
    """Microsoft's id of the last batch."""
    _begun: bool = field(default=False, init=False)
    _wait: float = field(default=0.0, init=False)

    def send(self, asked: Sequence[Steps]) -> Mapping[Hashable, VendorError]:
        """Why, by key, for those that were not done: Refused, GaveUp or Lost. Raises only where nothing was done at all."""
        left, pause = list(asked), 1.0
        for number in range(TRIES):
            if number:
                self.site.clock.sleep(self._wait or pause)
                pause *= 2
            self._wait = 0.0
            left = [one for chunk in _chunks(left) for one in self._sent(chunk)]
            if not left or self._wait > LONGEST_WAIT:
                break
        for one in left:
            one.error = GaveUp(f"{self.client.name} still says to wait, or fails", LATER)
        forbidden = [one.error for one in asked if isinstance(one.error, Forbidden) and len(one.left) == 1]
        if forbidden and len(forbidden) == len(asked):
            raise BadCredentials(forbidden[0].what, forbidden[0].fix)
        return {one.key: one.error for one in asked if one.error is not None}

    def _sent(self, chunk: Sequence[Steps]) -> list[Steps]:
        """Those of them that have to be sent again."""
        calls = [call for number, one in enumerate(chunk) for call in self._calls(number, one)]
        try:
            answer = self.client.send(
                Call("POST", "$batch", body={"requests": calls}, headers=PATIENT, cost=len(calls))
            )
        except VendorError as error:
            return self._failed(chunk, error)
        self._begun, self.request = True, answer.request
        answers = _by_id(answer)
        for one in chunk:
            one.open |= answer.retried
        return [one for number, one in enumerate(chunk) if self._again(one, number, answers)]

    def _calls(self, number: int, steps: Steps) -> Iterator[Mapping[str, Any]]:
        for step, call in enumerate(steps.left):
            after = {"dependsOn": [f"{number}.{step - 1}"]} if step else {}
            headers = {"Content-Type": "application/json"}
            named = {"id": f"{number}.{step}", "method": call.method, "url": f"/{call.path}"}
            yield {**named, "headers": headers, "body": call.body, **after}

    def _failed(self, chunk: Sequence[Steps], error: VendorError) -> list[Steps]:
        """The whole batch has no answer, or a no. Raises where nothing was done before."""
        if not isinstance(error, Lost) and not self._begun:
            raise error
        self._begun = True
        for one in chunk:
            one.error = error if isinstance(error, Lost) else GaveUp(error.what, error.fix)
        return []

    def _again(self, steps: Steps, number: int, answers: Mapping[str, Answer]) -> bool:
        """Whether what is left of it has to be sent again."""
        for step in range(len(steps.left)):
            answer = answers.get(f"{number}.{step}")
            if answer is None:
                steps.error = Lost(f"{self.client.name} does not say what became of this call", READ_FIRST)
                return False
            if answer.status >= 300:
                return self._not_done(steps, answer)
            steps.left = steps.left[1:]
        return False

    def _not_done(self, steps: Steps, answer: Answer) -> bool:
        """Whether it may be tried again; if not, it has its error."""
        says = judged(answer)
        if says is Says.WAIT:
            self._wait = max(self._wait, told_to_wait(answer.headers, self.site.clock.now()) or 0.0)
            return True
        if says is Says.BROKEN:
            steps.open = True
            return True
        if says is Says.EXPIRED and self.renew():
            return True
        steps.error = self._no(steps, answer, says)
        return False

    def _no(self, steps: Steps, answer: Answer, says: Says) -> VendorError:
        words = self.client.said(message(answer)) or f"{self.client.name} says {answer.status}"
        if says is Says.NO:
            return Lost(f"{words}, after it had failed", READ_FIRST) if steps.open else Refused(words, answer)
        fix = f"grant {self.needs[steps.left[0].method]}" if says is Says.FORBIDDEN else "renew the credential"
        return Forbidden(f"{self.client.name} says {answer.status}: {words}", answer, fix)


def _chunks(left: Sequence[Steps]) -> Iterator[Sequence[Steps]]:
    """As many as go into one batch."""
    chunk: list[Steps] = []
    for one in left:
        if sum(len(other.left) for other in chunk) + len(one.left) > MOST:
            yield chunk
            chunk = []
        chunk.append(one)
    if chunk:
        yield chunk


def _by_id(answer: Answer) -> dict[str, Answer]:
    """The answer to each call of a batch; they come in any order. One that can't be read is left out."""
    said = answer.json()
    parts = said.get("responses") if isinstance(said, dict) else None
    sound = [one for one in parts or () if isinstance(one, dict) and isinstance(one.get("status"), int)]
    return {str(one.get("id")): _part(one) for one in sound}


def _part(one: Mapping[str, Any]) -> Answer:
    body = one.get("body")
    error = body.get("error") if isinstance(body, dict) else None
    inner = error.get("innerError") if isinstance(error, dict) else None
    request = {"request-id": str(inner["request-id"])} if isinstance(inner, dict) and "request-id" in inner else {}
    headers = {str(name).lower(): str(value) for name, value in (one.get("headers") or {}).items()}
    return Answer(one["status"], {**request, **headers}, json.dumps(body).encode())
