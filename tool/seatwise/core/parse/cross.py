"""What is wrong between files: references, ids, families, cycles, people who are asked and excluded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from seatwise.core.model import Finding, Level, License, Place, Tree
from seatwise.core.near import near
from seatwise.core.parse.parsed import Parsed, Ref
from seatwise.core.parse.settings import known_columns

HOW = {
    "license": "licenses/<publisher>/{}.yaml must say what it is",
    "contract": "licenses/<publisher>/contracts/{}.yaml must hold its terms",
    "owner": "owners/{}.yaml must say who that is",
    "account": "name it under accounts in seatwise.yaml",
    "login": "name the account in seatwise.yaml, or forge",
    "column": "map a column to it under people in seatwise.yaml",
}
CONNECTIONS = frozenset({"account", "login", "column"})
"""Kinds of references that seatwise.yaml answers."""
CALLED = {"column": "attribute", "login": "account"}


def findings(files: Sequence[Parsed], tree: Tree) -> Iterator[Finding]:
    """Everything that no file can know by itself."""
    for look in (_same_ids, _references):
        yield from look(files, tree)
    licenses = {one.id: one for one in files if one.kind == "license"}
    for look_at in (_same_sku, _families, _cycles, _excluded):
        yield from look_at(tree, licenses)
    yield from _own_deputies(files)


def _same_ids(files: Sequence[Parsed], tree: Tree) -> Iterator[Finding]:
    seen: dict[tuple[str, str], Parsed] = {}
    for one in files:
        other = seen.setdefault((one.kind, one.id), one)
        if other is not one and one.kind != "assignments_of":
            yield _finding(
                "same-id",
                one.at(one.kind),
                f"{one.kind} {one.id!r} stands in {other.path} already",
                "give it another id",
                one.id,
            )


def _references(files: Sequence[Parsed], tree: Tree) -> Iterator[Finding]:
    known = _known(files, tree)
    untold = CONNECTIONS if _unsettled(files, tree) else frozenset()
    for one in files:
        for ref in one.refs:
            if ref.kind not in untold and ref.id not in known[ref.kind]:
                yield _unknown(ref, known[ref.kind])


def _unsettled(files: Sequence[Parsed], tree: Tree) -> bool:
    """Whether seatwise.yaml can't say which accounts and columns there are: then nobody who names one is wrong."""
    return not any(one.kind == "format" and one.noun for one in files) or (
        not tree.settings.accounts and any(one.kind == "format" and one.findings for one in files)
    )


def _known(files: Sequence[Parsed], tree: Tree) -> dict[str, frozenset[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for one in files:
        known[one.kind].add(one.id)
    accounts = frozenset(tree.settings.accounts)
    names = {kind: frozenset(known[kind]) for kind in ("license", "contract", "owner")}
    columns = known_columns(tree.settings)
    return {**names, "account": accounts, "login": accounts | {"forge"}, "column": columns}


def _unknown(ref: Ref, known: Iterable[str]) -> Finding:
    guess = near(ref.id, sorted(known))
    fix = f"did you mean {guess}?" if guess else HOW[ref.kind].format(ref.id)
    what = f"unknown {CALLED.get(ref.kind, ref.kind)} {ref.id!r}"
    return _finding("unknown-reference", ref.place, what, fix, f"{ref.place.path}/{ref.id}")


def _same_sku(tree: Tree, files: Mapping[str, Parsed]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for license in tree.licenses.values():
        if license.account and license.sku:
            other = seen.setdefault((license.account, license.sku), license.id)
            if other != license.id:
                what = f"sku {license.sku!r} of account {license.account!r} belongs to license {other!r} already"
                yield _finding(
                    "same-sku", files[license.id].at("sku"), what, "one license for one sku of an account", license.id
                )


def _families(tree: Tree, files: Mapping[str, Parsed]) -> Iterator[Finding]:
    families: dict[str, list[License]] = defaultdict(list)
    for license in tree.licenses.values():
        if license.one_of:
            families[license.one_of].append(license)
    for first, *others in families.values():
        ranks = {first.rank: first}
        for license in others:
            other, file = ranks.setdefault(license.rank, license), files[license.id]
            if other is not license:
                what = f"rank {license.rank} of family {license.one_of!r} belongs to {other.id!r} already"
                yield _finding("family", file.at("rank"), what, "give each of a family its own rank", license.id)
            if license.account != first.account and {license.account, first.account} <= tree.settings.accounts.keys():
                what = (
                    f"family {license.one_of!r} is at account {first.account!r} ({first.id}), not {license.account!r}"
                )
                yield _finding(
                    "family", file.at("account"), what, "a family lives at one account: name another family", license.id
                )


def _cycles(tree: Tree, files: Mapping[str, Parsed]) -> Iterator[Finding]:
    for key in ("requires", "includes"):
        edges = {name: getattr(license, key) for name, license in tree.licenses.items()}
        yield from _loop(edges, key, _places(files, key))
    swaps = {name: (license.when_left.to,) for name, license in tree.licenses.items()}
    yield from _loop(swaps, "when_left", _places(files, "when_left"))


def _places(files: Mapping[str, Parsed], key: str) -> Callable[[str], Place]:
    return lambda name: files[name].at(key)


def _loop(edges: Mapping[str, Sequence[str]], key: str, place: Callable[[str], Place]) -> Iterator[Finding]:
    """One finding for each ring of names that lead back to themselves, at its smallest name."""
    for start in sorted(edges):
        ring = _ring(edges, start)
        if ring and min(ring) == start:
            what = f"{key!r} leads in a circle: {' > '.join((*ring, start))}"
            yield _finding("cycle", place(start), what, f"take one {key!r} out", f"{key}/{start}")


def _ring(edges: Mapping[str, Sequence[str]], start: str) -> tuple[str, ...]:
    """The shortest way from a name back to itself; empty: there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        for name in edges.get(way[-1], ()):
            if name == start:
                return way
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()


def _own_deputies(files: Sequence[Parsed]) -> Iterator[Finding]:
    """Two owners may stand in for each other; nobody can for themselves."""
    for one in files:
        if one.kind == "owner" and one.noun and one.noun.deputy == one.id:
            yield _finding(
                "cycle", one.at("deputy"), f"owner {one.id!r} is its own deputy", "name another owner", one.id
            )


def _excluded(tree: Tree, files: Mapping[str, Parsed]) -> Iterator[Finding]:
    """People who are named and excluded: never wins, so one of the two rows does nothing."""
    for license in tree.licenses.values():
        bundled = (a for bundle in tree.bundles.values() if license.id in bundle.gives for a in bundle.who)
        named = [*(license.assignments or ()), *bundled] if license.never else []
        for never in license.never:
            for assignment in named:
                if never.person in assignment.people:
                    what = f"{never.person} is under never, {never.place}: {assignment.name!r} gives nothing"
                    yield _finding(
                        "never",
                        assignment.line(never.person),
                        what,
                        "keep one of the two rows",
                        f"{license.id}/{never.person}",
                        Level.WARN,
                    )


def _finding(rule: str, place: Place, what: str, fix: str, key: str, level: Level = Level.ERROR) -> Finding:
    return Finding(rule, level, what, fix, place, key)
