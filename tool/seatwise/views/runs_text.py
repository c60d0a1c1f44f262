"""What people say to rollouts → text: a list of what is open, and what was just said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from seatwise.core import lifecycle
from seatwise.core.model import Tally
from seatwise.core.records import Said
from seatwise.views import words

WIDTH = 100


def listed(tallies: Sequence[Tally], heard: Iterable[Said], stopped: Mapping[str, str]) -> str:
    """One line for each open rollout: id, account, where it stands, how much of it is done, and its title."""
    lines = list(halted_accounts(stopped))
    for one in tallies:
        rollout = one.rollout
        done, all_ = len(one.gained) + len(one.lost), len(rollout.items)
        head = f"{words.text(rollout.id)}  {words.text(rollout.account)}  {lifecycle.phase(rollout)}"
        behind = f" {words.text(rollout.why)}" if rollout.state == "queued" else ""
        lines += words.wrap(
            f"{head}{behind}, {done:,} of {all_:,} seats: {words.text(rollout.title)}", WIDTH, rest="  "
        )
    lines += unheard(heard)
    return "\n".join(lines or ["No rollout is open."]) + "\n"


def halted_accounts(stopped: Mapping[str, str]) -> Iterator[str]:
    for account, reason in sorted(stopped.items()):
        name = words.text(account)
        yield from words.wrap(f"{name}: every lane is stopped: {words.text(reason)}", WIDTH, rest="  ")
        yield f'  next: seatwise run resume --account {name} --reason "go on"'


def unheard(heard: Iterable[Said]) -> Iterator[str]:
    """Words that the next run, or the next batch of one at work, obeys."""
    for one in heard:
        what = words.text(one.rollout) or "everything"
        said = f"{one.verb} {what} at {words.text(one.account)}, said by {words.text(one.by)}: {words.text(one.reason)}"
        yield from words.wrap(f"not heard yet: {said}", WIDTH, rest="  ")


def said(written: Sequence[Said], means: str, tallies: Iterable[Tally] = ()) -> str:
    """What was written, and what it comes to. `tallies`: the rollouts as they are then."""
    lines = [
        f"{words.text(one.account)}: {one.verb} {words.text(one.rollout) or 'everything'}: {means}" for one in written
    ]
    lines += (line for one in tallies for line in words.unmet(one, WIDTH))
    return "\n".join((*lines, "next: seatwise apply")) + "\n"
