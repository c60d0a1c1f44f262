"""What is special at Google: one sku of a product each, wrong words of a 412, mails that change, a call a second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.contract.google import BOUGHT, SKUS
from tests.emulators.google import CUSTOMER, Google, checked, refused, service_account

from seatwise.core.model import (
    Account,
    BadCredentials,
    Change,
    Grant,
    IncompleteRead,
    Outcome,
    Place,
    Result,
    Stop,
    Vendor,
)
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Request, Served, served
from seatwise.vendors import open_vendor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
BASIC, PRO, VAULT = SKUS["basic"], SKUS["pro"], "Google-Vault/Google-Vault"
ANN, BO, EVE = (f"{name}@acme.example" for name in ("ann", "bo", "eve"))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def google(clock: SetClock) -> Google:
    made = Google(clock, "t0ken", {**BOUGHT, VAULT: 5})
    for name, used in ((ANN, "2026-11-03T10:00:00.000Z"), (BO, "1970-01-01T00:00:00.000Z"), (EVE, "")):
        made.joins(name, used=used)
    made.gives(BASIC, ANN)
    made.gives(BASIC, BO)
    return made


@pytest.fixture
def server(google: Google) -> Iterator[Served]:
    with served(google, checked()) as one:
        yield one


def vendor(server: Served, clock: SetClock, key: str = "", **config: Any) -> Vendor:
    told = {"url": server.url, "customer": CUSTOMER, "subject": "admin@acme.example", "key": "env:GOOGLE_KEY",
            "skus": {**BOUGHT, VAULT: None}, **config}  # fmt: skip
    site = Site(Path("/nowhere"), clock, lambda path: (b"", NOW), {"GOOGLE_KEY": key or service_account()})
    return open_vendor(Account("gws", "google", told, Place("seatwise.yaml", 9)), site)


def change(login: str, before: str = "", after: str = "", holder: str = "") -> Change:
    grants = [Grant(f"l-{sku}", sku) if sku else None for sku in (before, after)]
    return Change("gws", login, grants[0], grants[1], holder, login)


def one(made: Vendor, wanted: Change) -> Outcome:
    (outcome,) = made.apply([wanted])
    return outcome


def licences(server: Served, *methods: str) -> list[Request]:
    calls = [call for call in server.requests if call.path.startswith("/apps/")]
    return [call for call in calls if call.method in (methods or ("GET", "POST", "PUT", "PATCH", "DELETE"))]


def behind(made: Vendor, happens: Any) -> Vendor:
    """A vendor that has read, before something happens there."""
    list(made.read(None))
    happens()
    return made


def test_another_sku_of_the_product_is_one_put_with_the_whole_of_it(
    server: Served, clock: SetClock, google: Google
) -> None:
    assert one(vendor(server, clock), change(ANN, BASIC, PRO)).result is Result.DONE
    (call,) = licences(server, "POST", "PUT", "DELETE")
    product, _, sku = PRO.partition("/")
    assert (call.method, call.path) == ("PUT", f"/apps/licensing/v1/product/{product}/sku/1010020027/user/{ANN}")
    assert call.json == {"productId": product, "skuId": sku, "userId": ANN}


def test_a_sku_of_another_product_is_given_before_the_old_one_is_taken(server: Served, clock: SetClock) -> None:
    assert one(vendor(server, clock), change(ANN, BASIC, VAULT)).result is Result.DONE
    assert [call.method for call in licences(server, "POST", "PUT", "DELETE")] == ["POST", "DELETE"]


def test_half_of_such_a_change_is_in_doubt(server: Served, clock: SetClock, google: Google) -> None:
    google.automatic.add(ANN)
    outcome = one(vendor(server, clock), change(ANN, BASIC, VAULT))
    assert (outcome.result, outcome.fix) == (Result.DOUBT, "plan again")
    assert "Auto License un-assignment" in outcome.reason


def test_the_wrong_words_for_a_lacking_seat_are_seen_through(server: Served, clock: SetClock, google: Google) -> None:
    google.bought = {**google.bought, PRO: 0}
    outcome = one(vendor(server, clock), change(ANN, BASIC, PRO))
    assert outcome.result is Result.REFUSED
    assert "new SKU should be different" in outcome.reason
    assert outcome.fix == f"no seat of {PRO} is left, as it seems: take one from somebody, or buy one"


def test_a_412_is_already_where_the_user_has_it_by_now(server: Served, clock: SetClock, google: Google) -> None:
    made = behind(vendor(server, clock), lambda: google.gives(BASIC, EVE))
    assert one(made, change(EVE, after=BASIC)).result is Result.ALREADY
    assert one(made, change(EVE, after=BASIC)).result is Result.ALREADY
    assert len(licences(server, "POST")) == 1


def test_a_404_is_already_where_nobody_has_it_any_more(server: Served, clock: SetClock, google: Google) -> None:
    made = behind(vendor(server, clock), google.seats.clear)
    assert one(made, change(ANN, before=BASIC)).result is Result.ALREADY


def test_what_somebody_else_took_meanwhile_is_a_conflict(server: Served, clock: SetClock, google: Google) -> None:
    made = behind(vendor(server, clock), google.seats.clear)
    assert one(made, change(ANN, BASIC, PRO)).result is Result.CONFLICT


def test_a_second_sku_of_a_product_asks_for_a_swap(server: Served, clock: SetClock) -> None:
    outcome = one(vendor(server, clock), change(ANN, after=PRO))
    assert outcome.result is Result.REFUSED
    assert outcome.fix == "the user has another sku of this product: ask for a swap"


def test_an_automatic_licence_stays_and_says_where_it_comes_from(
    server: Served, clock: SetClock, google: Google
) -> None:
    google.automatic.add(ANN)
    outcome = one(vendor(server, clock), change(ANN, before=BASIC))
    assert (outcome.result, outcome.fix) == (Result.REFUSED, "switch automatic licensing off there")


def test_a_write_that_failed_after_it_was_done_is_not_refused(server: Served, clock: SetClock, google: Google) -> None:
    made = behind(vendor(server, clock), lambda: google.gives(BASIC, EVE))
    server.breaks("503", times=2, matches=lambda request: request.method == "POST")
    assert one(made, change(EVE, after=BASIC)).result is Result.ALREADY


def test_a_holder_who_was_renamed_is_called_by_the_mail_of_today(
    server: Served, clock: SetClock, google: Google
) -> None:
    id = google.id(ANN)
    google.renames(ANN, "ann.roth@acme.example")
    outcome = one(vendor(server, clock), change(ANN, before=BASIC, holder=id))
    assert (outcome.result, outcome.holder) == (Result.DONE, id)
    assert licences(server, "DELETE")[0].path.endswith("/ann.roth@acme.example")


def test_the_last_login_is_shown_and_never_is_unknown(server: Served, clock: SetClock) -> None:
    (holding,) = vendor(server, clock).read([BASIC])
    assert {seat.login: seat.last_used for seat in holding.seats} == {ANN: date(2026, 11, 3), BO: None}


def test_a_holder_whom_the_directory_does_not_list_is_looked_up(
    server: Served, clock: SetClock, google: Google
) -> None:
    google.unlisted.add(ANN)
    (holding,) = vendor(server, clock).read([BASIC])
    assert google.id(ANN) in {seat.holder for seat in holding.seats}


def test_skus_that_google_gives_by_itself_are_shown(server: Served, clock: SetClock, google: Google) -> None:
    google.gives("Google-Apps/1010340001", EVE)
    shown = {holding.sku: len(holding.seats) for holding in vendor(server, clock).read(None)}
    assert shown == {BASIC: 2, PRO: 0, VAULT: 0, "Google-Apps/1010340001": 1}


def test_pages_of_a_hundred_are_taken_where_a_thousand_is_too_many(
    server: Served, clock: SetClock, google: Google
) -> None:
    google.page_limit = 100
    (holding,) = vendor(server, clock).read([BASIC])
    assert len(holding.seats) == 2
    assert [call.query["maxResults"] for call in licences(server)] == ["1000", "100"]


@pytest.mark.parametrize("reason", ["userRateLimitExceeded", "quotaExceeded"])
def test_a_403_that_is_a_limit_is_waited_out(server: Served, clock: SetClock, reason: str) -> None:
    limited = refused(403, "Quota exceeded", reason)
    server.breaks("limit", times=2, matches=lambda request: not request.writes, reply=limited)
    assert len(list(vendor(server, clock).read(None))) == 3


def test_a_page_that_is_none_is_no_empty_list(server: Served, clock: SetClock) -> None:
    server.breaks("empty", matches=lambda request: request.path.startswith("/admin"))
    with pytest.raises(IncompleteRead):
        list(vendor(server, clock).read(None))


def test_a_token_is_asked_for_once_an_hour_and_for_both_scopes(server: Served, clock: SetClock, google: Google) -> None:
    made = vendor(server, clock)
    list(made.read(None))
    list(made.read(None))
    assert [claims["sub"] for claims in google.claims] == ["admin@acme.example"]
    assert google.claims[0]["scope"].split() == [
        "https://www.googleapis.com/auth/apps.licensing",
        "https://www.googleapis.com/auth/admin.directory.user.readonly",
    ]
    clock.sleep(3600)
    list(made.read(None))
    assert len(google.claims) == 2


def test_a_token_that_is_taken_back_is_asked_for_anew(server: Served, clock: SetClock, google: Google) -> None:
    made = vendor(server, clock)
    list(made.read(None))
    clock.sleep(120)
    google.token = "an0ther"
    assert len(list(made.read(None))) == 3


@pytest.mark.parametrize("key", ["no JSON", "{}", '{"client_email": "a@b", "private_key": "s3cr3t"}'])
def test_a_wrong_key_stops_the_account_and_is_not_shown(server: Served, clock: SetClock, key: str) -> None:
    with pytest.raises(BadCredentials) as raised:
        list(vendor(server, clock, key).read(None))
    assert "s3cr3t" not in f"{raised.value.what} {raised.value.fix}"
    assert raised.value.fix


def test_a_delegation_that_lacks_stops_the_account(server: Served, clock: SetClock) -> None:
    with pytest.raises(BadCredentials) as raised:
        list(vendor(server, clock, subject="nobody").read(None))
    assert "Client is unauthorized." in raised.value.what


@pytest.mark.parametrize(
    "config",
    [{"customer": ""}, {"skus": {}}, {"skus": {"1010020027": 5}}, {"skus": {BASIC: -1}}, {"per_second": 0}],
)
def test_a_config_that_says_too_little_stops_with_an_example(
    server: Served, clock: SetClock, config: dict[str, Any]
) -> None:
    with pytest.raises(Stop) as raised:
        list(vendor(server, clock, **config).read(None))
    assert raised.value.what.startswith("seatwise.yaml:9: ")
    assert raised.value.fix


def test_ten_thousand_seats_are_ten_calls_and_a_thousand_changes_a_thousand_seconds(
    server: Served, clock: SetClock, google: Google
) -> None:
    people = [f"p{number}@acme.example" for number in range(10_000)]
    google.bought = {BASIC: 20_000}
    for person in people:
        google.joins(person)
        google.gives(BASIC, person)
    server.checks = lambda request, reply: None
    made = vendor(server, clock, skus=[BASIC])
    list(made.read(None))
    assert (len(licences(server)), (clock.now() - NOW).total_seconds()) == (11, 10)
    assert len(server.calls("GET")) == 11 + 21
    changed = [change(person, before=BASIC) for person in people[:1000]]
    assert {outcome.result for outcome in made.apply(changed)} == {Result.DONE}
    assert len(licences(server, "DELETE")) == 1000
    assert (clock.now() - NOW).total_seconds() == 1010
