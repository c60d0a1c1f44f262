from __future__ import annotations

from pathlib import Path

import pytest
from tests.company import Company

from seatwise.core.model import Account, Reading, Stop, Tree
from seatwise.flows.accounts import check, import_
from seatwise.flows.workspace import Workspace


def two(folder: Path) -> Company:
    """A company whose seats of A and B nobody asks for yet."""
    company = Company(folder, remote=False)
    company.sells(A=9, B=9)
    company.hires("ann", "bo")
    company.holds("A", "ann")
    company.holds("B", "bo")
    company.asks("manage both", a="", b="")
    return company


def test_seats_that_nobody_asks_for_are_written_into_the_files(tmp_path: Path) -> None:
    company = two(tmp_path)
    assert [one.added for one in import_(company.workspace, "v", [])] == [("ann@x.example",), ("bo@x.example",)]
    assert "- ann@x.example" in (company.root / "licenses/x/a.yaml").read_text()


class Meanwhile(Workspace):
    """While the account is read, somebody puts a link where the file of B was."""

    def reading(self, account: Account, tree: Tree, commit: str) -> Reading:
        path = self.root / "licenses/x/b.yaml"
        path.rename(self.root.parent / "b.yaml")
        path.symlink_to(self.root.parent / "b.yaml")
        return Workspace.reading(self, account, tree, commit)


def test_nothing_is_imported_through_a_symbolic_link(tmp_path: Path) -> None:
    company = two(tmp_path)
    workspace = company.workspace
    before = [(company.root / f"licenses/x/{id}.yaml").read_text() for id in "ab"]
    with pytest.raises(Stop, match="is a symbolic link; nothing was written"):
        import_(Meanwhile(workspace.git, workspace.clock, workspace.env), "v", [])
    assert [(company.root / f"licenses/x/{id}.yaml").read_text() for id in "ab"] == before


@pytest.mark.parametrize(("word", "fix"), [("aa", "one of a, b"), ("zebra", "one of a, b")])
def test_a_license_that_is_not_there_is_told_with_those_that_are(tmp_path: Path, word: str, fix: str) -> None:
    with pytest.raises(Stop) as stop:
        import_(two(tmp_path).workspace, "v", [word])
    assert (stop.value.what, stop.value.fix) == (f"license {word} is not at account v", fix)


def test_of_many_licenses_the_one_that_is_meant_is_named_or_where_they_stand(tmp_path: Path) -> None:
    company = two(tmp_path)
    for number in range(20):
        company.license(f"design-{number:02}", sku=f"D{number}")
    found = []
    for word in ("desing-07", "zebra"):
        with pytest.raises(Stop) as stop:
            import_(company.workspace, "v", [word])
        found.append(stop.value.fix)
    assert found == ["did you mean design-07?", "see the files in licenses/"]


def test_an_account_that_no_license_names_is_called_before_it_is_said_to_be_read(tmp_path: Path) -> None:
    company = Company(tmp_path, remote=False)
    settings = (company.root / "seatwise.yaml").read_text(encoding="utf-8")
    octo = "accounts:\n  octo: {vendor: github, org: acme, token: env:NOBODY}\n"
    company.write("seatwise.yaml", settings.replace("accounts:\n", octo))
    company.sells(A=1)
    company.commit("octo")
    (checked,) = check(company.workspace, ["octo"])
    assert (checked.failure, checked.fix) == ("account octo: NOBODY is not set", "give this job the secret NOBODY")
