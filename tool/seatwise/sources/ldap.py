"""People of an LDAP directory, such as Active Directory or OpenLDAP, read in pages (RFC 2696) → their rows by our fields.

Config: `url` (`ldaps://dc.acme.example`, or `ldap://...`, which turns to TLS before anything is said: StartTLS), `ca: ca.pem` in
the repository where the system's authorities don't do, `bind: CN=...` with `password: env:NAME`, `base`, `filter`, `page` (500).

A column is an attribute; several values stand in alphabetical order with a space between them, and of a moment the day counts.
`manager.mail` is the attribute `mail` of the entry that `manager` names, empty where that one is not among those read. Derived:
`dn`, the entry's name; `enabled`, false where bit 2 of Active Directory's `userAccountControl` is set, else true; `objectGUID`
as text. Needs `pip install seatwise[ldap]`.
"""

from __future__ import annotations

import re
import ssl
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.core.model.vendor import VendorError
from seatwise.edges import feed
from seatwise.edges.logins import secret
from seatwise.edges.site import Site

PAGED = "1.2.840.113556.1.4.319"
DISABLED = 2
"""ACCOUNTDISABLE of userAccountControl."""
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)\d{6}([.,]\d+)?Z")
"""GeneralizedTime in UTC (RFC 4517, 3.3.13)."""
CONNECT_SECONDS, ANSWER_SECONDS = 10, 120
FIXES = {
    "noSuchObject": "look at its base: there is no such entry, or the bind may not see it",
    "invalidCredentials": "look at its bind, and renew the password",
    "insufficientAccessRights": "let its bind read there",
    "sizeLimitExceeded": "let its bind read everybody: in OpenLDAP by limits ... size.prtotal=unlimited",
    "adminLimitExceeded": "let its bind read everybody, or ask for fewer a page: page: 100",
    "timeLimitExceeded": "let its bind read for longer, or ask for fewer a page: page: 100",
    "referral": "name the server that has its base, or a base that this server has",
    "unavailableCriticalExtension": "ask a server that answers in pages (RFC 2696)",
    "confidentialityRequired": "read by ldaps://",
}


@dataclass(frozen=True)
class Asked:
    """What a source's configuration comes to."""

    host: str
    port: int | None
    tls: bool
    """From the first byte; else by StartTLS."""
    trust: ssl.SSLContext
    bind: str
    password: str
    base: str
    filter: str
    page: int


def read(source: PeopleSource, site: Site) -> RawPeople:
    """Everybody below the base whom the filter matches. Raises Stop where they can't be read, or not all of them."""
    try:
        asked = _asked(source, site)
    except VendorError as error:
        raise Stop(Exit.ERROR, error.what, error.fix or "look at its credential") from None
    library = _library(source)
    columns = sorted({*source.columns.values(), *source.logins.values()})
    try:
        entries = _entries(source, library, asked, _attributes(columns))
    except library.core.exceptions.LDAPException as error:
        said = str(error).replace(asked.password, "***")
        raise _stop(source, f"can't be read: {said}", _advice(said)) from None
    return feed.records(source, _shown(asked), _records(source, entries, columns), site.clock.now())


def _library(source: PeopleSource) -> Any:
    try:
        with warnings.catch_warnings():
            # It asks pyasn1 for names that are to go; whoever uses seatwise can't mend that.
            warnings.simplefilter("ignore", DeprecationWarning)
            return import_module("ldap3")
    except ImportError:
        raise _stop(source, "needs a library that is not installed", "pip install 'seatwise[ldap]'") from None


def _asked(source: PeopleSource, site: Site) -> Asked:
    url, page = urlsplit(_told(source, "url", "ldaps://dc.acme.example")), str(source.config.get("page", "500"))
    if url.scheme not in ("ldap", "ldaps") or not url.hostname or url.path.strip("/") or not page.isdecimal():
        fix = "url: ldaps://dc.acme.example, and page: 500 or none"
        raise _stop(source, f"has the url {url.geturl()!r} and the page {page!r}", fix)
    bind = _told(source, "bind", "CN=seatwise,OU=Services,DC=acme,DC=example")
    base = _told(source, "base", "OU=People,DC=acme,DC=example")
    chosen = _told(source, "filter", "(objectClass=inetOrgPerson), or (&(objectCategory=person)(objectClass=user))")
    password = secret(source, "password", site)
    trust = _trust(source, site)
    return Asked(url.hostname, url.port, url.scheme == "ldaps", trust, bind, password, base, chosen, max(int(page), 1))


