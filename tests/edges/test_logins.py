"""Tokens that are given for something else, and what signs with a private key; none of it is in any word."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.emulators.google import service_account

from seatwise.core.model.vendor import BadCredentials, Unreachable
from seatwise.edges.clock import SetClock
from seatwise.edges.http import Call, Client
from seatwise.edges.keys import signed
from seatwise.edges.logins import by_form
from seatwise.edges.pace import Pace
from seatwise.vendor_contract.server import Reply, Request, Served, served

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = "s3cr3t of the form"


class Tokens:
    """Gives numbered tokens, and takes the last one."""

    def __init__(self) -> None:
        self.given = 0
        self.reply: Reply | None = None
        self.refuses = False

    def answer(self, request: Request) -> Reply:
        if request.path == "/token":
            self.given += 1
            return self.reply or Reply(200, {"access_token": f"token-{self.given}", "expires_in": 3600})
        right = request.headers["authorization"] == f"Bearer token-{self.given}"
        return Reply(200, []) if right and not self.refuses else Reply(401, {"message": f"{SECRET}?"})


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def server(tokens: Tokens) -> Iterator[Served]:
    with served(tokens) as one:
        yield one


@pytest.fixture
def client(server: Served) -> Client:
    clock = SetClock(NOW)
    login = by_form(f"{server.url}/token", lambda: {"assertion": SECRET}, clock, "acme", (SECRET,))
    return Client(server.url, login, clock, Pace(1, 1000))


READ = Call("GET", "things")


def test_a_token_is_asked_for_when_it_is_needed_and_not_again(client: Client, tokens: Tokens) -> None:
    assert tokens.given == 0
    client.send(READ)
    client.send(READ)
    assert tokens.given == 1


def test_a_token_that_is_not_taken_any_more_is_asked_for_anew(client: Client, tokens: Tokens) -> None:
    client.send(READ)
    client._clock.sleep(100)
    tokens.given += 1
    client.send(READ)
    assert tokens.given == 3


def test_a_new_token_that_is_not_taken_either_stops(client: Client, tokens: Tokens) -> None:
    tokens.refuses = True
    with pytest.raises(BadCredentials) as raised:
        client.send(READ)
    assert (tokens.given, SECRET in raised.value.what) == (1, False)


@pytest.mark.parametrize(
    "reply", [Reply(400, {"error": "invalid_grant", "error_description": f"{SECRET} is wrong"}), Reply(200, {"a": 1})]
)
def test_an_address_that_gives_no_token_stops_without_a_word_of_the_secret(
    client: Client, tokens: Tokens, reply: Reply
) -> None:
    tokens.reply = reply
    with pytest.raises(BadCredentials) as raised:
        client.send(READ)
    assert SECRET not in raised.value.what
    assert raised.value.fix


def test_a_lost_answer_to_the_question_for_a_token_is_no_doubt(client: Client, server: Served, tokens: Tokens) -> None:
    server.breaks("lost")
    client.send(READ)
    assert tokens.given == 2
    client._clock.sleep(3600)
    server.breaks("drop", times=9)
    with pytest.raises(Unreachable):
        client.send(Call("POST", "things", body={}))


@pytest.mark.parametrize(("key", "says"), [("s3cr3t", "can't be read"), ("", "can't be read")])
def test_a_key_that_is_none_is_not_shown(key: str, says: str) -> None:
    with pytest.raises(BadCredentials, match=says) as raised:
        signed({}, key, "acme")
    assert "s3cr3t" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_key_that_is_not_rsa_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    other = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(BadCredentials, match="not an RSA key"):
        signed({}, other, "acme")


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    key = service_account()
    for name in [name for name in sys.modules if name.startswith("cryptography.hazmat.primitives.asymmetric")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(BadCredentials) as raised:
        signed({}, key, "acme")
    assert "seatwise[keys]" in raised.value.fix
