"""An account's `vendor:` opens what is built in or installed, and nothing else."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seatwise.core.model import Account, Exit, Place, Stop
from seatwise.edges.clock import SetClock
from seatwise.edges.site import Site
from seatwise.vendors import BUILT_IN, names, open_vendor

PLUGIN = "class Acme:\n    def __init__(self, account, site):\n        self.account = account\n"
METADATA = {
    "METADATA": "Metadata-Version: 2.1\nName: seatwise-acme\nVersion: 1.0\n",
    "entry_points.txt": "[seatwise.vendors]\nacme = seatwise_acme:Acme\n",
}


NOW = datetime(2026, 11, 24, tzinfo=UTC)
KNOWN = f"one of {', '.join(sorted(BUILT_IN))}"


def account(vendor: str) -> Account:
    return Account("m365", vendor, {"seed": "m365.csv", "from": "m365.csv"}, Place("seatwise.yaml", 12))


def site(root: Path) -> Site:
    return Site(root, SetClock(NOW), lambda path: (b"", NOW))


@pytest.mark.parametrize("name", ["sandbox", "table"])
def test_a_built_in_vendor_is_opened_without_reading_anything(name: str, tmp_path: Path) -> None:
    assert open_vendor(account(name), site(tmp_path)).info.name == name
    assert name in names()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("written", "fix"), [("sandbocks", "sandbox"), ("nothing-like-it", KNOWN), ("", KNOWN)])
def test_an_unknown_vendor_stops_with_its_place_and_what_was_meant(written: str, fix: str, tmp_path: Path) -> None:
    with pytest.raises(Stop) as raised:
        open_vendor(account(written), site(tmp_path))
    assert raised.value.code is Exit.ERROR
    assert raised.value.what == f"seatwise.yaml:12: account m365 has vendor {written!r}, which is unknown"
    assert raised.value.fix == fix


def test_an_installed_package_may_bring_a_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seatwise_acme.py").write_text(PLUGIN)
    described = tmp_path / "seatwise_acme-1.0.dist-info"
    described.mkdir()
    for name, text in METADATA.items():
        (described / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    assert names() == tuple(sorted({"acme", *BUILT_IN}))
    assert type(open_vendor(account("acme"), site(tmp_path))).__name__ == "Acme"
    monkeypatch.delitem(sys.modules, "seatwise_acme")


def test_code_in_the_planned_repository_is_never_a_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme.py").write_text(PLUGIN)
    (tmp_path / "seatwise" / "vendors").mkdir(parents=True)
    (tmp_path / "seatwise" / "vendors" / "acme.py").write_text(PLUGIN)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Stop):
        open_vendor(account("acme"), site(tmp_path))
