"""Which secrets a run needs: each name once, with everybody who names it."""

from __future__ import annotations

from seatwise.core import secret_names
from seatwise.core.model import Account, PeopleSource, Place, Settings

PLACE = Place("seatwise.yaml")


def test_names_are_told_with_those_who_name_them_however_deep_they_stand() -> None:
    account = Account("a", "scim", {"token": "env:ONE", "more": [{"key": "env:TWO"}, "plain"], "rows": 3}, PLACE)
    settings = Settings(
        sources=(PeopleSource("hr", "scim", {"token": "env:ONE"}, PLACE),),
        accounts={"a": account},
        journal_key="env:KEY",
        forge={"kind": "github", "token": "env:FORGE"},
    )
    assert secret_names.users(settings) == {
        "KEY": ("journal.key",),
        "ONE": ("account a", "people source hr"),
        "TWO": ("account a",),
    }


def test_settings_without_secrets_need_none() -> None:
    assert secret_names.users(Settings()) == {}
