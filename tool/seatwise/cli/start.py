"""`seatwise demo | init | doctor`: where somebody starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from seatwise.cli.main import Session

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--from", "export", type=FILE, help="Seats that an admin console exported, as CSV.")
@click.option("--people", type=FILE, help="Everybody, as HR exported them; rules are proposed from it.")
@click.option("--owner", "owners", metavar="MAIL", multiple=True, help="Who approves at first, best two; with --from.")
@click.option("--account", metavar="ID", default="", help="What to call the vendor's account; else the file's name.")
@click.option("--rules", is_flag=True, help="Also take up rules that give seats to people who have none.")
@click.pass_obj
def init(
    session: Session,
    folder: Path | None,
    export: Path | None,
    people: Path | None,
    owners: tuple[str, ...],
    account: str,
    rules: bool,
) -> None:
    """Write a small repository, or one from an export: nothing is given or taken by its first plan."""
    from seatwise.edges.clock import SystemClock
    from seatwise.flows.init import Given, begin, begin_from
    from seatwise.views.init_text import started

    root = session.root / (folder or ".")
    if export is None:
        if people or owners or account or rules:
            raise click.UsageError("--people, --owner, --account and --rules go with --from")
        done = begin(root)
    elif not owners:
        raise click.UsageError("--from needs --owner MAIL, who approves at first")
    else:
        done = begin_from(root, Given(export, owners, people, account, rules), SystemClock())
    click.echo(started(str(folder or "."), done.written, done.drafts, done.findings))


@click.command()
def demo() -> None:
    """Tell the whole story on a sample company, in a temporary folder, in about a minute; needs no account."""
    from seatwise.flows.demo import tell

    tell(click.echo)


@click.command()
@click.argument("sections", nargs=-1, metavar="[SECTION]...")
@click.pass_obj
def doctor(session: Session, sections: Sequence[str]) -> int:
    """Say what is in the way of plan and apply here: machine, files, secrets, remote, journal, people, accounts, freshness; or
    look at the sections named only. Nothing is changed. Ends with 1 where something fails."""
    from seatwise.core.checkup import Health
    from seatwise.core.model import Exit
    from seatwise.flows.doctor import examined
    from seatwise.flows.workspace import Workspace
    from seatwise.views import answer_json, doctor_text

    found = examined(Workspace.open(session.root), sections)
    if session.json:
        click.echo(answer_json.dumps({"answers": found}), nl=False)
    else:
        click.echo(doctor_text.doctor(found), nl=False)
    return Exit.ERROR if any(one.health is Health.FAIL for one in found) else Exit.OK
