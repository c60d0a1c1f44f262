"""`vendor: table`: a console's CSV export as the actual state; apply writes the task that an administrator carries out.

For vendors without an API. Nothing is ever sent, and the export is never written. Config: `from`; `format`, the console
that wrote it (docs/consoles.md), or `columns` (sku, login, holder, last_used → heading; usual headings are found without
it); `sku` where the export is of one product; `bought` (sku → seats); `as_of` where the file's own time is not the
export's; `dates` (YYYY-MM-DD, DD.MM.YYYY or MM/DD/YYYY); `takes` and `undo` in the vendor's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from seatwise.core.canon import digest, short
from seatwise.core.model.change import Change
from seatwise.core.model.repo import Account
from seatwise.core.model.vendor import (
    Holding,
    IncompleteRead,
    Outcome,
    Pool,
    Proof,
    Result,
    UnknownSku,
    VendorInfo,
)
from seatwise.edges.sheet import fetch
from seatwise.edges.site import Site
from seatwise.vendors.table import task
from seatwise.vendors.table.answers import verdicts
from seatwise.vendors.table.config import config, length
from seatwise.vendors.table.export import Export, export


class Table:
    DESCRIBED = VendorInfo("table", key="login", undo="new", signals=("login",), verified="embedded")

    def __init__(self, account: Account, site: Site) -> None:
        self._account = account
        self._site = site
        self._config = config(account)
        self._path = self._config.path

    @property
    def info(self) -> VendorInfo:
        told = self._account.config
        return replace(
            self.DESCRIBED,
            key="id" if "holder" in self._config.columns else "login",
            takes=str(told.get("takes", self.DESCRIBED.takes)),
            undo=str(told.get("undo", self.DESCRIBED.undo)),
            practice=self._account.practice,
        )

    def read(self, skus: Iterable[str] | None) -> Iterator[Holding]:
        shown = self._export()
        wanted = tuple(shown.seats if skus is None else skus)
        for sku in wanted:
            if sku not in shown.seats:
                raise UnknownSku(sku, tuple(shown.seats))
        for sku in wanted:
            seats = tuple(sorted(shown.seats[sku].values(), key=lambda seat: seat.holder))
            proof = Proof(len(seats), 1, shown.as_of)
            yield Holding(sku, Pool(self._config.bought.get(sku), len(seats)), seats, proof)

    def apply(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Hands over in one task what the export does not show yet; the same changes make the same task once."""
        shown = self._export()
        known = verdicts(changes, shown, self._config.bought)
        handed = [change for change, answer in zip(changes, known, strict=True) if answer is None]
        name = self._task(handed, shown) if handed else ""
        for change, answer in zip(changes, known, strict=True):
            if answer is None:
                fix = f"carry it out there, then export again to {self._path}"
                yield Outcome(change, Result.HANDED_OVER, change.holder, f"written to {name}", fix, Path(name).stem)
            else:
                yield Outcome(change, answer.result, change.holder, answer.reason, answer.fix)

    def _export(self) -> Export:
        data, written = fetch(self._site, self._path, f"export it from {self._account.id}'s console")
        as_of = self._as_of(written)
        self._refuse_stale(as_of)
        return export(self._path, data, as_of, self._config)

    def _as_of(self, written: datetime) -> datetime:
        text = self._config.as_of
        try:
            moment = datetime.fromisoformat(text) if text else written
        except ValueError:
            raise IncompleteRead(f"{self._account.place}: as_of {text!r} is no date", "as in 2026-11-24") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _refuse_stale(self, as_of: datetime) -> None:
        limit = self._account.age
        age = self._site.clock.now() - as_of
        if limit is not None and age > length(limit):
            what = f"{self._path} is of {as_of:%Y-%m-%d}, {age.days} days ago; at most {limit} are allowed"
            raise IncompleteRead(what, f"export it again from {self._account.id}'s console")

    def _task(self, changes: Sequence[Change], shown: Export) -> str:
        """Writes the task and the text for its ticket; a task that this export has already is left alone."""
        rows = task.rows(changes)
        folder = self._site.state / "tasks"
        folder.mkdir(parents=True, exist_ok=True)
        mark = short(digest([shown.digest, rows]))
        path = next(iter(sorted(folder.glob(f"{self._account.id}-*-{mark}.csv"))), None)
        if path is None:
            path = folder / f"{self._account.id}-{self._site.clock.now():%Y-%m-%d}-{mark}.csv"
            practice = self._account.practice
            ticket = task.ticket(self._account.id, self._path, path.name, rows, practice=practice)
            _write(path.with_suffix(".md"), ticket)
            _write(path, task.sheet(rows, practice=practice))
        return path.relative_to(self._site.root).as_posix()


def _write(path: Path, text: str) -> None:
    """All of the file or none of it."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="")
    beside.replace(path)
