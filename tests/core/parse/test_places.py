import pytest

from seatwise.core.parse.places import identity, kind, misplaced, ours


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("seatwise.yaml", "format"),
        ("licenses/figma/figma-full.yaml", "license"),
        ("licenses/figma/figma-full/team-x.yaml", "assignments_of"),
        ("licenses/figma/contracts/msa.yaml", "contract"),
        ("licenses/bundles/designer.yaml", "bundle"),
        ("licenses/bundles/x/y.yaml", ""),
        ("licenses/bundles/contracts/y.yaml", ""),
        ("licenses/figma.yaml", ""),
        ("licenses/a/b/c/d.yaml", ""),
        ("owners/design.yaml", "owner"),
        ("owners/holders/bot.yaml", "holder"),
        ("owners/x/y.yaml", ""),
        ("policies/mode.yaml", "policy"),
        ("policies/acks/a.yaml", "ack"),
        ("policies/exceptions/a.yaml", "exception"),
        ("README.md", ""),
    ],
)
def test_a_place_has_one_kind_of_file(path: str, expected: str) -> None:
    assert kind(path) == expected


def test_a_files_id_is_its_name_and_a_split_files_is_its_folder() -> None:
    assert identity("owners/design.yaml") == "design"
    assert identity("licenses/figma/figma-full/team-x.yaml") == "figma-full"


def test_only_files_that_say_something_belong_to_the_tree() -> None:
    assert ours("seatwise.yaml")
    assert ours(".github/workflows/plan.yml")
    assert not ours(".github/workflows/notes.txt")
    assert not ours("people.csv")


def test_texts_for_readers_and_workflows_may_lie_anywhere() -> None:
    paths = ["licenses/README.md", "owners/.gitkeep", ".github/workflows/plan.yml", "owners/design.yaml"]
    assert list(misplaced(paths, {})) == []


def test_names_that_some_systems_take_for_one_are_told() -> None:
    composed, decomposed = "owners/é.yaml", "owners/e\u0301.yaml"
    assert [finding.rule for finding in misplaced([composed, decomposed], {})] == ["case-twin"]
