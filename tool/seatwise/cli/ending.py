"""How a command ended early → its exit code, and words on standard error (with --json: an object on the output)."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Sequence

import click

from seatwise.core.model import Exit, Stop, VendorError

INTERRUPTED = 130
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a write is refused with; which file it was to, the system does not say."""
FIXES = (
    (FileNotFoundError, "make the folder that it is to lie in, or name another"),
    ((FileExistsError, NotADirectoryError), "a file is where a folder is to be: move it, or name another"),
    (IsADirectoryError, "a folder is where a file is to be: move it, or name another"),
    (PermissionError, "see who may read and write there, or name another"),
)


def ending(error: BaseException, arguments: Sequence[str]) -> int:
    """The exit code of a command that ended with this exception; whatever there is to say has been said."""
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else _told(_exit_words(error), arguments)
    if isinstance(error, BrokenPipeError):
        return _hushed()
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        return _told(Stop(Exit.ERROR, "stopped by hand"), arguments, INTERRUPTED)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return Exit.USAGE
    return _told(_stop(error, arguments), arguments)


def _stop(error: BaseException, arguments: Sequence[str]) -> Stop:
    """What to say; what no caller foresaw and the system did not refuse is a bug of ours."""
    if isinstance(error, Stop):
        return error
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, VendorError):
        return Stop(Exit.ERROR, error.what, error.fix)
    if (
        isinstance(error, OSError)
        and error.errno is not None
        and (error.filename is not None or error.errno in NO_ROOM)
    ):
        return _refused(error)
    return _bug(error, arguments)


def _refused(error: OSError) -> Stop:
    """A file that the system would not open, read, make or write; without a name, it is the output or a full disk."""
    named = error.filename is not None
    place = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "what is to be written"
    if not named:
        _drop_output()
    fix = next((fix for kind, fix in FIXES if isinstance(error, kind)), "see that it can be read and written")
    return Stop(Exit.ERROR, f"{place}: {error.strerror}", fix if named else "make room there, then run again")


def _drop_output() -> None:
    """What the output would not take is not tried again at the interpreter's end."""
    try:
        sys.stdout.flush()
    except OSError:
        _hushed()


def _exit_words(error: SystemExit) -> Stop:
    """`sys.exit("words")` means failure; `sys.exit()` means success."""
    return Stop(Exit.OK if error.code is None else Exit.ERROR, str(error.code or ""))


def _usage(error: click.ClickException) -> Stop:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "seatwise"
    return Stop(Exit.USAGE, f"{command}: {error.format_message().rstrip('.')}", f"{command} --help")


def _bug(error: BaseException, arguments: Sequence[str]) -> Stop:
    from seatwise.cli.crash import written

    fix = f"report it with {written(error, arguments)}; look through that file first"
    return Stop(Exit.BUG, f"seatwise has a bug: {type(error).__name__}", fix)


def _hushed() -> int:
    """The reader went away. Nobody is left to tell, and the interpreter shall not try at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.ERROR


def _told(stop: Stop, arguments: Sequence[str], code: int | None = None) -> int:
    code = stop.code if code is None else code
    if "--json" in arguments:
        click.echo(json.dumps(_object(stop, code), ensure_ascii=False, indent=2))
    else:
        click.echo(_words(stop), err=True, nl=False)
    return int(code)


def _words(stop: Stop) -> str:
    from seatwise.views.findings_text import findings_text

    fix = f"  fix: {_safe(stop.fix)}\n" if stop.fix else ""
    return (f"{_safe(stop.what)}\n{fix}" if stop.what else "") + findings_text(stop.findings)


def _safe(text: str) -> str:
    """Without control characters but line ends: what is quoted may come from a file that somebody else wrote."""
    return "".join(letter if letter.isprintable() or letter == "\n" else repr(letter)[1:-1] for letter in text)


def _object(stop: Stop, code: int) -> dict[str, object]:
    from seatwise.views.findings_json import findings_json

    error = {"what": stop.what, "fix": stop.fix}
    return {"exit": int(code), "error": error, **json.loads(findings_json(stop.findings))}
