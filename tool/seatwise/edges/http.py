"""Calls of one account's API → answers; paced, tried again as the server says, whole or an error. No secret is in any word.

Rules:
- A call that reads is tried again whatever went wrong. One that writes is tried again only where the server says that nothing
  happened (it told us to wait, the connection never came to be), or where it is `repeatable` and failed with a 5xx. When the
  answer of a write is lost, it is never sent again: Lost, and a reading settles it.
- Redirects are followed by GET and HEAD only, and only to the same host. TLS is verified; plain http is for loopback.
- Proxies are taken from the environment (HTTPS_PROXY, NO_PROXY), certificates from the system (SSL_CERT_FILE).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from seatwise.core.model.vendor import BadCredentials, IncompleteRead, Unreachable, VendorError
from seatwise.edges.clock import Clock
from seatwise.edges.pace import Pace, told_to_wait

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

TRIES = 5
LONGEST_WAIT = 900.0
"""Seconds; who is told to wait longer gives up, and the next run tries again."""
MOST_BYTES = 64 * 1024 * 1024
WORDS = 200
"""Characters kept of what a server says."""
HOPS = 5
REQUEST_IDS = (
    "x-github-request-id",
    "request-id",
    "x-okta-request-id",
    "x-amzn-requestid",
    "x-slack-req-id",
    "x-request-id",
)
READS = ("GET", "HEAD")


class Says(Enum):
    """What an answer means."""

    DONE = auto()
    WAIT = auto()
    """Nothing happened: come back later."""
    BROKEN = auto()
    """The server failed; of a write that is not repeatable nobody knows what became."""
    NO = auto()
    EXPIRED = auto()
    """The credential has run out, or is wrong."""
    FORBIDDEN = auto()


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` is below the base, or an address on the same host; `body` becomes JSON, `form` a form.

    `repeatable`: sent twice it does the same as once. `asks`: it changes nothing, though it is a POST (a search, a token).
    `cost`: tokens of the account's pace.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True
    cost: float = 1.0
    asks: bool = False

    @property
    def reads(self) -> bool:
        return self.asks or self.method in READS


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of headers are in small letters; `request` is the server's own id of the call.

    `retried`: an earlier try failed at the server, which may have done it all the same; a no then does not say that nothing was.
    """

    status: int
    headers: Mapping[str, str]
    data: bytes
    url: str = ""
    retried: bool = False

    @property
    def request(self) -> str:
        return next((self.headers[name] for name in REQUEST_IDS if name in self.headers), "")

    def json(self) -> Any:
        """What it holds. Raises ValueError where that is no JSON."""
        return json.loads(self.data) if self.data else None


Judge = Callable[[Answer], Says]
Signer = Callable[[str, str, Mapping[str, str], bytes], Mapping[str, str]]
"""Method, address, headers and body → the headers that sign them, for a login that can't do it without."""


class Refused(VendorError):
    """The server said no, and nothing happened."""

    def __init__(self, what: str, answer: Answer, fix: str = "") -> None:
        super().__init__(what, fix)
        self.answer = answer


class Forbidden(BadCredentials):
    """The credential is good, and does not reach this."""


class GaveUp(Unreachable):
    """Tried as often as is sensible; nothing happened."""


class Lost(VendorError):
    """A write went out, and its answer is lost or can't be read: it may have happened."""


class _TooLong(Exception):
    """An answer has more bytes than we take."""


class _Again(VendorError):
    """Another try makes sense, in so many seconds where the server says so; `error` is raised after the last one."""

    def __init__(self, error: VendorError, seconds: float | None = None) -> None:
        super().__init__(error.what, error.fix)
        self.error = error
        self.seconds = seconds


class Login(Protocol):
    """Where credentials come from."""

    def headers(self) -> Mapping[str, str]:
        """What a request is signed with. Raises BadCredentials where there is none."""

    def renew(self) -> bool:
        """Whether there is a new one, now that the old one was not taken."""

    def secrets(self) -> Collection[str]:
        """What must never be shown."""


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds: until connected, between two pieces of an answer, and for a whole answer."""

    connect: float = 10.0
    read: float = 60.0
    whole: float = 300.0


def judged(answer: Answer) -> Says:
    """What the status says by itself; vendors that speak otherwise look first."""
    if answer.status < 300:
        return Says.DONE
    known = {401: Says.EXPIRED, 403: Says.FORBIDDEN, 408: Says.BROKEN, 429: Says.WAIT}
    if answer.status == 503 and "retry-after" in answer.headers:
        return Says.WAIT
    return known.get(answer.status, Says.BROKEN if answer.status >= 500 else Says.NO)


def message(answer: Answer) -> str:
    """The first words for people in an answer that says no, in the ways that most APIs have."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    return next(_words(said), "")


