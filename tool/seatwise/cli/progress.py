"""How far a run has come: a bar for each account on a terminal, plain lines elsewhere; on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Watch = Callable[[str, int, int], None]


@contextmanager
def progress(*, quiet: bool) -> Iterator[Watch]:
    """A function to tell: account, changes sent, changes to send."""
    if quiet:
        yield lambda account, sent, every: None
    elif sys.stderr.isatty():
        with _bars() as watch:
            yield watch
    else:
        yield lambda account, sent, every: click.echo(f"{account}: {sent} of {every} sent", err=True)


@contextmanager
def _bars() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def watch(account: str, sent: int, every: int) -> None:
            if account not in tasks or sent <= bars.tasks[tasks[account]].completed:
                tasks[account] = bars.add_task(account, total=every)
            bars.update(bars.tasks[tasks[account]].id, completed=sent, total=every)

        yield watch
