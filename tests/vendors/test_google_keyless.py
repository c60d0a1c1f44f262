"""Google without any key: the job's own identity is exchanged, and the service account signs for an administrator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.contract.google import BOUGHT, SKUS
from tests.emulators.google import CUSTOMER, PROVIDER, ROBOT, Google, checked, job_token

from seatwise import sources
from seatwise.core.model import Account, BadCredentials, PeopleSource, Place, Stop, Vendor, VendorError
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendor_contract.server import Reply, Request, Served, served
from seatwise.vendors import open_vendor

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ANN = "ann@acme.example"
KEYLESS = {"customer": CUSTOMER, "subject": "admin@acme.example", "service_account": ROBOT, "provider": PROVIDER}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def google(clock: SetClock) -> Google:
    made = Google(clock, "t0ken", BOUGHT)
    made.joins(ANN)
    made.gives(SKUS["basic"], ANN)
    return made


@pytest.fixture
def server(google: Google) -> Iterator[Served]:
    with served(google, checked()) as one:
        yield one


def actions(server: Served) -> dict[str, str]:
    """What GitHub Actions puts into the environment of a job that may have an identity."""
    return {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{server.url}/identity?v=2",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the job's",
    }


def vendor(server: Served, clock: SetClock, env: Mapping[str, str], **config: str) -> Vendor:
    told = {"url": server.url, "skus": BOUGHT, **KEYLESS, **config}
    site = Site(Path("/nowhere"), clock, lambda path: (b"", NOW), env)
    return open_vendor(Account("gws", "google", told, Place("seatwise.yaml", 9)), site)


def asked(server: Served) -> list[str]:
    """Every login call, in order."""
    return [one.path for one in server.requests if not one.path.startswith(("/apps/", "/admin/"))]


def test_a_job_of_github_actions_reads_without_any_key(server: Served, clock: SetClock, google: Google) -> None:
    holding = next(one for one in vendor(server, clock, actions(server)).read(None) if one.seats)
    assert [seat.login for seat in holding.seats] == [ANN]
    assert asked(server) == ["/identity", "/v1/token", f"/v1/projects/-/serviceAccounts/{ROBOT}:signJwt", "/token"]
    (claims,) = google.claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == (ROBOT, "admin@acme.example", f"{server.url}/token")
    assert server.requests[0].query["audience"] == f"https://iam.googleapis.com/{PROVIDER}"


def test_a_job_of_gitlab_brings_its_token_along(server: Served, clock: SetClock) -> None:
    env = {"GOOGLE_JWT": job_token(clock)}
    assert len(list(vendor(server, clock, env, assertion="env:GOOGLE_JWT").read(None))) == 2
    assert "/identity" not in asked(server)


def test_people_are_read_without_a_key_too(server: Served, clock: SetClock) -> None:
    told = {"url": server.url, **KEYLESS}
    source = PeopleSource("directory", "google", told, Place("seatwise.yaml", 6), columns={"mail": "primaryEmail"})
    raw = sources.read(source, Site(Path("/nowhere"), clock, lambda path: (b"", NOW), actions(server)))
    assert [row["mail"] for row in raw.rows] == [ANN]


def test_a_token_that_has_run_out_is_exchanged_anew(server: Served, clock: SetClock, google: Google) -> None:
    made = vendor(server, clock, actions(server))
    for _ in range(2):
        list(made.read(None))
        clock.sleep(3600)
    assert (len(google.claims), asked(server).count("/identity")) == (2, 2)


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        ({"provider": "projects/9/locations/global/workloadIdentityPools/p/providers/q"}, "invalid_target"),
        ({"service_account": "other@acme.iam.gserviceaccount.com"}, "iam.serviceAccounts.signJwt"),
        ({"subject": "nobody"}, "Client is unauthorized"),
    ],
)
def test_each_step_that_is_refused_says_what_google_says(
    server: Served, clock: SetClock, breaks: Mapping[str, str], says: str
) -> None:
    with pytest.raises(BadCredentials) as raised:
        list(vendor(server, clock, actions(server), **breaks).read(None))
    assert says in f"{raised.value.what} {raised.value.fix}"
    assert raised.value.fix


def test_a_job_without_an_identity_says_how_to_get_one(server: Served, clock: SetClock) -> None:
    with pytest.raises(BadCredentials) as raised:
        list(vendor(server, clock, {}).read(None))
    assert "no identity of its own" in raised.value.what
    assert "id-token: write" in raised.value.fix
    assert "key: env:NAME" in raised.value.fix


@pytest.mark.parametrize(
    ("config", "what", "fix"),
    [
        ({"provider": ""}, "names no provider", "provider: projects/"),
        ({"provider": "//iam.googleapis.com/x"}, "is no provider", "provider: projects/"),
        ({"key": "env:GOOGLE_KEY"}, "names a key and a service_account", "leave one of them out"),
    ],
)
def test_a_config_that_is_half_or_double_stops(
    server: Served, clock: SetClock, config: dict[str, str], what: str, fix: str
) -> None:
    with pytest.raises(Stop) as raised:
        list(vendor(server, clock, actions(server), **config).read(None))
    assert raised.value.what.startswith("seatwise.yaml:9: ")
    assert what in raised.value.what
    assert raised.value.fix.startswith(fix)


@pytest.mark.parametrize("status", [400, 401, 403, 500])
@pytest.mark.parametrize("step", ["/identity", "/v1/token", ":signJwt", "/token"])
def test_no_step_that_repeats_what_it_was_sent_tells_a_secret(
    server: Served, clock: SetClock, google: Google, status: int, step: str
) -> None:
    heard: list[str] = []

    def rewrites(request: Request, reply: Reply) -> Reply:
        authorization = request.headers.get("authorization", "")
        heard.extend(part for part in [authorization.removeprefix("Bearer "), *_texts(request)] if len(part) > 20)
        words = f"{authorization} {request.data.decode()}"
        return Reply(status, {"error": {"code": status, "message": words}, "error_description": words})

    server.checks = lambda request, reply: None
    server.breaks("echo", times=99, matches=lambda request: request.path.endswith(step), rewrites=rewrites)
    with pytest.raises(VendorError) as raised:
        list(vendor(server, clock, actions(server)).read(None))
    words = f"{raised.value.what} {raised.value.fix}"
    assert not [one for one in heard if one[:40] in words]


def _texts(request: Request) -> list[str]:
    """The tokens in a body: of JSON, or of a form."""
    if not request.data:
        return []
    said = request.json if request.data.startswith(b"{") else request.form
    return [said[name] for name in ("subjectToken", "assertion") if name in said]
