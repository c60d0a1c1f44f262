"""The veil: no name is left in a record, and whoever is known can be read again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatwise.core.model import Exit, Stop
from seatwise.core.veil import Names, Veil, check

RECORD = {
    "type": "intent",
    "rollout": "r1",
    "changes": [
        {"who": "ann@acme.example", "login": "ann.a", "holder": "1234", "license": "figma", "cause": {"why": "team x"}},
        {"who": "?bob@acme.example", "login": "bob@acme.example", "holder": "bob@acme.example"},
    ],
    "why": "2 seats are not as wanted: ann@acme.example (figma), bob@acme.example (figma)",
}


def veil(*known: str, secret: bytes = b"s", logins: bool = False) -> Veil:
    names = Names()
    names.learn(known)
    return Veil(secret, names, logins=logins)


def test_names_and_mails_are_pseudonyms_and_ids_stay() -> None:
    written = json.dumps(veil().veiled(RECORD))
    assert not any(word in written for word in ("ann", "bob", "acme"))
    assert '"1234"' in written and '"figma"' in written and '"team x"' in written and '"intent"' in written


def test_what_is_known_is_read_again_and_nobody_else() -> None:
    one = veil("ann@acme.example", "ann.a", "bob@acme.example")
    assert one.lifted(one.veiled(RECORD)) == RECORD
    other = veil("ann@acme.example").lifted(one.veiled(RECORD))
    assert other["changes"][0]["who"] == "ann@acme.example" and other["changes"][1]["who"].startswith("?~")


def test_people_who_are_met_later_are_read_then() -> None:
    names = Names()
    one = Veil(b"s", names, logins=False)
    hidden = one.veiled({"who": "ann@acme.example"})
    assert one.lifted(hidden)["who"] == one.pseudonym("ann@acme.example")
    names.learn(["ann@acme.example"])
    assert one.lifted(hidden)["who"] == "ann@acme.example"


def test_where_a_login_is_all_there_is_the_holder_is_a_name_too() -> None:
    asked = {
        "type": "settled",
        "license": "copilot",
        "seats": {"adopt": {"ann@acme.example": "ann-a", "?build": "build"}},
    }
    clear, hidden = veil().veiled(asked), veil(logins=True).veiled(asked)
    assert list(clear["seats"]["adopt"].values()) == ["ann-a", "build"]
    assert not any(word in json.dumps(hidden) for word in ("ann", "build"))
    assert json.dumps(hidden).count("~") == 4 and hidden["license"] == "copilot"


def test_the_seats_that_a_gate_found_wrong_or_that_are_set_aside_name_nobody() -> None:
    told = {"type": "state", "wrong": [["?ann-a", "figma"]], "aside": [["ann@acme.example", "figma"], ["?bob", "miro"]]}
    one = veil("ann@acme.example", "ann-a", "bob", logins=True)
    hidden = json.dumps(one.veiled(told))
    assert (
        not any(name in hidden for name in ("ann", "bob"))
        and "figma" in hidden
        and one.lifted(one.veiled(told)) == told
    )


def test_hr_numbers_of_people_who_are_asked_are_hidden() -> None:
    group = {
        "type": "asked",
        "license": "a",
        "groups": [{"asked": True, "who": {"ann@acme.example": "4711|2020-01-01"}}],
    }
    one = veil("ann@acme.example", "4711|2020-01-01")
    assert "4711" not in json.dumps(one.veiled(group)) and one.lifted(one.veiled(group)) == group


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.dictionaries(st.text(), x)))
def test_a_record_keeps_its_shape(value: object) -> None:
    one = veil()
    hidden = one.veiled({"type": "x", "value": value})
    assert one.lifted(hidden).keys() == {"type", "value"} and one.lifted(hidden) == hidden


def test_another_secret_or_none_is_as_good_as_no_journal() -> None:
    records = [{"type": "begin"}, {"type": "begin", "key": veil().mark}, {"type": "end"}]
    check(records, veil(), "journal m365")
    check([{"type": "begin"}], veil(), "journal m365")
    for wrong in (None, veil(secret=b"other")):
        with pytest.raises(Stop, match="journal m365 was written under a") as stop:
            check(records, wrong, "journal m365")
        assert stop.value.code is Exit.EVIDENCE


def test_the_mark_does_not_give_the_secret_or_a_pseudonym_away() -> None:
    assert veil().mark not in veil().pseudonym("ann") and len(veil().mark) == 16
