"""A value that is not what its place asks for → what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
UNITS = {
    "min": "minutes", "h": "hours", "d": "days", "w": "weeks", "m": "months", "y": "years",
    "minute": "minutes", "hour": "hours", "day": "days", "week": "weeks", "month": "months", "year": "years",
}  # fmt: skip
SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}


def hint(title: str, value: str) -> str:
    """What the value probably was meant to be, in our own writing; empty: no idea."""
    guess = HINTS.get(title)
    return guess(value.strip()) if guess else ""


def day(text: str) -> str:
    """`31.12.2026`, `31/12/2026`, `2026/12/31` or `31 Dec 2026` as 2026-12-31."""
    numbers = [part for part in re.split(r"[\s./-]+", text.strip()) if part]
    if len(numbers) != 3:
        return ""
    return _day(numbers) or _day(numbers[::-1])


def _day(parts: list[str]) -> str:
    year, month, of_month = parts
    if month[:3].casefold() in MONTHS:
        month = str(MONTHS.index(month[:3].casefold()) + 1)
    try:
        return date(int(year) if len(year) == 4 else 0, int(month), int(of_month)).isoformat()
    except ValueError:
        return ""


def duration(text: str) -> str:
    """`90d`, `90days` or `90` as 90 days."""
    found = re.fullmatch(r"([0-9]{1,5})\s*([A-Za-z]*)", text)
    if not found:
        return ""
    unit = found[2].casefold()
    plural = UNITS.get(unit.removesuffix("s") or "day", UNITS.get(unit))
    return f"{found[1]} {plural}" if plural else ""


def price(text: str) -> str:
    """`$19`, `19,00 EUR` or `USD 19 per month` as 19.00 USD / month."""
    for sign, currency in SIGNS.items():
        text = text.replace(sign, f" {currency} ")
    amount, currency_word = re.search(r"[0-9]+([.,][0-9]{1,2})?(?![0-9.,])", text), re.search(r"\b[A-Z]{3}\b", text)
    if not amount or not currency_word:
        return ""
    per = next((unit for unit in ("month", "year") if unit in text.casefold()), "")
    per = per or ("once" if "once" in text else "month")
    return f"{amount[0].replace(',', '.')} {currency_word[0]}" + (" once" if per == "once" else f" / {per}")


def share(text: str) -> str:
    """`10`, `10 %` or `10 percent` as 10%."""
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]+)?)\s*(%|percent)?", text)
    return f"{found[1]}%" if found else ""


def identifier(text: str) -> str:
    """`Figma Full` as figma-full."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.casefold()).strip("-._")


def seats(text: str) -> str:
    return f"{text} seats" if text.isdecimal() else ""


def lead(text: str) -> str:
    """`2 days` as 2 days before start."""
    length = duration(text.casefold().removesuffix("before start").strip())
    return f"{length} before start" if length else ""


def count(text: str) -> str:
    """`060`, `1,000` or `60 seats` as a number."""
    found = re.fullmatch(r"([0-9]{1,3}(?:[,. ][0-9]{3})+|[0-9]{1,9})( [a-z]+)?", text)
    return str(int(re.sub(r"[,. ]", "", found[1]))) if found else ""


def flag(text: str) -> str:
    """`yes` as true; anything else as false."""
    return "true" if text.casefold() in ("yes", "y", "on", "1", "true") else "false"


HINTS: dict[str, Callable[[str], str]] = {
    "date": day,
    "duration": duration,
    "price": price,
    "share": share,
    "id": identifier,
    "name": identifier,
    "seats": seats,
    "lead": lead,
    "count": count,
    "flag": flag,
}
