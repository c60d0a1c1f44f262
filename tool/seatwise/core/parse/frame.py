"""Files around the licenses → Contract, Bundle, Owner, Holder, Policy, Waiver, Ack. A missing field raises KeyError."""

from __future__ import annotations

from datetime import date

from seatwise.core.document import Map
from seatwise.core.model import Ack, Approver, Bundle, Contract, Holder, Level, Notice, Owner, Policy, Waiver
from seatwise.core.parse.assignment import assignments
from seatwise.core.parse.parsed import File
from seatwise.core.parse.values import bare, duration, folded, texts


def contract(file: File) -> Contract:
    document = file.document
    owner = file.refer("owner", "owner")
    return Contract(
        file.id,
        document["publisher"],
        owner,
        texts(document.get("contact")),
        date.fromisoformat(document["start"]),
        duration(document["term"]),
        document["renewal"],
        _notice(document.get("notice")),
        file.text("number"),
        texts(document.get("decrease")),
        tuple(texts(one) for one in document.get("documents", ())),
        file.place,
        duration(document["renewal_term"]) if "renewal_term" in document else None,
    )


def _notice(document: Map | None) -> Notice | None:
    if not document or "period" not in document:
        return None
    return Notice(duration(document["period"]), str(document.get("form", "")), str(document.get("to", "")))


def bundle(file: File) -> Bundle:
    who = assignments(file, "who", file.id) or ()
    return Bundle(file.id, file.refer("owner", "owner"), who, file.refer_all("license", "gives"), file.place)


def owner(file: File) -> Owner:
    document = file.document
    return Owner(
        file.id,
        tuple(_approver(row) for row in document.get("approvers", ()) if row),
        file.place,
        file.text("department"),
        file.text("cost_center"),
        file.refer("owner", "deputy"),
        texts(document.get("attested")),
    )


def _approver(row: str | Map) -> Approver:
    if isinstance(row, str):
        return Approver(folded(row))
    name, body = next(iter(row.items()))
    return Approver(
        folded(name),
        int(body["up_to"].split()[0]) if "up_to" in body else None,
        body.get("key", ""),
        date.fromisoformat(body["key_through"]) if "key_through" in body else None,
    )


def holder(file: File) -> Holder:
    document = file.document
    logins = document.get("logins") or Map()
    for account in logins:
        file.note("login", account, logins.at(account))
    review = date.fromisoformat(document["review"]["through"])
    return Holder(
        file.id, document["kind"], folded(document["sponsor"]), review, file.place, file.text("name"), texts(logins)
    )


def policy(file: File) -> Policy:
    document = file.document
    scope = {kind: tuple(names) for kind, names in document.get("scope", {}).items()}
    params = {key: bare(value) for key, value in document.items() if key not in ("policy", "level", "scope")}
    return Policy(file.id, Level(document["level"]), params, file.place, scope)


def waiver(file: File) -> Waiver:
    document = file.document
    return Waiver(
        file.id,
        document["policy"],
        document["reason"],
        date.fromisoformat(document["through"]),
        file.place,
        file.refer("license", "license"),
        folded(file.text("person")),
    )


def ack(file: File) -> Ack:
    document = file.document
    through = date.fromisoformat(document["through"])
    return Ack(
        file.id, document["passes"], document["reason"], through, file.place, file.text("asks"), file.text("source")
    )
