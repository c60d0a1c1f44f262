from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.broken.cases import BASE

from seatwise.core.model import Exit, Level, Stop
from seatwise.flows.fmt import formatted, write
from seatwise.flows.validate import checked, validate


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A whole repository."""
    shutil.copytree(BASE, tmp_path / "repository")
    return tmp_path / "repository"


def spoil(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


def test_only_errors_make_a_repository_bad(root: Path) -> None:
    assert not checked(root).bad
    spoil(root, "licenses/figma/figma-full.yaml", "ines@acme.example", "ada@acme.example")
    assert len(checked(root).findings) == 1
    assert not checked(root).bad
    spoil(root, "owners/design.yaml", "deputy: it", "deputy: iit")
    assert checked(root).bad


def test_with_paths_only_their_findings_are_shown_and_all_files_are_read(root: Path) -> None:
    spoil(root, "owners/design.yaml", "deputy: it", "deputy: iit")
    spoil(root, "licenses/figma/figma-full.yaml", "owner: design", "owner: desing")
    shown = validate(root, [root / "licenses"])
    assert [finding.what for finding in shown] == ["unknown owner 'desing'"]
    assert validate(root, [root / "owners/it.yaml", root / "seatwise.yaml"]) == ()
    assert len(validate(root, [root])) == 2


def test_paths_are_from_where_one_stands(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(root, "owners/design.yaml", "deputy: it", "deputy: iit")
    monkeypatch.chdir(root / "owners")
    assert len(validate(root, [Path("design.yaml")])) == 1
    assert len(validate(Path(".."), [Path("..")])) == 1


def test_a_path_outside_of_the_repository_is_refused(root: Path) -> None:
    with pytest.raises(Stop) as stop:
        validate(root, [root.parent / "x.yaml"])
    assert stop.value.code is Exit.USAGE


def test_a_folder_without_settings_is_none_of_ours(tmp_path: Path) -> None:
    with pytest.raises(Stop) as stop:
        validate(tmp_path)
    assert stop.value.what == f"{tmp_path} has no seatwise.yaml"


def test_links_and_pipes_are_told_and_never_followed(root: Path) -> None:
    import os

    (root / "owners/away").symlink_to("/etc")
    os.mkfifo(root / "owners/pipe.yaml")
    shutil.move(root / "policies", root / "elsewhere")
    (root / "policies").symlink_to("elsewhere")
    told = {(str(finding.place), finding.rule) for finding in validate(root)}
    assert {("owners/away:1", "symlink"), ("owners/pipe.yaml:1", "no-file"), ("policies:1", "symlink")} <= told


def test_a_file_too_large_is_told_without_reading_it_whole(root: Path) -> None:
    with (root / "owners/it.yaml").open("ab") as file:
        file.truncate(2**40)
    assert [finding.rule for finding in validate(root)] == ["yaml-size"]


def test_a_path_that_is_no_utf8_is_told_like_any_other(root: Path) -> None:
    (Path(root) / "owners/caf\udce9.txt").write_bytes(b"")
    assert [finding.rule for finding in validate(root)] == ["stray-file"]


def test_untidy_files_are_found_and_written_and_then_there_are_none(root: Path) -> None:
    spoil(root, "owners/design.yaml", "deputy: it", "deputy: it   ")
    found = formatted(root)
    assert [one.path for one in found.untidy] == ["owners/design.yaml"]
    assert formatted(root, [root / "licenses"]).untidy == ()
    write(root, found.untidy)
    assert formatted(root).untidy == ()
    assert (root / "owners/design.yaml").read_text() == (BASE / "owners/design.yaml").read_text()


def test_a_file_that_is_no_yaml_is_told_and_the_others_are_tidied(root: Path) -> None:
    spoil(root, "owners/design.yaml", "deputy: it", "deputy: it   ")
    (root / "owners/it.yaml").write_text("owner: [it\n")
    found = formatted(root)
    assert [one.path for one in found.untidy] == ["owners/design.yaml"]
    assert [finding.rule for finding in found.findings] == ["yaml-syntax"]


HEAD = "E-Mail,Status,Department,Site,Eintritt\n"


@pytest.fixture
def export(root: Path) -> Path:
    """HR's export, which maps a first day."""
    spoil(root, "seatwise.yaml", "map: {mail: E-Mail,", "map: {mail: E-Mail, start: Eintritt,")
    return root / "people.csv"


def test_a_day_in_hrs_export_that_cannot_be_read_is_named_as_a_plan_names_it(root: Path, export: Path) -> None:
    export.write_text(f"{HEAD}ann@acme.example,A,IT,Bonn,2026-13-40\nbo@acme.example,T,IT,Bonn,01.02.2020\n")
    (found,) = validate(root)
    assert (str(found.place), found.level, found.person) == ("people.csv:2", Level.HOLD, "ann@acme.example")
    assert "'2026-13-40' is no date (start), in column 'Eintritt'" in found.what
    assert (found.fix, checked(root).bad) == ("write it as 2026-12-31 or 31.12.2026", False)
    assert validate(root, [root / "licenses"]) == ()


def test_an_export_of_which_too_much_cannot_be_read_is_an_error(root: Path, export: Path) -> None:
    export.write_text(HEAD + "".join(f"p{n}@acme.example,A,IT,Bonn,soon\n" for n in range(5)))
    assert checked(root).bad
    assert {finding.rule for finding in validate(root)} == {"people-unreadable", "people-incomplete"}


def test_an_export_without_a_column_that_is_mapped_is_an_error(root: Path, export: Path) -> None:
    export.write_text("E-Mail,Status,Department,Site\n")
    assert [(str(f.place), f.level) for f in validate(root)] == [("people.csv:1", Level.ERROR)]


def test_an_export_that_is_not_there_or_leads_out_is_not_asked_for(root: Path, export: Path, tmp_path: Path) -> None:
    assert validate(root) == ()
    (tmp_path / "elsewhere.csv").write_text(f"{HEAD}ann@acme.example,A,IT,Bonn,soon\n")
    export.symlink_to(tmp_path / "elsewhere.csv")
    assert validate(root) == ()


def test_accounts_that_can_not_be_meant_are_told_with_their_lines_and_nobody_is_called(root: Path) -> None:
    text = (root / "seatwise.yaml").read_text("utf-8")
    more = "  octo: {vendor: github, token: env:GH}\n  odd: {vendor: githbu}\n  good: {vendor: github, org: acme}\n"
    (root / "seatwise.yaml").write_text(text.replace("accounts:\n", f"accounts:\n{more}"), encoding="utf-8")
    said = [(one.key, one.what, one.fix) for one in checked(root).findings if one.rule == "account"]
    assert said == [
        ("octo", "account octo names no organisation", "org: acme"),
        ("odd", "account odd has vendor 'githbu', which is unknown", "github"),
    ]
    assert checked(root).bad


def test_people_behind_an_api_are_not_asked_for(root: Path) -> None:
    text = (root / "seatwise.yaml").read_text("utf-8")
    source = "    far: {kind: http_table, url: 'https://hr.example/report', token: env:HR, map: {mail: Mail}}\n"
    (root / "seatwise.yaml").write_text(text.replace("  sources:\n", f"  sources:\n{source}"), encoding="utf-8")
    assert not checked(root).bad
