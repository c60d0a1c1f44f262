"""A workspace and what is asked, in words or in a file → a branch whose files ask it; or every reason why not, and nothing.

Files are edited as the default branch has them; the work tree is not touched, and no vendor is called. A branch appears with
all of its changes, at one moment, or not at all. Whatever was written is read again first: just the rows that were ordered
may differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from seatwise.core import bulk as bulks
from seatwise.core import orders as wanted
from seatwise.core import rows, transfer
from seatwise.core.bulk import Bulk
from seatwise.core.console import Table
from seatwise.core.guess import slug
from seatwise.core.list_edit import ListEdit
from seatwise.core.model import WHERE_KEYS, Exit, Finding, Level, License, People, Settings, Stop, Tree
from seatwise.core.near import near
from seatwise.core.orders import Act, Orders, Wording
from seatwise.core.parse.settings import known_columns
from seatwise.core.resolve import Moment
from seatwise.core.transfer import Move
from seatwise.edges import edit
from seatwise.edges import tree as trees
from seatwise.edges.sheet import Sheet, sheet
from seatwise.edges.workbook import MOST_BYTES, workbook
from seatwise.flows import branches
from seatwise.flows.plan import tip_of
from seatwise.flows.workspace import PREFIXES, Workspace

TITLES = {
    Act.GIVE: "Give {0} to {1}",
    Act.TAKE: "Take {0} from {1}",
    Act.EXTEND: "Extend {0} of {1}",
    Act.NEVER: "Exclude {1} from {0}",
}
SHOWN = 5
"""Surprises named of those that an edit must not have."""


@dataclass(frozen=True, slots=True)
class How:
    """Where the change is written to; `check`: nowhere."""

    branch: str = ""
    check: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, or would be. `branch` is empty where it was only checked."""

    title: str
    bulk: Bulk
    files: tuple[str, ...]
    branch: str = ""
    file: str = ""
    rows: int = 0
    unread: tuple[str, ...] = ()
    """Columns of the file that mean nothing here."""
    stays: tuple[str, ...] = ()
    """Who is left where they are, and why."""
    findings: tuple[Finding, ...] = ()
    why: str = ""
    """What the commit says below its title."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The commit that the change is written on: its files, what they say, and who works here."""

    commit: str
    settings: Settings
    files: Mapping[str, bytes]
    tree: Tree
    people: People
    moment: Moment
    findings: tuple[Finding, ...]
    edited: Mapping[str, bytes] = field(default_factory=dict)
    """Those of the files that differ from the commit's already, by what is done before rows are edited."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What is to be written, and the tree that it makes."""

    done: Written
    files: Mapping[str, bytes]
    tree: Tree


def imported(workspace: Workspace, path: Path, wording: Wording, sheet_name: str, how: How) -> Written:
    """Does all that the rows of a file ask. Raises Stop with everything that is wrong with them."""
    read = _sheet(path, sheet_name)
    asked, told = _orders(read, wording)
    ground = ground_of(workspace, how)
    done, findings = bulks.bulk(asked, ground.tree, ground.people, ground.moment)
    _refuse(path.name, asked.rows, (*read.faults, *told, *findings))
    made = Written(_title(done, path.name), done, (), file=path.name, rows=asked.rows, unread=asked.unread)
    return _written(workspace, ground, replace(made, findings=findings), how, f"seats-{slug(path.stem)}")


def asked(workspace: Workspace, words: Mapping[str, str], how: How) -> Written:
    """Does what one command asks; its words are fields as a file has them."""
    orders, told = wanted.of_words(words)
    _refuse("", 0, told)
    ground = ground_of(workspace, how)
    done, findings = bulks.bulk(orders, ground.tree, ground.people, ground.moment)
    _refuse("", 0, findings)
    order = orders.orders[0]
    tally = done.tallies[0]
    made = Written(ticketed(done, TITLES[order.act].format(tally.license, order.who)), done, ())
    name = f"seat-{order.act}-{slug(tally.license)}-{slug(order.who.partition('@')[0])}"
    return _written(workspace, ground, replace(made, findings=findings), how, name)


