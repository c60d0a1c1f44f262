"""The README of a zip of evidence: what is in it, and how to check it by hand."""

from __future__ import annotations

README = """Evidence of seatwise: who was given which licence seats, why, and by whose approval.
Time: {span}

To check all of it (Python 3.10 or newer, git, and ssh-keygen where something is signed):

    python3 -I verify.py

It needs nothing installed and no network, and ends with 0, or with 9 and what does not hold. It says "internally consistent"
where only the chain of digests holds: whoever may push to the branches could have written that. It says "verified" where the
newest segment is signed by a key in allowed_signers, or where you give a commit that you know a branch to have stood at:

    python3 -I verify.py --known BRANCH=COMMIT

What you were told by another way than this zip: the SHA-256 of the zip; the keys in allowed_signers; commits of the branches.

By hand:

    sha256sum -c MANIFEST                                every file is what it was
    git clone --mirror repository.bundle check.git       the branches: {branch}, the journals, signed approvals
    git -C check.git fsck --strict
    git -C check.git log -p BRANCH                       a journal, record by record
    ssh-keygen -Y verify -f allowed_signers ...          a segment: the file FILE.jsonl.sig beside it, namespace seatwise:BRANCH

What is in it:

    MANIFEST            SHA-256 of each file
    evidence.json       the time, and where each branch stood
    changesets.jsonl    for each pull request that was admitted: request, approval with its votes, digest of what was approved,
                        digest of the calls, vendors' request ids, and its records word for word (trail)
    records/            the lines of each journal in that time, as they are stored; each names the digest of the one before
    allowed_signers     whose signatures count
    repository.bundle   the whole branches: a chain is checked from its first record
    verify.py           read it before you run it

What is not in it: bodies (what accounts showed, attributes of people), which may be erased and are named by digest only. Names of
holders are as the journal has them: pseudonyms (~ and 32 hex digits) where it has a secret, which is not in here. What was
asked of whom stands in the files of {branch} as people wrote it.
"""


def readme(branch: str, span: str) -> str:
    return README.format(branch=branch, span=span)
