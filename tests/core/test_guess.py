"""Which column of somebody's export is which of our fields."""

from __future__ import annotations

from seatwise.core.guess import codes, columns, slug


def test_a_heading_is_known_whatever_its_case_spaces_and_hyphens() -> None:
    heading = ["User Principal Name", "LICENSES", "Job-Title"]
    found = columns(heading, ("mail", "license", "title", "country"))
    assert found == {"mail": "User Principal Name", "license": "LICENSES", "title": "Job-Title"}


def test_a_mail_column_is_taken_before_a_login() -> None:
    assert columns(["Login", "E-Mail"], ["mail"]) == {"mail": "E-Mail"}


def test_of_two_equal_headings_the_first_is_taken() -> None:
    assert columns(["email", "E-Mail"], ["mail"]) == {"mail": "email"}


def test_codes_are_told_from_words_that_mean_nothing_to_us() -> None:
    known, unknown = codes("status", ["Active", "On leave", "Q", "", "Active"])
    assert (known, unknown) == ({"Active": "active", "On leave": "leave"}, ("", "Q"))


def test_an_id_is_made_of_letters_digits_and_hyphens() -> None:
    assert slug("Microsoft 365 E3 (EU)") == "microsoft-365-e3-eu"


def test_an_id_that_is_taken_is_numbered() -> None:
    assert slug("Pro", ["pro", "pro-2"]) == "pro-3"


def test_a_name_without_letters_still_has_an_id() -> None:
    assert slug("会議") == "license"
