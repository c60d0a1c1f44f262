"""The command line ends with the exit code and the words that its users were promised."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from seatwise.cli.crash import redacted
from seatwise.cli.main import COMMANDS, Commands, Session, cli
from seatwise.core.model import Exit, Finding, Level, Place, Stop, VendorError

FINDING = Finding("keys", Level.ERROR, "unknown key 'users'", "people", Place("licenses/a/b.yaml", 19))


class OnlyPlan(Commands):
    """The command line with `plan` replaced."""

    def __init__(self, does: Callable[[], object]) -> None:
        super().__init__("seatwise", params=cli.params, callback=cli.callback)
        self.does = does

    def load(self, name: str) -> click.Command:
        return click.Command(name, callback=self.does)


def ended(does: Callable[[], object], *arguments: str) -> Result:
    return CliRunner().invoke(OnlyPlan(does), [*arguments, "plan"])


def raising(error: BaseException) -> Callable[[], object]:
    def does() -> None:
        raise error

    return does


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_help_lists_every_command_under_its_heading() -> None:
    text = CliRunner().invoke(cli, ["--help"]).output
    assert [text.index(heading) for heading in ("The road:", "Things:", "Start:")] == sorted(
        text.index(heading) for heading in ("The road:", "Things:", "Start:")
    )
    assert all(f"  {name} " in text for name in COMMANDS)


def test_help_imports_click_the_standard_library_and_one_file_of_ours() -> None:
    code = """