def _words(said: Any) -> Iterator[str]:
    """`message`, `detail`, `errorSummary` or `error_description`, at the top or below `error` and `errors`."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        yield from (words for one in said for words in _words(one))
    elif isinstance(said, dict):
        names = ("message", "detail", "errorSummary", "error_description", "messages", "error", "errors", "Message")
        yield from (words for name in names if name in said for words in _words(said[name]))


class Client:
    """One account's API. Used from one thread at a time."""

    def __init__(
        self,
        base: str,
        login: Login,
        clock: Clock,
        pace: Pace,
        *,
        name: str = "the vendor",
        judge: Judge = judged,
        says: Callable[[Answer], str] = message,
        needs: str = "the permission that its page in docs/vendors names",
        patience: Patience | None = None,
        signer: Signer | None = None,
    ) -> None:
        """Raises VendorError where the base is not https, nor on loopback. `says`: the vendor's words in a
        refusal; `needs`: the permission that a credential may lack."""
        self.base = base.rstrip("/") + "/"
        self.name = name
        self._origin = _origin(self.base)
        self._login, self._clock, self._pace = login, clock, pace
        self._judge, self._says, self._needs = judge, says, needs
        self._patience, self._signer = patience or Patience(), signer
        self._pool: PoolManager | None = None
        host = urlsplit(self.base).hostname or ""
        if self._origin[0] != "https" and not (host == "localhost" or host.startswith("127.") or host == "::1"):
            raise VendorError(f"{name}: {base} is not https", "name an https address")

    def send(self, call: Call) -> Answer:
        """The answer to a call that was done. Raises Refused, Lost, GaveUp, Unreachable, BadCredentials, IncompleteRead."""
        from tenacity import (
            RetryCallState,
            Retrying,
            retry_if_exception_type,
            stop_after_attempt,
            wait_exponential_jitter,
        )

        backoff = wait_exponential_jitter(initial=1, max=30)

        def pause(state: RetryCallState) -> float:
            failed = state.outcome.exception() if state.outcome else None
            told = failed.seconds if isinstance(failed, _Again) else None
            return backoff(state) if told is None else told

        tries = Retrying(
            sleep=self._clock.sleep, stop=stop_after_attempt(TRIES), wait=pause,
            retry=retry_if_exception_type(_Again), reraise=True,
        )  # fmt: skip
        failed: list[Answer] = []
        try:
            return tries(self._once, call, failed)
        except _Again as again:
            raise again.error from None

    def _once(self, call: Call, failed: list[Answer]) -> Answer:
        """One try. Raises _Again where another one makes sense. `failed`: the server's failures so far."""
        self._pace.take(call.cost, self._clock)
        answer = replace(self._try(call), retried=bool(failed))
        self._pace.learn(answer.headers, self._clock)
        says = self._judge(answer)
        if says is Says.DONE:
            return self._whole(call, answer)
        if says is Says.WAIT:
            raise self._told_to_wait(answer)
        if says is Says.BROKEN and call.repeatable:
            failed.append(answer)
            raise _Again(GaveUp(f"{self.name} still says {answer.status} after {TRIES} tries", LATER))
        error = self._error(answer, says)
        if says is Says.EXPIRED and self._login.renew():
            raise _Again(error, 0.0)
        raise error

    def said(self, text: str) -> str:
        """Somebody else's words as we may show them: one line, short, without secrets."""
        for secret in sorted((one for one in self._login.secrets() if one), key=len, reverse=True):
            text = text.replace(secret, "***")
        return " ".join(text.split())[:WORDS]

    def link(self, address: str) -> str:
        """The address of a next page. Raises IncompleteRead where it leads elsewhere."""
        url = urljoin(self.base, address)
        if _origin(url) != self._origin:
            raise IncompleteRead(f"{self.name}: its next page leads to another host", "nothing is concluded from it")
        return url

    def _try(self, call: Call) -> Answer:
        """An answer, whatever it says."""
        from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError, SSLError

        try:
            return self._sent(call)
        except SSLError as error:
            what = f"{self.name} can't be trusted: {self.said(str(error))}"
            raise Unreachable(what, "mend its certificate, or name the authority in SSL_CERT_FILE") from None
        except (NewConnectionError, ConnectTimeoutError, ProxyError) as error:
            raise _Again(Unreachable(f"{self.name} can't be reached: {self.said(_cause(error))}", LATER)) from None
        except _TooLong:
            what = f"{self.name}: an answer of more than {MOST_BYTES // 2**20} MiB"
            if not call.reads:
                raise Lost(what, READ_FIRST) from None
            raise IncompleteRead(what, "ask for less") from None
        except (HTTPError, OSError) as error:
            why = self.said(_cause(error))
            if not call.reads:
                raise Lost(f"the answer of {self.name} was lost: {why}", READ_FIRST) from None
            raise _Again(Unreachable(f"{self.name} gives no whole answer: {why}", LATER)) from None

    def _sent(self, call: Call) -> Answer:
        url = urljoin(self.base, call.path)
        if call.query:
            url += ("&" if "?" in url else "?") + urlencode(call.query)
        headers = {"Accept": "application/json", "User-Agent": "seatwise", **self._login.headers(), **call.headers}
        data = None
        if call.form is not None:
            data = urlencode(call.form).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif call.body is not None:
            data = json.dumps(call.body, separators=(",", ":")).encode()
            headers.setdefault("Content-Type", "application/json")
        for _ in range(HOPS):
            if _origin(url) != self._origin:
                raise Refused(f"{self.name} sends us to another host", Answer(0, {}, b""), "look at the address")
            signed = self._signer(call.method, url, headers, data or b"") if self._signer else headers
            answer = self._asked(call.method, url, signed, data)
            if (
                answer.status not in (301, 302, 303, 307, 308)
                or call.method not in READS
                or "location" not in answer.headers
            ):
                return answer
            url = urljoin(url, answer.headers["location"])
        raise Refused(f"{self.name} sends us around in a circle", answer, "look at the address")

    def _asked(self, method: str, url: str, headers: Mapping[str, str], data: bytes | None) -> Answer:
        from urllib3 import Timeout

        timeout = Timeout(connect=self._patience.connect, read=self._patience.read)
        response = self._connections().request(
            method, url, body=data, headers=dict(headers), timeout=timeout, redirect=False, retries=False,
            preload_content=False,
        )  # fmt: skip
        try:
            return Answer(response.status, _lower(response.headers), self._read(response), url)
        finally:
            response.close() if not response.closed else None

    def _read(self, response: BaseHTTPResponse) -> bytes:
        """All of it, piece by piece as they come: else one that drips would be waited for without end."""
        pieces, size, until = [], 0, monotonic() + self._patience.whole
        while piece := response.read1(65536, decode_content=True):
            size += len(piece)
            if size > MOST_BYTES:
                raise _TooLong
            if monotonic() > until:
                raise TimeoutError(f"not whole within {self._patience.whole:.0f} s")
            pieces.append(piece)
        response.release_conn()
        return b"".join(pieces)

    def _whole(self, call: Call, answer: Answer) -> Answer:
        """The answer, where it can be read as what it should be."""
        kind = answer.headers.get("content-type", "")
        accepted = next((value for name, value in call.headers.items() if name.lower() == "accept"), "json")
        if not answer.data or not all("json" in one for one in accepted.split(",")):
            return answer
        try:
            if "json" not in kind:
                raise ValueError(f"it is {kind or 'of no type'}")
            answer.json()
        except ValueError as error:
            what = f"{self.name} answers {answer.status} with something that is no JSON: {self.said(str(error))}"
            if call.reads:
                raise IncompleteRead(what, "is the address that of the API?") from None
            raise Lost(what, READ_FIRST) from None
        return answer

    def _told_to_wait(self, answer: Answer) -> VendorError:
        seconds = told_to_wait(answer.headers, self._clock.now())
        if seconds is not None and seconds > LONGEST_WAIT:
            return GaveUp(f"{self.name} says to wait {seconds:.0f} s", LATER)
        return _Again(GaveUp(f"{self.name} still says {answer.status} after {TRIES} tries", LATER), seconds)

    def _error(self, answer: Answer, says: Says) -> VendorError:
        words = self.said(self._says(answer))
        told = f"{self.name} says {answer.status}" + (f": {words}" if words else "")
        if says is Says.EXPIRED:
            return BadCredentials(told, "renew the credential")
        if says is Says.FORBIDDEN:
            return Forbidden(told, f"grant {self._needs}")
        if says is Says.BROKEN:
            return Lost(told, READ_FIRST)
        return Refused(words or told, answer)

    def _connections(self) -> PoolManager:
        if self._pool is None:
            self._pool = _pool(self.base)
        return self._pool


