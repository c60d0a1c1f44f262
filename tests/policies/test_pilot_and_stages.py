import pytest
from tests.policies.reviews import found, review, takes

from seatwise import policies
from seatwise.core.model import Duration, Level, Place, Policy, Tree


def problems(id: str, **params: object) -> list[str]:
    file = Policy(id, Level.BLOCK, params, Place(f"policies/{id}.yaml"))
    return [f"{one.place}: {one.what} / {one.fix}" for one in policies.problems(Tree(policies={id: file}))]


@pytest.mark.parametrize("size", ["5", "8", 10])
def test_a_pilot_of_five_to_ten_people_is_one(size: object) -> None:
    assert problems("pilot", size=size) == []


@pytest.mark.parametrize("size", ["3", "4", "11", 40])
def test_a_pilot_of_three_or_forty_people_is_an_error(size: object) -> None:
    assert problems("pilot", size=size) == [
        f"policies/pilot.yaml:1: size in policy 'pilot': '{size}' is no count / a whole number from 5 to 10"
    ]


@pytest.mark.parametrize("probe", ["command", "https://up.example/x?of=mail"])
def test_a_probe_is_an_address_or_a_command_that_stands_elsewhere(probe: str) -> None:
    assert problems("stages", probe=probe) == []


@pytest.mark.parametrize(
    "probe", ["curl x", "commands", "http://up.example", "file:///etc/passwd", "https://a b", "https://a\nb"]
)
def test_what_else_stands_there_is_never_asked_and_never_run(probe: str) -> None:
    (problem,) = problems("stages", probe=probe)
    assert problem.endswith("is no probe / an https address; or `command`, and seatwise apply --probe COMMAND")
    file = Policy("stages", Level.BLOCK, {"probe": probe}, Place(""))
    assert policies.rules(Tree(policies={"stages": file}))["stages"].params["probe"] == ""


def test_soaks_are_durations_and_what_is_left_out_keeps_its_default() -> None:
    file = Policy("stages", Level.BLOCK, {"soak": {"gives": "30 minutes"}, "early": "20 %"}, Place(""))
    typed = policies.rules(Tree(policies={"stages": file}))["stages"].params
    assert typed["soak"] == {"gives": Duration(30, "minutes"), "takes": Duration(20, "hours")}
    assert (str(typed["early"]), str(typed["half"])) == ("0.2", "0.50")


@pytest.mark.parametrize("id", ["pilot", "stages"])
def test_they_only_hold_parameters(id: str) -> None:
    assert found(id, review(changes=takes(300))) == []