def moved(
    workspace: Workspace, ends: tuple[str, str], where: Mapping[str, Sequence[str]], words: tuple[str, str], how: How
) -> Written:
    """Moves whom one license names to another: `ends` are the two, `words` the ticket and the reason of the new rows."""
    ground = ground_of(workspace, how)
    source, target = (_license(ground.tree, name) for name in ends)
    if source is target:
        raise Stop(Exit.USAGE, f"--from and --to are both {source.id}: nobody would be moved", "--to another license")
    _known_keys(ground.settings, where)
    orders, stays = transfer.transfer(Move(source, target, where, *words), ground.tree, ground.people, ground.moment)
    if not orders.orders:
        told = [f"{source.id} names nobody whom that matches", *stays[:SHOWN]]
        raise Stop(Exit.ERROR, "\n".join(told), f"seatwise explain {source.id}")
    done, findings = bulks.bulk(orders, ground.tree, ground.people, ground.moment)
    _refuse("", 0, findings)
    made = Written(ticketed(done, f"Move {seats(done.holders)} from {source.id} to {target.id}"), done, (), stays=stays)
    name = f"seat-move-{slug(source.id)}-{slug(target.id)}"
    return _written(workspace, ground, replace(made, findings=findings), how, name)


# what it stands on


def ground_of(workspace: Workspace, how: How) -> Ground:
    """The default branch's newest commit, or that of the branch that is named and there already."""
    head = workspace.git.head()
    if head is None:
        raise Stop(Exit.ERROR, "there is no commit yet", "commit the files first")
    settings = workspace.sound_tree(head).settings
    if how.branch:
        branches.check(workspace, settings, how.branch)
    tip = tip_of(workspace, settings.branch, settings.journal_remote)
    there = workspace.git.at(f"refs/heads/{how.branch}") if how.branch else None
    base = tip if there is None or workspace.git.is_ancestor(there, tip) else there
    tree = workspace.sound_tree(base)
    people, findings = workspace.people(tree, base, {})
    moment = Moment(workspace.clock.now(), tree.settings.timezone)
    files = workspace.git.files(base, PREFIXES)
    return Ground(base, tree.settings, files, tree, people, moment, tuple(map(_doubt, filter(_is_error, findings))))


def _is_error(finding: Finding) -> bool:
    return finding.level is Level.ERROR and not finding.passed_by


def _doubt(finding: Finding) -> Finding:
    """What makes people doubtful stops plan and apply; here it may only be why somebody isn't known."""
    return replace(finding, level=Level.WARN)


def _license(tree: Tree, name: str) -> License:
    license = tree.licenses.get(name)
    if license is None:
        guess = near(name, tree.licenses)
        raise Stop(Exit.USAGE, f"there is no license {name!r}", f"{guess}?" if guess else "ls licenses/*")
    return license


def _known_keys(settings: Settings, where: Mapping[str, Sequence[str]]) -> None:
    known = sorted(WHERE_KEYS | known_columns(settings))
    for key in where:
        if key not in known:
            fix = near(key, known) or f"one of {', '.join(known)}"
            raise Stop(Exit.USAGE, f"--where: people have no {key!r}", fix)


# the file


def _orders(read: Sheet, wording: Wording) -> tuple[Orders, tuple[Finding, ...]]:
    """The orders, and what is wrong with rows. Raises Stop where it is the heading, or everything."""
    if not read.heading:
        _refuse(read.path, 0, read.faults)
    asked, told = wanted.of_file(Table(read.path, read.heading, read.rows), wording)
    if not asked.columns:
        _refuse(read.path, 0, told)
    _refuse(read.path, 0, [one for one in read.faults if not read.rows or _line(one) < read.rows[0][0]])
    return asked, told


def _sheet(path: Path, sheet_name: str) -> Sheet:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Stop(Exit.USAGE, f"{path}: {error.strerror}", "name a .csv or .xlsx file that can be read") from error
    if path.suffix.casefold() == ".xlsx" or data.startswith(b"PK\x03\x04"):
        return workbook(path.name, data, sheet_name, wanted.MOST_ROWS)
    if sheet_name:
        raise Stop(Exit.USAGE, f"{path.name} is no workbook: it has no sheet {sheet_name!r}", "leave --sheet out")
    if len(data) > MOST_BYTES:
        raise Stop(Exit.ERROR, f"{path.name} has more than {MOST_BYTES:,} bytes", "split it")
    return sheet(path.name, data)


