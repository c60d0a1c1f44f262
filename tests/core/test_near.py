import pytest

from seatwise.core.near import among, near


@pytest.mark.parametrize(
    ("word", "candidates", "meant"),
    [
        ("Enginering", ["Sales", "Engineering"], "Engineering"),
        ("bo.okafr@acme.example", ["bo.okafor@acme.example", "ada@acme.example"], "bo.okafor@acme.example"),
        ("SALES", ["Sales"], "Sales"),
        ("xyz", ["Sales", "Engineering"], ""),
        ("sales", [], ""),
    ],
)
def test_the_near_miss_is_the_most_alike_or_nothing(word: str, candidates: list[str], meant: str) -> None:
    assert near(word, candidates) == meant


def test_of_two_that_are_as_near_the_first_by_name_is_meant_in_any_order() -> None:
    assert near("team-c", ["team-b", "team-a"]) == near("team-c", ["team-a", "team-b"]) == "team-a"


def test_names_that_are_few_are_all_said_beside_the_one_that_is_meant() -> None:
    assert among("figm", ["figma", "slack"]) == "did you mean figma?; one of figma, slack"
    assert among("x", ["figma", "slack"]) == "one of figma, slack"
    assert among("a0x", [f"a{n}" for n in range(21)]) == "did you mean a0?"
    assert among("x", []) == "see seatwise.yaml"
