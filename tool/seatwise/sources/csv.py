"""A CSV export of people, as HR systems and spreadsheets write it → its rows by our fields; what a row must be: edges/feed."""

from __future__ import annotations

from pathlib import PurePosixPath

from seatwise.core.feeds import RawPeople
from seatwise.core.model import Exit, PeopleSource, Stop
from seatwise.edges import feed
from seatwise.edges.site import Site


def read(source: PeopleSource, site: Site) -> RawPeople:
    """The export's rows. Raises Stop with everything that makes them doubtful, each with file and line."""
    path = _path(source)
    data, as_of = site.read_file(path)
    return feed.text(source, path, data, as_of)


def _path(source: PeopleSource) -> str:
    path = str(source.config.get("from", ""))
    if not path or path.startswith("/") or "\\" in path or ".." in PurePosixPath(path).parts:
        fix = "from: people.csv, a path inside the repository's folder"
        raise Stop(Exit.ERROR, f"{source.place}: people source {source.id} cannot be read from {path!r}", fix)
    return path