def _told(source: PeopleSource, key: str, example: str) -> str:
    value = str(source.config.get(key, ""))
    if not value:
        raise _stop(source, f"names no {key}", f"{key}: {example}")
    return value


def _trust(source: PeopleSource, site: Site) -> ssl.SSLContext:
    path = str(source.config.get("ca", ""))
    if not path:
        return ssl.create_default_context()
    try:
        text = site.read_file(path)[0].decode()
        # Of no text ssl makes the system's authorities.
        return ssl.create_default_context(cadata=text or "nothing")
    except (ssl.SSLError, ValueError):
        fix = "export it as PEM: -----BEGIN CERTIFICATE-----"
        raise _stop(source, f"has a ca, {path}, which is no certificate", fix) from None


def _attributes(columns: Sequence[str]) -> list[str]:
    """What to ask for: both ends of a path, and what derived columns are made of."""
    derived = {"enabled": "userAccountControl", "dn": ""}
    names = {derived.get(name, name) for column in columns for name in column.split(".")}
    return sorted(names - {""}) or ["1.1"]


def _entries(source: PeopleSource, library: Any, asked: Asked, attributes: list[str]) -> dict[str, Mapping[str, Any]]:
    """The raw attributes by the entry's name."""
    found: dict[str, Mapping[str, Any]] = {}
    with _connected(source, library, asked) as connection:
        for entry in _pages(source, connection, asked, attributes):
            if entry["type"] != "searchResEntry":
                what = f"is referred to {', '.join(entry.get('uri', ()))} for some of its people"
                raise _stop(source, f"{what}: nothing is concluded", "name a base below, which this server has whole")
            if entry["dn"] in found:
                raise _stop(source, f"was told {entry['dn']} twice: nothing is concluded", "read it again")
            found[entry["dn"]] = entry["raw_attributes"]
    if not found:
        raise _stop(source, "has nobody", "look at its filter, and at what its bind may see")
    return found


@contextmanager
def _connected(source: PeopleSource, library: Any, asked: Asked) -> Iterator[Any]:
    """A connection that is encrypted, with a server whose certificate is proven, and that knows us."""
    connection = _connection(library, asked)
    try:
        connection.open(read_server_info=False)
        if not asked.tls:
            connection.start_tls(read_server_info=False)
        if not connection.bind(read_server_info=False):
            raise _refused(source, connection.result, asked)
        yield connection
    finally:
        with suppress(library.core.exceptions.LDAPException):
            connection.unbind()
        # The library leaves a socket open that could not be connected, or encrypted.
        if connection.socket is not None:
            connection.socket.close()


def _connection(library: Any, asked: Asked) -> Any:
    tls = library.Tls(validate=ssl.CERT_REQUIRED)
    # The library's own check of names fails on addresses, and from Python 3.12 on knows less than ssl does.
    tls.wrap_socket = lambda connection, do_handshake=True: _wrapped(connection, asked)
    server = library.Server(
        asked.host, asked.port, use_ssl=asked.tls, tls=tls, get_info=library.NONE, connect_timeout=CONNECT_SECONDS
    )
    return library.Connection(
        server,
        asked.bind,
        asked.password,
        auto_bind=library.AUTO_BIND_NONE,
        auto_referrals=False,
        auto_range=False,
        check_names=False,
        receive_timeout=ANSWER_SECONDS,
    )


def _wrapped(connection: Any, asked: Asked) -> None:
    connection.socket = asked.trust.wrap_socket(connection.socket, server_hostname=asked.host)