def _refuse(file: str, rows_read: int, findings: Sequence[Finding]) -> None:
    """Raises Stop where one of the findings is an error: with all of them, by row."""
    errors = sorted(filter(_is_error, findings), key=_line)
    if not errors:
        return
    if not file:
        first = errors[0]
        more = [f"{one.what} (fix: {one.fix})" for one in errors[1:]]
        raise Stop(Exit.ERROR, "\n".join([first.what, *more]), first.fix)
    bad = len({_line(one) for one in errors})
    which = f"{bad:,} of {rows_read:,} rows can't be done" if rows_read > 1 else "can't be done as it is"
    raise Stop(Exit.ERROR, f"{file}: {which}; nothing was written", findings=errors)


def _line(finding: Finding) -> int:
    return finding.place.line if finding.place else 0


# the branch


def _written(workspace: Workspace, ground: Ground, made: Written, how: How, name: str) -> Written:
    ready = edited(workspace, ground, made)
    return branched(workspace, ground, ready, how, name)


def edited(workspace: Workspace, ground: Ground, made: Written) -> Ready:
    """The files as they would be. Raises Stop where they would say anything else than was ordered."""
    files = {path: _edited(ground.files[path], path, edits) for path, edits in made.bulk.edits.items()}
    tree = _proved(workspace, ground, made.bulk, files)
    files = {**ground.edited, **files}
    done = replace(made, files=tuple(sorted(files)), findings=(*ground.findings, *made.findings))
    return Ready(done, files, tree)


def branched(workspace: Workspace, ground: Ground, ready: Ready, how: How, name: str) -> Written:
    """Writes the branch, called so where no other name is given; only says what it would be, where it is only to be checked."""
    if how.check:
        return ready.done
    workspace.git.write_branch(how.branch or name, ground.commit, ready.files, _message(ready.done))
    return replace(ready.done, branch=how.branch or name)


def _edited(data: bytes, path: str, edits: Sequence[ListEdit]) -> bytes:
    try:
        return edit.changed(data.decode(), edits).encode()
    except Stop as stop:
        raise Stop(stop.code, f"{path}: {stop.what}; nothing was written", stop.fix) from stop


def _proved(workspace: Workspace, ground: Ground, done: Bulk, files: Mapping[str, bytes]) -> Tree:
    """The tree of the new files. Raises Stop unless they are without an error, and just the rows that were ordered differ."""
    after, findings = trees.tree({**ground.files, **files}, others=workspace.git.others(ground.commit, PREFIXES))
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    got = {(change.row.kind, *change.row.key) for change in rows.changed(ground.tree, after)}
    if errors or got != done.rows:
        odd = sorted(" ".join(key) for key in got ^ done.rows)
        said = f": {'; '.join(odd[:SHOWN])}" if odd else ""
        what = f"the edited files would not ask what was ordered{said}; nothing was written"
        raise Stop(Exit.ERROR, what, "edit the files by hand, on a branch", findings=errors)
    return after


def _title(done: Bulk, file: str) -> str:
    counts = {
        "give": sum(len(one.gives) for one in done.tallies),
        "take": sum(len(one.takes) for one in done.tallies),
        "extend": sum(len(one.extends) for one in done.tallies),
        "exclude": sum(len(one.nevers) for one in done.tallies),
    }
    said = ", ".join(f"{verb} {count:,}" for verb, count in counts.items() if count)
    return ticketed(done, f"{said.capitalize()} by {file}")


def ticketed(done: Bulk, title: str) -> str:
    """The title, with the one ticket that all of it is for."""
    return f"{done.tickets[0]} {title}" if len(done.tickets) == 1 else title


def seats(count: int) -> str:
    """So many, in words."""
    return "1 seat" if count == 1 else f"{count:,} seats"


def _message(done: Written) -> str:
    tickets = f"Tickets: {', '.join(done.bulk.tickets)}\n" if len(done.bulk.tickets) > 1 else ""
    source = f"From {done.file}, {done.rows:,} rows.\n" if done.file else ""
    why = f"{done.why}\n" if done.why else ""
    return "\n".join([done.title, "", why + source + tickets]).rstrip() + "\n"
