from decimal import Decimal

import pytest
from tests.policies.reviews import PLACE, TODAY, found, held, license, lot, review, sizes, tree

from seatwise.core import check
from seatwise.core.model import Ack, License, Price, Review, Size, Tree


def moving(gives: int, takes: int = 0, of: License | None = None, **fields: object) -> Review:
    size = Size("figma", gives + takes, gives, takes)
    return review(tree=tree(of or license()), sizes=sizes(size), figures=held(figma=1000), **fields)


@pytest.mark.parametrize(("gives", "needed"), [(0, False), (5, False), (6, True)])
def test_a_bulk_changeset_needs_a_ticket(gives: int, needed: bool) -> None:
    assert bool(found("ticket-required", moving(gives))) is needed


def test_the_message_says_what_a_ticket_looks_like() -> None:
    (finding,) = found("ticket-required", moving(4, 4), pattern="ITSM-#")
    assert finding.what == "this moves 8 seats, and no ticket like ITSM-# is named"


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("December joiners ITSM-4411", True),
        ("(ITSM-4411): joiners", True),
        ("December joiners", False),
        ("XITSM-4411", False),
        ("ITSM-4411x", False),
        ("ITSM-", False),
        ("OTHER-12", False),
    ],
)
def test_the_title_may_name_it(title: str, named: bool) -> None:
    assert bool(found("ticket-required", moving(9, title=title), pattern="ITSM-#")) is not named


def test_an_assignment_may_name_it() -> None:
    assert found("ticket-required", moving(9, tickets=("", "ITSM-4411"))) == []


@pytest.mark.parametrize(("pattern", "title"), [("@-#", "OPS2-7"), ("#", "see 4711"), ("CHG(#)", "CHG(12)")])
def test_a_pattern_is_letters_numbers_and_itself(pattern: str, title: str) -> None:
    assert found("ticket-required", moving(9, title=title), pattern=pattern) == []


def test_no_pattern_can_take_long() -> None:
    assert found("ticket-required", moving(9, title="A" * 50_000), pattern="@" * 100) != []


def test_in_a_small_pool_three_seats_are_bulk() -> None:
    of = review(sizes=sizes(Size("figma", 3, 3, 0)), figures=held(figma=9))
    assert len(found("ticket-required", of)) == 1
    assert found("ticket-required", of, bulk=False) == []


def test_one_paid_seat_may_need_one() -> None:
    paid = license(lots=(lot(9, "12.00"),))
    assert found("ticket-required", moving(1, of=paid)) == []
    (finding,) = found("ticket-required", moving(1, of=paid), paid=True)
    assert finding.what == "this gives seats of figma, and no ticket like @-# is named"
    assert found("ticket-required", moving(0, 1, of=paid), paid=True) == []
    assert found("ticket-required", moving(1), paid=True) == []
    free = license(lots=(lot(9, "0.00"),))
    assert free.lots[0].price == Price(Decimal("0.00"), "EUR")
    assert found("ticket-required", moving(1, of=free), paid=True) == []
    unknown = review(sizes=sizes(Size("figma", 1, 1, 0)))
    assert found("ticket-required", unknown, paid=True) == []


def test_an_exact_reverse_needs_none() -> None:
    assert found("ticket-required", moving(300, exact_reverse=True)) == []


def test_an_acknowledgement_lets_exactly_these_asks_pass() -> None:
    findings = found("ticket-required", moving(9))
    ack = Ack("ack", "ticket-required", "the tracker is down", TODAY, PLACE, asks="sha256:" + "12" * 6)
    tree_with = Tree(acks={"ack": ack})
    assert check.passed(findings, tree_with, "sha256:" + "12" * 32, TODAY)[0].passed_by == "ack"
    assert check.passed(findings, tree_with, "sha256:" + "13" * 32, TODAY)[0].passed_by == ""