LATER = "the next run tries again"
READ_FIRST = "read, before anything else"


def _pool(base: str) -> PoolManager:
    from urllib.request import getproxies, proxy_bypass

    from urllib3 import PoolManager, ProxyManager

    parts = urlsplit(base)
    proxy = getproxies().get(parts.scheme)
    if proxy and not proxy_bypass(parts.hostname or ""):
        return ProxyManager(proxy)
    return PoolManager()


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _cause(error: BaseException) -> str:
    """The innermost reason: the outer ones name addresses and object ids."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return str(error) or type(error).__name__


def paged(client: Client, first: Call, following: Callable[[Answer], Call | None]) -> Iterator[Answer]:
    """Page after page. Raises IncompleteRead where they go round in a circle."""
    seen: set[tuple[str, str]] = set()
    call: Call | None = first
    while call is not None:
        here = call.path, urlencode(sorted(call.query.items()))
        if here in seen:
            raise IncompleteRead(f"{client.name}: its pages go round in a circle", "nothing is concluded from it")
        seen.add(here)
        answer = client.send(call)
        yield answer
        call = following(answer)


def by_link(client: Client, first: Call) -> Iterator[Answer]:
    """Pages that name the next one in a Link header (RFC 8288)."""

    def following(answer: Answer) -> Call | None:
        for part in answer.headers.get("link", "").split(","):
            address, _, rest = part.partition(";")
            if 'rel="next"' in rest.replace("'", '"') or "rel=next" in rest:
                return replace(first, path=client.link(address.strip(" <>")), query={})
        return None

    return paged(client, first, following)
