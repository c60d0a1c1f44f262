"""A rehearsal in words: names are escaped, long lists are cut, and what does not come back is said last and loudest."""

from seatwise.core.rehearsal import Rehearsal
from seatwise.views import rehearsal_text


def test_a_round_trip_that_closes_is_two_lines() -> None:
    assert rehearsal_text.rehearsal(Rehearsal("wish", 12, 12)) == (
        "Rehearsed there and back on a copy of what the vendors show now; nobody's seat moved.\n"
        "12 changes played, 12 of them come back as they were.\n"
    )


def test_what_does_not_come_back_is_listed_cut_and_escaped() -> None:
    wrong = (*(f"revoke a p{n:02}: not given back" for n in range(11)), "revoke a \x1b[31mred: not given back")
    text = rehearsal_text.rehearsal(Rehearsal("wish", 12, 0, refused=("assign a bo: needs country",), wrong=wrong))
    assert "NOT PLAYED: 1\n  assign a bo: needs country\n" in text
    assert "DOES NOT COME BACK: 12\n  revoke a p00: not given back\n" in text
    assert "  and 2 more\n" in text
    assert text.endswith("The round trip does not close: mend what does not come back before anybody approves.\n")
    hidden = rehearsal_text.rehearsal(Rehearsal("wish", 1, 0, wrong=wrong[-1:]))
    assert "\x1b" not in hidden


def test_it_fits_a_narrow_terminal() -> None:
    lost = ("figma: they come back as new ones (ann@acme.example, bo@acme.example, cy@acme.example)",)
    text = rehearsal_text.rehearsal(Rehearsal("wish", 3, 0, lost=lost), width=40)
    assert max(map(len, text.splitlines())) <= 40
