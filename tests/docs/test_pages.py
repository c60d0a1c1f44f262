"""The pages agree with the code and with each other: what is generated is fresh, links lead somewhere, commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from seatwise import policies
from seatwise.cli.main import COMMANDS, cli

TOP = Path(__file__).parents[2]
PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md"), *TOP.glob("changelog.d/*.md")])
WRITTEN = [page for page in PAGES if page.name != "policies.md"]
"""Pages of people. docs/policies.md comes from the policies, whose advice the test of messages looks at."""
RECIPES = sorted(page.stem for page in (TOP / "docs" / "cookbook").glob("*.md"))
RECORDS = sorted((TOP / "docs" / "adr").glob("*.md"))
SAID = re.compile(r"`seatwise ([^`]+)`")
ADVICE = re.compile(r"\bseatwise (ack|account|audit|ci|drift|journal|license|people|run|seat|vendor) ([a-z]+)\b")


def fit(words: list[str]) -> str:
    """What is wrong with a command line as a page shows it; empty if nothing is."""
    command: click.Command = cli
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words[0])
        if found is None:
            return f"no command {words[0]}"
        command, words = found, words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    return ", ".join(word for word in words if word.startswith("-") and word not in {*known, "--help"})


def test_pages_made_from_code_are_fresh() -> None:
    done = subprocess.run([sys.executable, TOP / "docs" / "generate.py", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_page_of_policies_is_what_the_policies_say() -> None:
    assert (TOP / "docs" / "policies.md").read_text(encoding="utf-8") == policies.describe()


def test_every_command_is_in_the_reference() -> None:
    page = (TOP / "docs" / "cli.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"\n## seatwise {name}\n" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(TOP)))
def test_commands_that_a_page_names_exist_with_their_options(page: Path) -> None:
    lines = SAID.findall(page.read_text(encoding="utf-8"))
    assert {line: wrong for line in lines if (wrong := fit(line.split()))} == {}


def test_commands_that_messages_advise_exist() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in (TOP / "tool" / "seatwise").rglob("*.py")}
    advised = {(path.name, *words) for path, text in texts.items() for words in ADVICE.findall(text)}
    assert sorted(one for one in advised if fit(list(one[1:]))) == []


def test_commands_are_shown_where_a_test_runs_them() -> None:
    """README.md's by test_readme, docs/journal.md's by tests/edges/test_journal_docs.py, the recipes by test_cookbook."""
    fenced = {
        str(page.relative_to(TOP))
        for page in PAGES
        if re.search(r"^```(console|sh|bash|shell)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert fenced == {"README.md", "docs/journal.md", *(f"docs/cookbook/{name}.md" for name in RECIPES)}


def test_records_of_choices_are_numbered_without_a_gap_and_say_what_speaks_against_them() -> None:
    texts = [record.read_text(encoding="utf-8") for record in RECORDS]
    numbers = [
        (int(record.name[:4]), int(text[2 : text.index(".")])) for record, text in zip(RECORDS, texts, strict=True)
    ]
    assert numbers == [(n, n) for n in range(1, len(RECORDS) + 1)]
    assert [r.name for r, text in zip(RECORDS[1:], texts[1:], strict=True) if "**Against it.**" not in text] == []


def test_every_fragment_of_the_changelog_has_a_kind_and_is_short() -> None:
    fragments = [path for path in (TOP / "changelog.d").iterdir() if path.name != "README.md"]
    strange = [f.name for f in fragments if not re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md", f.name)]
    assert (strange, [f.name for f in fragments if len(f.read_text(encoding="utf-8").splitlines()) != 1]) == ([], [])


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(TOP)))
def test_records_that_a_page_names_by_number_are_about_what_it_says(page: Path) -> None:
    about = {int(record.name[:4]): record.read_text(encoding="utf-8") for record in RECORDS}
    named = re.findall(r"^\| (\S+) \|.*\(ADR (\d+)\)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert [(what, number) for what, number in named if what not in about.get(int(number), "").casefold()] == []
