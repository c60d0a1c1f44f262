"""`seatwise account | vendor`: what is connected, and what could be."""

from __future__ import annotations

from collections.abc import Sequence

import click

from seatwise.cli.main import Session


@click.group()
def account() -> None:
    """Check, read or import an account at a vendor."""


@account.command("list")
@click.pass_obj
def list_(session: Session) -> None:
    """List the accounts of seatwise.yaml, without asking any vendor."""
    from seatwise.flows.workspace import WORKTREE, Workspace
    from seatwise.views import accounts_text, answer_json

    accounts = tuple(Workspace.open(session.root).sound_tree(WORKTREE).settings.accounts.values())
    if session.json:
        click.echo(answer_json.dumps({"accounts": [{"id": a.id, "vendor": a.vendor} for a in accounts]}), nl=False)
    else:
        click.echo(accounts_text.accounts(accounts), nl=False)


@account.command()
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.pass_obj
def check(session: Session, accounts: Sequence[str]) -> int:
    """Read each account as plan would, and say what it can do, or what is in the way. Ends with 1 where one fails."""
    from seatwise.core.model import Exit
    from seatwise.flows import accounts as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import accounts_text, answer_json

    found = flow.check(Workspace.open(session.root), accounts)
    if session.json:
        click.echo(answer_json.dumps({"accounts": found}), nl=False)
    else:
        click.echo(accounts_text.checked(found), nl=False)
    return Exit.ERROR if any(c.failure or c.missing for c in found) else Exit.OK


@account.command()
@click.argument("id", metavar="ACCOUNT")
@click.pass_obj
def read(session: Session, id: str) -> None:
    """Show every sku that the account sells, and who has it, as the vendor says it."""
    from seatwise.flows import accounts as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import accounts_text, answer_json

    holdings = flow.read(Workspace.open(session.root), id)
    if session.json:
        click.echo(answer_json.dumps({"holdings": holdings}), nl=False)
    else:
        click.echo(accounts_text.holdings(holdings), nl=False)


@account.command("import")
@click.argument("id", metavar="ACCOUNT")
@click.argument("licenses", nargs=-1, metavar="[LICENSE]...")
@click.pass_obj
def import_(session: Session, id: str, licenses: Sequence[str]) -> None:
    """Write the seats that people hold there into the license files, so that the next plan adopts them without a call."""
    from seatwise.flows import accounts as flow
    from seatwise.flows.workspace import Workspace
    from seatwise.views import accounts_text, answer_json

    done = flow.import_(Workspace.open(session.root), id, licenses)
    if session.json:
        click.echo(answer_json.dumps({"imported": done}), nl=False)
    else:
        click.echo(accounts_text.imported([(d.license, d.path, d.added, d.unknown) for d in done]), nl=False)


@click.group()
def vendor() -> None:
    """List the vendors and what each can do."""


@vendor.command("list")
@click.pass_obj
def vendors(session: Session) -> None:
    """Every vendor that is installed: what taking a seat means there, what comes back, and how it was verified."""
    from seatwise.flows import accounts as flow
    from seatwise.views import accounts_text, answer_json

    infos = flow.vendor_infos()
    if session.json:
        click.echo(answer_json.dumps({"vendors": infos}), nl=False)
    else:
        click.echo(accounts_text.vendors(infos), nl=False)
