"""System notes of a GitLab merge request → who approved, took it back, pushed, and when it was turned to another branch.

The words are GitLab's own, in English on every server (app/services/system_notes/merge_requests_service.rb and commit_service.rb,
ee/app/services/ee/system_notes/merge_requests_service.rb).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from seatwise.core.model import Says, Vote
from seatwise.core.model.vendor import IncompleteRead
from seatwise.edges.forge.api import AGAIN, NOBODY, Row, login, moment

WORDS = {
    "approved this merge request": Says.APPROVED,
    "unapproved this merge request": Says.DISMISSED,
    "requested changes": Says.CHANGES,
}
"""Requested changes: not found in the published source; who asks for changes is shown besides (`settled`)."""
RESET = re.compile(r"reset approvals from (.+)")
NAMED = re.compile(r"@([\w.-]*[\w-])")
PUSHED = re.compile(r"added \d+ commits?\b")
RETARGETED = re.compile(r"changed target branch from |deleted the `.+` branch\. This merge request now targets the ")


def votes(notes: Iterable[Row], versions: Sequence[Row]) -> list[Vote]:
    """In order of time. Notes are all system notes, versions those of the diff."""
    return sorted(_votes(notes, versions), key=lambda vote: vote.at)


def settled(
    told: Sequence[Vote], approving: Iterable[Row], asking: Iterable[Row], versions: Sequence[Row], number: str
) -> list[Vote]:
    """The votes as they stand now: who is not shown as approving does not approve, and who is shown as asking for changes asks.
    Raises IncompleteRead where somebody approves and nothing says when."""
    now = {_login(one["user"]): one for one in approving}
    latest = {vote.login: vote for vote in told}
    missing = [one for name, one in now.items() if name and not _approves(latest.get(name))]
    found = [*(replace(one, says=Says.DISMISSED) if _gone(one, latest, now) else one for one in told)]
    found += [_shown(one, versions, number) for one in missing]
    found.sort(key=lambda vote: vote.at)
    at = found[-1].at if found else None
    unheard = [one for one in asking if not _asks(latest.get(_login(one["user"])))]
    return found + [_asked(one, versions, at or moment(one["created_at"])) for one in unheard]


def of_bots(told: Iterable[Vote], bots: set[str]) -> Iterator[Vote]:
    return (replace(vote, bot=True) if vote.login in bots else vote for vote in told)


def pushers(notes: Iterable[Row]) -> Iterator[str]:
    return (_login(one["author"]) for one in notes if PUSHED.match(one["body"]))


def based(notes: Iterable[Row]) -> datetime | None:
    """When it was last turned to another branch, by somebody or because its branch was deleted."""
    return max((moment(one["created_at"]) for one in notes if RETARGETED.match(one["body"])), default=None)


def _votes(notes: Iterable[Row], versions: Sequence[Row]) -> Iterator[Vote]:
    for one in notes:
        at, says, reset = moment(one["created_at"]), WORDS.get(one["body"]), RESET.match(one["body"])
        if says:
            yield Vote(f"note:{one['id']}", _login(one["author"]), says, _head(versions, at), at)
        elif reset:
            for name in NAMED.findall(reset[1]):
                yield Vote(f"note:{one['id']}:{name}", name, Says.DISMISSED, _head(versions, at), at)


def _shown(approval: Row, versions: Sequence[Row], number: str) -> Vote:
    """An approval that no note tells of, where GitLab says when it was given."""
    user, given = approval["user"], approval.get("approved_at")
    if not given:
        what = f"merge request {number}: {user['username']} approves it, and no event says since when"
        raise IncompleteRead(what, AGAIN)
    at = moment(given)
    return Vote(f"approval:{user['id']}:{given}", _login(user), Says.APPROVED, _head(versions, at), at)


def _asked(reviewer: Row, versions: Sequence[Row], at: datetime) -> Vote:
    """Changes that somebody asks for now, without a note: since when is not told, so it is their last word."""
    user = reviewer["user"]
    return Vote(f"reviewer:{user['id']}", _login(user), Says.CHANGES, _newest(versions), at)


def _approves(vote: Vote | None) -> bool:
    return vote is not None and vote.says is Says.APPROVED


def _asks(vote: Vote | None) -> bool:
    return vote is not None and vote.says is Says.CHANGES


def _gone(vote: Vote, latest: dict[str, Vote], now: dict[str, Row]) -> bool:
    """Whether it is somebody's last word that they approve, and they are not shown to."""
    return _approves(vote) and latest[vote.login] is vote and vote.login not in now


def _head(versions: Sequence[Row], at: datetime) -> str:
    """What the newest version then was."""
    return _newest([one for one in versions if moment(one["created_at"]) <= at])


def _newest(versions: Sequence[Row]) -> str:
    found = max(versions, key=lambda one: (moment(one["created_at"]), one["id"]), default=None)
    return str(found["head_commit_sha"]) if found and found["head_commit_sha"] else NOBODY


def _login(user: Row | None) -> str:
    return login(user, "username")