def _pages(source: PeopleSource, connection: Any, asked: Asked, attributes: list[str]) -> Iterator[Mapping[str, Any]]:
    """All entries and referrals; each page must be a success, and must say whether it is the last."""
    cookie: bytes | None = None
    while True:
        connection.search(
            asked.base,
            asked.filter,
            dereference_aliases="NEVER",
            attributes=attributes,
            paged_size=asked.page,
            paged_criticality=True,
            paged_cookie=cookie,
        )
        if connection.result["result"] != 0:
            raise _refused(source, connection.result, asked)
        yield from connection.response
        said = connection.result.get("controls", {}).get(PAGED)
        before, cookie = cookie, said and said["value"]["cookie"]
        if said is None or (cookie and cookie == before and not connection.response):
            raise _stop(
                source,
                "is not told which page is the last: nothing is concluded",
                FIXES["unavailableCriticalExtension"],
            )
        if not cookie:
            return


def _records(
    source: PeopleSource, entries: Mapping[str, Mapping[str, Any]], columns: list[str]
) -> list[Mapping[str, Any]]:
    """By their names in order, as a directory has none."""
    texts = {dn: _texts(source, dn, raw) for dn, raw in sorted(entries.items())}
    by_name = {_folded(dn): one for dn, one in texts.items()}
    return [_record(one, columns, by_name) for one in texts.values()]


def _record(
    entry: Mapping[str, list[str]], columns: list[str], by_name: Mapping[str, Mapping[str, list[str]]]
) -> Mapping[str, Any]:
    record: dict[str, Any] = {}
    for column in columns:
        name, _, of_named = column.partition(".")
        values = entry.get(name.casefold(), [])
        if of_named:
            named = (by_name.get(_folded(value), {}) for value in values)
            values = [value for one in named for value in one.get(of_named.casefold(), [])]
            record[name] = {**record.get(name, {}), of_named: values or None}
        else:
            record[name] = values or None
    return record


def _texts(source: PeopleSource, dn: str, raw: Mapping[str, list[bytes]]) -> dict[str, list[str]]:
    """An entry's values by attribute, in small letters, as a directory does not tell those apart; with what is derived."""
    texts = {"dn": [dn]}
    for name, values in raw.items():
        if ";range=" in name.casefold():
            raise _stop(source, f"is told only some values of {name} of {dn}", "map another attribute")
        try:
            texts[name.casefold()] = sorted(_text(name, value) for value in values)
        except ValueError:
            raise _stop(source, f"has a value of {name} of {dn} that is no text", "map another attribute") from None
    control = texts.get("useraccountcontrol", [])
    return {**texts, "enabled": [_enabled(source, dn, value) for value in control]}


def _enabled(source: PeopleSource, dn: str, control: str) -> str:
    if not re.fullmatch(r"-?\d+", control):
        raise _stop(source, f"has the userAccountControl {control!r} of {dn}", "map the status to another attribute")
    return str(not int(control) & DISABLED).lower()


def _text(name: str, value: bytes) -> str:
    if name.casefold() == "objectguid":
        return str(UUID(bytes_le=value))
    text = value.decode()
    moment = MOMENT.fullmatch(text)
    return "-".join(moment.groups()[:3]) if moment else text


def _folded(dn: str) -> str:
    """A name as it compares: case and the spaces around its signs say nothing (RFC 4518)."""
    return re.sub(r"\s*([,=+])\s*", r"\1", dn).casefold()


def _shown(asked: Asked) -> str:
    return f"{'ldaps' if asked.tls else 'ldap'}://{asked.host}/{asked.base}"


def _refused(source: PeopleSource, result: Mapping[str, Any], asked: Asked) -> Stop:
    said = str(result["description"])
    more = str(result.get("message") or "").strip("\0 \n").replace(asked.password, "***")
    what = f"is refused: {said}{f' ({more})' if more else ''}: nothing is concluded"
    return _stop(source, what, FIXES.get(said, "look at its base, its filter and its bind"))


def _advice(said: str) -> str:
    if "certificate" in said.casefold():
        return "ca: the file of the authority that signed the server's certificate, and in url the name that it is for"
    return "look at its url and its filter: is the server there, and does it speak TLS?"


def _stop(source: PeopleSource, what: str, fix: str) -> Stop:
    return Stop(Exit.ERROR, f"{source.place}: people source {source.id} {what}", fix)
