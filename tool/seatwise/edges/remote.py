"""What git says of a remote that it did not read → a Stop in our words: which remote, why, and the fix.

Git's own words are never shown: an address in them may hold a password or a token, and so may what a server says.
"""

from __future__ import annotations

import re
from pathlib import Path

from seatwise.core.model import Exit, Stop
from seatwise.edges.gitrun import Answer, run

REFUSED = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|returned error: 40[13]\b|Permission denied \("
)
"""The remote is there, and does not let us in."""
REASONS = (
    (re.compile(r"Could not resolve host"), "there is no such host"),
    (
        re.compile(r"[Cc]onnection refused|Couldn't connect|Failed to connect|unable to connect"),
        "nothing answers there",
    ),
    (re.compile(r"timed out|Timeout", re.IGNORECASE), "it does not answer in time"),
    (re.compile(r"Host key verification failed"), "ssh does not know the key of its host"),
    (re.compile(r"certificate", re.IGNORECASE), "its certificate is not trusted"),
    (
        re.compile(r"does not appear to be a git repository|not found|does not exist|No such file or directory"),
        "there is no repository there, or this login may not see it",
    ),
    (re.compile(r"returned error: 5\d\d"), "its server is in trouble"),
)
_USER = re.compile(r"://\S*@")


def unreachable(folder: Path, remote: str, answer: Answer) -> Stop:
    """Raised where git read nothing from the remote of this name."""
    name = f"remote {remote}"
    try_ = f"git ls-remote {remote}"
    if REFUSED.search(answer.err):
        what = f"{name} refuses the login: {address(folder, remote)}"
        return Stop(Exit.ERROR, what, f"give git a token or an ssh key that may read and write there, then: {try_}")
    fix = f"see that the address is right and that it answers: {try_}; another address: git remote set-url {remote} URL"
    return Stop(Exit.ERROR, f"{name} can't be reached at {address(folder, remote)}: {why(answer)}", fix)


def why(answer: Answer) -> str:
    """In our words; where git's are not known: that it failed."""
    if REFUSED.search(answer.err):
        return "it refuses the login"
    return next((said for seen, said in REASONS if seen.search(answer.err)), f"git ends with {answer.code}")


def address(folder: Path, remote: str) -> str:
    """Where a remote is, without user, password, or what may follow a question mark."""
    found = run(folder, ["remote", "get-url", "--", remote], expect=(0, 2, 128)).text or remote
    return re.split(r"[?#]", _USER.sub("://", found))[0] if "://" in found else found