import contextlib, io, sys
before = set(sys.modules)
import seatwise.cli.main as main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main.cli.main(["--help"])
new = {name for name in set(sys.modules) - before if name.partition(".")[0] not in sys.stdlib_module_names}
print(sorted(name for name in new if not name.startswith("click")))
"""
    assert python(code).stdout.strip() == "['seatwise', 'seatwise.cli', 'seatwise.cli.main']"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_shows_its_own_help(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert (result.exit_code, result.output.startswith(f"Usage: seatwise {name}")) == (0, True)


def test_a_mistyped_command_is_told_the_near_one_and_ends_64() -> None:
    result = CliRunner().invoke(cli, ["plna"])
    assert result.exit_code == 64
    assert result.stderr == "seatwise: no command 'plna'; did you mean plan?\n  fix: seatwise --help\n"


def test_a_word_near_to_nothing_is_told_no_guess() -> None:
    assert CliRunner().invoke(cli, ["xyzzy"]).stderr.startswith("seatwise: no command 'xyzzy'\n")


def test_an_unknown_option_ends_64_and_names_the_commands_own_help() -> None:
    result = CliRunner().invoke(OnlyPlan(lambda: None), ["plan", "--frobnicate"])
    assert result.exit_code == 64
    assert result.stderr.endswith("fix: seatwise plan --help\n")


def test_no_command_at_all_shows_the_help_and_ends_64() -> None:
    result = CliRunner().invoke(cli, [])
    assert (result.exit_code, result.stderr.startswith("Usage: seatwise")) == (64, True)


def test_a_folder_that_is_not_there_is_a_usage_error() -> None:
    assert CliRunner().invoke(cli, ["-C", "/nowhere/at/all", "plan"]).exit_code == 64


def test_a_stop_says_what_and_fix_then_its_findings_and_ends_with_its_code() -> None:
    result = ended(raising(Stop(Exit.DENIED, "not approved", "ask kim-s", findings=[FINDING])))
    assert result.exit_code == 3
    assert result.stderr == (
        "not approved\n  fix: ask kim-s\nlicenses/a/b.yaml:19: unknown key 'users'\n  fix: people\n1 error\n"
    )
    assert result.stdout == ""


@pytest.mark.parametrize("arguments", [["--json", "plan"], ["plan", "--json"]])
def test_the_same_as_json_is_one_object_on_standard_output(arguments: list[str]) -> None:
    stop = Stop(Exit.STALE, "main moved", "plan again", findings=[FINDING])
    result = CliRunner().invoke(OnlyPlan(raising(stop)), arguments)
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["exit"], result.stderr) == (4, 4, "")
    assert answer["error"] == {"what": "main moved", "fix": "plan again"}
    assert (answer["findings"][0]["path"], answer["findings"][0]["line"]) == ("licenses/a/b.yaml", 19)


def test_words_from_files_cannot_drive_the_terminal() -> None:
    result = ended(raising(Stop(Exit.ERROR, "nobody is '\x1b[31mbo\r\u202e'")))
    assert result.stderr == "nobody is '\\x1b[31mbo\\r\\u202e'\n"


def test_a_command_ends_with_the_code_that_it_returns() -> None:
    assert ended(lambda: Exit.CHANGES).exit_code == 2
    assert ended(lambda: None).exit_code == 0


def test_a_bug_ends_70_with_a_sentence_and_a_log_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seatwise.yaml").write_text("accounts: {octo: {vendor: github, token: env:OCTO}}\n")
    monkeypatch.setenv("OCTO", "ghp-4711-secret")
    result = ended(raising(ValueError("cannot send ghp-4711-secret")), "-C", str(tmp_path))
    log = Path(result.stderr.split("report it with ")[1].split(";")[0])
    assert (result.exit_code, result.stderr.splitlines()[0]) == (70, "seatwise has a bug: ValueError")
    assert "Traceback" not in result.output
    assert "cannot send <OCTO>" in log.read_text()
    assert "ghp-4711-secret" not in log.read_text()
    log.unlink()


def test_variables_that_sound_secret_are_redacted_and_others_stay() -> None:
    environment = {"SLACK_TOKEN": "xoxb-1", "EDITOR": "nano", "JOURNAL_KEY": "k-e-y", "SHORT_TOKEN": "ab"}
    assert redacted("xoxb-1 nano k-e-y ab", environment, ()) == "<SLACK_TOKEN> nano <JOURNAL_KEY> ab"


def test_ctrl_c_ends_130_in_one_line() -> None:
    result = ended(raising(KeyboardInterrupt()))
    assert (result.exit_code, result.stderr.strip()) == (130, "stopped by hand")


def test_a_terminated_command_still_cleans_up_and_ends_143(tmp_path: Path) -> None:
    code = (
        "import os, signal, seatwise.cli.main as m\n"
        "try:\n"
        "    signal.signal(signal.SIGTERM, m.stop_cleanly); os.kill(os.getpid(), signal.SIGTERM)\n"
        "finally:\n"
        "    print('cleaned')\n"
    )
    done = python(code)
    assert (done.returncode, done.stdout) == (128 + signal.SIGTERM, "cleaned\n")


def test_a_reader_that_goes_away_is_met_with_silence() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    code = "import sys; sys.argv = ['seatwise', '--help']; from seatwise.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_every_command_is_given_folder_form_and_colour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Session] = []
    does = click.pass_obj(seen.append)
    ended(does, "-C", str(tmp_path), "-vv", "-q", "--color")
    monkeypatch.setenv("NO_COLOR", "1")
    ended(does, "--json")
    assert seen == [Session(tmp_path, False, 1, True), Session(Path(), True, 0, False)]


def test_what_the_system_refuses_is_said_with_its_path_and_is_no_bug(tmp_path: Path) -> None:
    result = ended(lambda: (tmp_path / "none/x.json").write_text(""))
    said = f"{tmp_path}/none/x.json: No such file or directory"
    fix = "make the folder that it is to lie in, or name another"
    assert (result.exit_code, result.stderr) == (1, f"{said}\n  fix: {fix}\n")


def test_a_file_where_a_folder_is_to_be_is_said(tmp_path: Path) -> None:
    (tmp_path / ".seatwise").write_text("")
    result = ended((tmp_path / ".seatwise/sandbox").mkdir)
    assert (result.exit_code, "Not a directory" in result.stderr, "move it" in result.stderr) == (1, True, True)


def test_an_output_that_takes_no_more_is_said_once_and_ends_1() -> None:
    code = "import sys; from seatwise.cli.main import cli; cli.main(['vendor', 'list'])"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "what is to be written: No space left on device\n  fix: make room there, then run again\n",
    )


def test_an_error_of_the_system_that_names_no_file_and_no_lack_of_room_stays_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert ended(raising(OSError("odd"))).exit_code == 70


def test_a_failure_of_a_vendor_that_no_flow_takes_is_said() -> None:
    result = ended(raising(VendorError("down", "wait")))
    assert (result.exit_code, result.stderr) == (1, "down\n  fix: wait\n")
