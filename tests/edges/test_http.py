"""The client of all vendors, against a server on loopback that does what servers do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic

import pytest

from seatwise.core.model.vendor import BadCredentials, IncompleteRead, Unreachable, VendorError
from seatwise.edges import http
from seatwise.edges.clock import SetClock
from seatwise.edges.http import Call, Client, GaveUp, Lost, Patience, Refused
from seatwise.edges.pace import Pace, counted
from seatwise.vendor_contract.server import Reply, Request, Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "s3cr3t/of the client"
READ, WRITE = Call("GET", "things"), Call("POST", "things", body={"who": "ann"})
ONCE = Call("POST", "things", body={}, repeatable=False)


class Token:
    """A credential that can be renewed so many times."""

    def __init__(self, renewals: int = 0) -> None:
        self.renewals, self.token = renewals, SECRET

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        self.renewals -= 1
        self.token = "another"
        return self.renewals >= 0

    def secrets(self) -> tuple[str, ...]:
        return (SECRET, self.token)


class Things:
    """Pages of three numbers each, and a list of what was written."""

    def __init__(self) -> None:
        self.written: list[object] = []
        self.next = {"": "2", "2": "3", "3": ""}

    def answer(self, request: Request) -> Reply:
        if request.writes:
            self.written.append(request.json)
            return Reply(201, {"id": len(self.written)}, {"X-GitHub-Request-Id": "r-1"})
        page = request.query.get("page", "")
        following = self.next.get(page, "")
        link = {"Link": f'<{request.path}?page={following}>; rel="next", <x>; rel="last"'} if following else {}
        return Reply(200, [f"{page}{n}" for n in range(3)], link)


@pytest.fixture
def server() -> Iterator[Served]:
    with served(Things()) as one:
        yield one


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


def client(server: Served, clock: SetClock, token: Token | None = None, **more: object) -> Client:
    return Client(server.url, token or Token(), clock, Pace(1000, 1000), **more)  # type: ignore[arg-type]


def waited(clock: SetClock) -> float:
    return (clock.now() - NOW).total_seconds()


def test_a_call_is_signed_and_its_answer_has_the_servers_own_id(server: Served, clock: SetClock) -> None:
    answer = client(server, clock).send(WRITE)
    assert (answer.status, answer.json(), answer.request) == (201, {"id": 1}, "r-1")
    (seen,) = server.requests
    assert seen.headers["authorization"] == f"Bearer {SECRET}" and seen.json == {"who": "ann"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "2.128"}, 2.128),
        ({"Retry-After": "Tue, 24 Nov 2026 09:00:09 GMT"}, 9),
        ({"X-Rate-Limit-Reset": str(int(NOW.timestamp()) + 11)}, 11),
        ({"RateLimit-Reset": "13"}, 13),
    ],
)
@pytest.mark.parametrize("call", [READ, ONCE], ids=["read", "write"])
def test_who_is_told_to_wait_waits_as_long_as_told(
    server: Served, clock: SetClock, headers: dict[str, str], seconds: float, call: Call
) -> None:
    server.breaks("told", reply=Reply(429, {}, headers))
    client(server, clock).send(call)
    assert waited(clock) == pytest.approx(seconds)


def test_nothing_is_sent_while_the_window_is_used_up(server: Served, clock: SetClock) -> None:
    here = client(server, clock)
    server.breaks(
        "told", reply=Reply(200, [], {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW.timestamp() + 60}"})
    )
    here.send(READ)
    assert waited(clock) == 0
    here.send(READ)
    assert waited(clock) == 60


def test_a_bucket_lets_a_burst_go_and_then_keeps_the_pace(server: Served, clock: SetClock) -> None:
    here = Client(server.url, Token(), clock, Pace(2, 10))
    for _ in range(30):
        here.send(READ)
    assert waited(clock) == pytest.approx(10)


def test_waiting_without_end_is_given_up_and_nothing_happened(server: Served, clock: SetClock) -> None:
    server.breaks("429", times=99)
    with pytest.raises(GaveUp):
        client(server, clock).send(ONCE)
    assert len(server.requests) == http.TRIES
    server.faults.clear()
    server.breaks("told", reply=Reply(429, {}, {"Retry-After": "86400"}))
    with pytest.raises(GaveUp, match="says to wait 86400 s"):
        client(server, clock).send(READ)


def test_a_server_that_fails_is_asked_again_where_that_does_no_harm(server: Served, clock: SetClock) -> None:
    for call in (READ, WRITE):
        server.breaks("500", times=2)
        client(server, clock).send(call)
    assert waited(clock) > 0
    server.breaks("500")
    with pytest.raises(Lost):
        client(server, clock).send(ONCE)


@pytest.mark.parametrize("fault", ["lost", "truncated", "html"])
def test_a_write_whose_answer_is_lost_is_never_sent_again(server: Served, clock: SetClock, fault: str) -> None:
    server.breaks(fault, times=9)
    with pytest.raises(Lost):
        client(server, clock).send(WRITE)
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["lost", "truncated", "drop"])
def test_a_read_without_a_whole_answer_is_made_again(server: Served, clock: SetClock, fault: str) -> None:
    server.breaks(fault, times=2)
    assert client(server, clock).send(READ).json() == ["0", "1", "2"]
    server.breaks(fault, times=9)
    with pytest.raises(Unreachable):
        client(server, clock).send(READ)


def test_what_is_no_json_is_no_answer(server: Served, clock: SetClock) -> None:
    server.breaks("html")
    with pytest.raises(IncompleteRead, match="text/html"):
        client(server, clock).send(READ)
    server.breaks("told", reply=Reply(200, b"{"))
    with pytest.raises(IncompleteRead):
        client(server, clock).send(READ)


def test_a_drip_and_a_flood_end(server: Served, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    server.breaks("slow", times=9)
    with pytest.raises(Unreachable, match="not whole within"):
        client(server, clock, patience=Patience(whole=0.01)).send(READ)
    monkeypatch.setattr(http, "MOST_BYTES", 2**20)
    server.faults.clear()
    server.breaks("huge")
    with pytest.raises(IncompleteRead, match="more than 1 MiB"):
        client(server, clock).send(READ)


def test_an_answer_that_drips_is_given_up_before_it_is_whole(server: Served, clock: SetClock) -> None:
    """Each of its bytes comes in time, and all of them would take ten seconds."""
    server.breaks("slow", reply=Reply(200, ["x" * 196]))
    begun = monotonic()
    with pytest.raises(Lost, match="not whole within"):
        client(server, clock, patience=Patience(whole=0.2)).send(WRITE)
    assert monotonic() - begun < 5


def test_a_flood_after_a_write_is_lost(server: Served, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 1000)
    server.breaks("told", reply=Reply(200, ["x" * 2000]))
    with pytest.raises(Lost, match="more than"):
        client(server, clock).send(WRITE)


def test_a_no_says_whether_the_server_had_failed_before(server: Served, clock: SetClock) -> None:
    """What failed may have been done all the same, so that a no to the next try tells nothing."""
    one = client(server, clock)
    for failures in (0, 1):
        if failures:
            server.breaks("500")
        server.breaks("409")
        with pytest.raises(Refused) as raised:
            one.send(WRITE)
        assert raised.value.answer.retried is bool(failures)


def test_a_token_that_ran_out_is_renewed_and_the_call_made_again(server: Served, clock: SetClock) -> None:
    server.breaks("401")
    client(server, clock, Token(renewals=1)).send(ONCE)
    assert [one.headers["authorization"] for one in server.requests] == [f"Bearer {SECRET}", "Bearer another"]
    server.breaks("401", times=9)
    with pytest.raises(BadCredentials):
        client(server, clock).send(READ)


@pytest.mark.parametrize(("status", "error"), [(400, Refused), (404, Refused), (412, Refused), (403, BadCredentials)])
def test_a_no_is_said_in_the_servers_words_and_not_asked_again(
    server: Served, clock: SetClock, status: int, error: type[VendorError]
) -> None:
    server.breaks("told", reply=Reply(status, {"errors": [{"detail": f"no seat\n left, {SECRET}"}]}))
    with pytest.raises(error) as no:
        client(server, clock).send(WRITE)
    assert "no seat left, ***" in no.value.what and SECRET not in f"{no.value.what} {no.value!r}"
    assert len(server.requests) == 1


def test_redirects_go_to_the_same_host_only_and_only_for_reads(server: Served, clock: SetClock) -> None:
    server.breaks("told", reply=Reply(302, None, {"Location": "/things?page=2"}))
    assert client(server, clock).send(READ).json() == ["20", "21", "22"]
    server.breaks("told", reply=Reply(302, None, {"Location": "http://127.0.0.2/things"}))
    with pytest.raises(Refused, match="another host"):
        client(server, clock).send(READ)
    server.breaks("told", reply=Reply(302, None, {"Location": "/things"}))
    with pytest.raises(Refused):
        client(server, clock).send(WRITE)
    server.breaks("told", times=9, reply=Reply(302, None, {"Location": "/things"}))
    with pytest.raises(Refused, match="in a circle"):
        client(server, clock).send(READ)


def test_pages_follow_their_links_to_the_end(server: Served, clock: SetClock) -> None:
    pages = list(http.by_link(client(server, clock), READ))
    assert [one for page in pages for one in page.json()] == ["0", "1", "2", "20", "21", "22", "30", "31", "32"]


def test_pages_that_go_in_a_circle_or_elsewhere_are_no_reading(server: Served, clock: SetClock) -> None:
    assert isinstance(server.emulator, Things)
    server.emulator.next["3"] = "2"
    with pytest.raises(IncompleteRead, match="in a circle"):
        list(http.by_link(client(server, clock), READ))
    server.breaks("told", reply=Reply(200, [], {"Link": '<https://elsewhere.example/x>; rel="next"'}))
    with pytest.raises(IncompleteRead, match="another host"):
        list(http.by_link(client(server, clock), READ))


def test_who_is_not_there_can_not_be_reached(clock: SetClock) -> None:
    with served(Things()) as gone:
        url = gone.url
    for call in (READ, ONCE):
        with pytest.raises(Unreachable, match="can't be reached"):
            Client(url, Token(), clock, Pace(9, 9)).send(call)


def test_plain_http_is_for_loopback_only(clock: SetClock) -> None:
    with pytest.raises(VendorError, match="is not https"):
        Client("http://vendor.example", Token(), clock, Pace(9, 9))
    assert Client("https://vendor.example/api", Token(), clock, Pace(9, 9)).base == "https://vendor.example/api/"


def test_a_proxy_of_the_environment_is_used_and_says_so_when_it_is_gone(
    server: Served, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(Things()) as gone:
        proxy = gone.url
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(Unreachable):
        client(server, clock).send(READ)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert client(server, clock).send(READ).status == 200


def test_whoever_asks_for_json_by_another_name_gets_json_or_an_error(server: Served, clock: SetClock) -> None:
    for accept, taken in (("application/scim+json, application/json", False), ("application/json, text/csv", True)):
        server.breaks("html")
        call = Call("GET", "things", headers={"Accept": accept})
        if taken:
            assert client(server, clock).send(call).data.startswith(b"<html>")
        else:
            with pytest.raises(IncompleteRead, match="text/html"):
                client(server, clock).send(call)


def test_a_post_that_only_asks_is_asked_again_when_its_answer_is_lost(server: Served, clock: SetClock) -> None:
    server.breaks("lost", times=2)
    assert client(server, clock).send(Call("POST", "things", body={"find": "ann"}, asks=True)).status == 201
    assert len(server.requests) == 3


def test_a_vendor_that_counts_is_called_all_at_once_and_then_as_the_calls_fall_out_of_its_window() -> None:
    clock, pace = SetClock(NOW), counted(3, 60)
    waited = []
    for _ in range(7):
        before = clock.monotonic()
        pace.take(1, clock)
        waited.append(clock.monotonic() - before)
    assert waited == [0, 0, 0, 60, 0, 0, 60]
