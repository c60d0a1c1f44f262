"""People of an LDAP directory, from a slapd with 10,000 people on loopback."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.sources.directory import GUID, MANY, MISNAMED, PEOPLE, SECRET, SLAPD, Directory, running

from seatwise import sources
from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
COLUMNS = {"mail": "mail", "name": "cn", "status": "enabled"}
BIND = "cn=reader,dc=acme,dc=example"
FIRST_TWO = "(|(uid=p00000)(uid=p00001))"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    if not SLAPD:
        pytest.skip("slapd is not installed (Debian: slapd)")
    with running(tmp_path_factory.mktemp("slapd")) as one:
        yield one


def read(
    directory: Directory | None, columns: Mapping[str, str] = COLUMNS, password: str = SECRET, **more: str
) -> RawPeople:
    """By StartTLS, unless told otherwise."""
    told = {"bind": BIND, "password": "env:LDAP_PASSWORD", "base": PEOPLE, "filter": "(objectClass=inetOrgPerson)"}
    port = directory.plain if directory else 1
    config = {"url": f"ldap://127.0.0.1:{port}", "ca": "ca.pem", **told, **more}
    source = PeopleSource("ad", "ldap", config, Place("seatwise.yaml", 6), columns=columns)
    files = {"ca.pem": directory.ca if directory else b"", "bad.pem": b"\xff\xfe"}
    site = Site(Path("/nowhere"), SetClock(NOW), lambda path: (files[path], NOW), {"LDAP_PASSWORD": password})
    return sources.read(source, site)


def refused(directory: Directory | None, columns: Mapping[str, str] = COLUMNS, **how: str) -> str:
    with pytest.raises(Stop) as stop:
        read(directory, columns, **how)
    assert stop.value.code is Exit.ERROR
    said = f"{stop.value.what} / {stop.value.fix} / {stop.value.findings}"
    assert SECRET not in said and "an0ther" not in said
    return said


def test_ten_thousand_people_are_read_in_pages(directory: Directory) -> None:
    raw = read(directory)
    assert (raw.feed.rows, raw.feed.as_of, len({row["mail"] for row in raw.rows})) == (MANY, NOW, MANY)
    assert raw.rows[:2] == (
        {"mail": "p00000@acme.example", "name": "Person 0", "status": "true"},
        {"mail": "p00001@acme.example", "name": "Person 1", "status": "false"},
    )
    assert raw.path == f"ldap://127.0.0.1/{PEOPLE}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_unpaged_search_of_that_server_has_500_people_and_looks_like_an_answer(directory: Directory) -> None:
    ldap3 = import_module("ldap3")
    connection = ldap3.Connection(
        ldap3.Server("127.0.0.1", directory.tls, use_ssl=True, get_info="NO_INFO"), BIND, SECRET
    )
    try:
        assert connection.bind() and connection.search(PEOPLE, "(objectClass=inetOrgPerson)")
        assert (len(connection.response), connection.result["description"]) == (500, "sizeLimitExceeded")
    finally:
        connection.unbind()


def test_what_is_read_by_ldaps_in_other_pages_has_the_same_digest(directory: Directory) -> None:
    url = f"ldaps://127.0.0.1:{directory.tls}"
    assert read(directory, url=url, page="499").feed.digest == read(directory).feed.digest


def test_who_may_not_read_everybody_stops(directory: Directory) -> None:
    said = refused(directory, bind="cn=tight,dc=acme,dc=example")
    assert "sizeLimitExceeded" in said and "nothing is concluded" in said and "size.prtotal=unlimited" in said


def test_columns_are_attributes_or_derived_from_them_and_case_says_nothing(directory: Directory) -> None:
    columns = {
        "mail": "MAIL",
        "title": "title",
        "last_day": "leaves",
        "employee_id": "objectGUID",
        "manager": "manager.mail",
        "cost_center": "dn",
    }
    first, second = read(directory, columns, filter=FIRST_TWO).rows
    assert second == {
        "mail": "p00001@acme.example",
        "title": "Editor Writer",
        "last_day": "2026-12-31",
        "employee_id": str(GUID),
        "manager": "p00000@acme.example",
        "cost_center": f"uid=p00001,{PEOPLE}",
    }
    assert (first["manager"], first["title"], first["last_day"]) == ("", "", "")


def test_a_manager_who_is_not_among_those_read_is_not_known(directory: Directory) -> None:
    columns = {"mail": "mail", "manager": "manager.mail"}
    assert "no record has 'manager.mail'" in refused(directory, columns, filter="(uid=p00001)")


def test_an_attribute_that_nobody_has_is_told(directory: Directory) -> None:
    assert "no record has 'post'" in refused(directory, {"mail": "mail", "name": "post"}, filter=FIRST_TWO)


def test_bytes_that_are_no_text_stop(directory: Directory) -> None:
    assert "that is no text" in refused(directory, {"mail": "mail", "name": "jpegPhoto"}, filter=FIRST_TWO)


def test_a_wrong_password_and_an_empty_one_stop(directory: Directory) -> None:
    said = refused(directory, password="an0ther")
    assert "invalidCredentials" in said and "renew the password" in said
    assert "LDAP_PASSWORD is not set" in refused(directory, password="")


def test_a_server_whose_certificate_is_not_proven_is_told_nothing(directory: Directory) -> None:
    for scheme, port in (("ldap", directory.plain), ("ldaps", directory.tls)):
        unknown = refused(directory, url=f"{scheme}://127.0.0.1:{port}", ca="")
        assert "CERTIFICATE_VERIFY_FAILED" in unknown and "ca: the file" in unknown
        misnamed = refused(directory, url=f"{scheme}://{MISNAMED}:{port}")
        assert "IP address mismatch" in misnamed


def test_a_base_that_is_not_there_or_is_elsewhere_in_part_stops(directory: Directory) -> None:
    assert "noSuchObject" in refused(directory, base="ou=Peeple,dc=acme,dc=example")
    part = refused(directory, base="dc=acme,dc=example")
    assert "referred to ldap://127.0.0.1:1/" in part and "nothing is concluded" in part
    assert "is refused: referral" in refused(directory, base="ou=Elsewhere,dc=acme,dc=example")


def test_nobody_is_no_reading(directory: Directory) -> None:
    assert "has nobody" in refused(directory, base="ou=None,dc=acme,dc=example")


def test_a_filter_that_is_none_stops(directory: Directory) -> None:
    assert "filter" in refused(directory, filter="(uid=p1")


def test_a_server_that_is_not_there_stops() -> None:
    assert "is the server there" in refused(None, ca="")


@pytest.mark.parametrize("key", ["url", "bind", "base", "filter"])
def test_what_the_configuration_lacks_is_said_with_an_example(key: str) -> None:
    assert f"names no {key} / {key}: " in refused(None, ca="", **{key: ""})


def test_what_the_configuration_says_in_vain_is_told() -> None:
    for url in ("https://dc.acme.example", "ldaps://", "ldaps://dc.acme.example/dc=acme"):
        assert "url: ldaps://dc.acme.example" in refused(None, url=url)
    assert "page: 500 or none" in refused(None, page="many")
    assert "is no certificate" in refused(None, ca="bad.pem")
    assert "is no certificate" in refused(None, ca="ca.pem")


def test_without_the_library_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ldap3", None)
    assert "pip install 'seatwise[ldap]'" in refused(None, ca="")


class Told(Exception):
    """What the library raises."""


class Played:
    """The library, with a server that plays the pages it is given: entries, and the cookie to the next; None: no control."""

    NONE = AUTO_BIND_NONE = "NONE"
    core = SimpleNamespace(exceptions=SimpleNamespace(LDAPException=Told))

    def __init__(self, *pages: tuple[list[dict[str, Any]], bytes | None]) -> None:
        self.pages = list(pages)
        self.cookies: list[bytes | None] = []

    def Tls(self, **_: Any) -> SimpleNamespace:
        return SimpleNamespace()

    def Server(self, *_: Any, **__: Any) -> SimpleNamespace:
        return SimpleNamespace()

    def Connection(self, *_: Any, **__: Any) -> Played:
        return self

    socket = None

    def open(self, **_: Any) -> None: ...

    def start_tls(self, **_: Any) -> None: ...

    def unbind(self) -> None: ...

    def bind(self, **_: Any) -> bool:
        return True

    def search(self, *_: Any, paged_cookie: bytes | None, **__: Any) -> None:
        self.cookies.append(paged_cookie)
        if not self.pages:
            raise Told(f"connection lost, {SECRET}")
        self.response, cookie = self.pages.pop(0)
        controls = {} if cookie is None else {"1.2.840.113556.1.4.319": {"value": {"cookie": cookie}}}
        self.result = {"result": 0, "description": "success", "controls": controls}


def entry(name: str, **more: bytes) -> dict[str, Any]:
    raw = {"mail": f"{name}@acme.example".encode(), "cn": name.encode(), "userAccountControl": b"512", **more}
    return {"type": "searchResEntry", "dn": f"CN={name}", "raw_attributes": {key: [one] for key, one in raw.items()}}


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Played]:
    def play(*pages: tuple[list[dict[str, Any]], bytes | None]) -> Played:
        played = Played(*pages)
        monkeypatch.setitem(sys.modules, "ldap3", played)  # type: ignore[arg-type]
        return played

    return play


def test_pages_follow_until_there_is_no_cookie_and_an_empty_one_between_is_no_end(plays: Callable[..., Played]) -> None:
    played = plays(([entry("bo")], b"1"), ([], b"2"), ([entry("ann")], b""))
    assert [row["name"] for row in read(None, ca="").rows] == ["ann", "bo"]
    assert played.cookies == [None, b"1", b"2"]


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        ([([entry("ann")], None)], "not told which page is the last"),
        ([([entry("ann")], b"1"), ([], b"1")], "not told which page is the last"),
        ([([entry("ann")], b"1"), ([entry("ann")], b"")], "told CN=ann twice"),
        ([([entry("ann")], b"1")], "connection lost, ***"),
        ([([entry("ann", **{"cn;range=0-1499": b"Ann"})], b"")], "only some values of cn;range=0-1499"),
        ([([entry("ann", userAccountControl=b"?")], b"")], "userAccountControl '?'"),
    ],
)
def test_pages_that_are_not_the_whole_stop(
    plays: Callable[..., Played], pages: list[tuple[list[dict[str, Any]], bytes | None]], says: str
) -> None:
    plays(*pages)
    assert says in refused(None, ca="")


def test_a_negative_control_has_bits_too(plays: Callable[..., Played]) -> None:
    plays(([entry("ann", userAccountControl=b"-2147483134"), entry("bo", userAccountControl=b"-2147483136")], b""))
    assert [row["status"] for row in read(None, ca="").rows] == ["false", "true"]
