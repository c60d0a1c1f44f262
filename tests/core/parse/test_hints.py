import pytest

from seatwise.core.parse.hints import hint


@pytest.mark.parametrize(
    ("title", "written", "meant"),
    [
        ("date", "31.12.2026", "2026-12-31"),
        ("date", "31/12/2026", "2026-12-31"),
        ("date", "2026/12/31", "2026-12-31"),
        ("date", "31 December 2026", "2026-12-31"),
        ("date", "12.2026", ""),
        ("date", "30.02.2026", ""),
        ("date", "31.12.26", ""),
        ("duration", "90", "90 days"),
        ("duration", "90d", "90 days"),
        ("duration", "36 Months", "36 months"),
        ("duration", "12 mins", "12 minutes"),
        ("duration", "2 moons", ""),
        ("duration", "a while", ""),
        ("price", "$19", "19 USD / month"),
        ("price", "19,00 EUR per year", "19.00 EUR / year"),
        ("price", "GBP 400 once", "400 GBP once"),
        ("price", "19.00", ""),
        ("price", "EUR", ""),
        ("share", "10 %", "10%"),
        ("share", "2.5", "2.5%"),
        ("share", "a few", ""),
        ("id", "Figma Full", "figma-full"),
        ("seats", "50", "50 seats"),
        ("seats", "many", ""),
        ("lead", "2 days", "2 days before start"),
        ("lead", "soon", ""),
        ("count", "060", "60"),
        ("count", "1,000 seats", "1000"),
        ("count", "many", ""),
        ("flag", "yes", "true"),
        ("flag", "never", "false"),
        ("text", "anything", ""),
    ],
)
def test_what_was_probably_meant(title: str, written: str, meant: str) -> None:
    assert hint(title, written) == meant
