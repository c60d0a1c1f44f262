"""The heading and cells of somebody's CSV export → which column is which of our fields, and what its codes mean.

A guess is only made where a word is known; it is written into the files for people to read, never acted on silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

COLUMNS: Mapping[str, str] = {
    "mail": "mail email emailaddress workemail userprincipalname upn useremail user username login",
    "license": "license licence licenses licences assignedlicenses sku product products plan seat seattype",
    "last_used": "lastused lastactive lastactivity lastactivitydate lastlogin lastsignin lastseen",
    "name": "name displayname fullname",
    "status": "status employeestatus state",
    "worker": "worker workertype employeetype employmenttype contracttype",
    "employee_id": "employeeid employeenumber personnelnumber hrid number",
    "department": "department dept team orgunit",
    "title": "title jobtitle position",
    "company": "company legalentity",
    "country": "country countrycode usagelocation",
    "zone": "zone timezone",
    "manager": "manager managermail manageremail supervisor",
    "cost_center": "costcenter costcentre",
    "start": "start startdate hiredate firstday",
    "last_day": "lastday enddate terminationdate leavingdate",
}
"""Field → headings, letters and digits only; the first that is there is taken."""
PEOPLE = tuple(field for field in COLUMNS if field not in ("license", "last_used"))
CODES: Mapping[str, Mapping[str, str]] = {
    "status": {
        "active": "active employed enabled current yes true",
        "leave": "leave onleave parentalleave sabbatical absent",
        "left": "left terminated inactive disabled deactivated leaver ended no false",
        "starts": "starts future pending prehire onboarding",
    },
    "worker": {
        "employee": "employee fulltime parttime regular permanent fte",
        "intern": "intern trainee apprentice student",
        "external": "external contractor freelancer consultant temporary agency",
    },
}


def columns(heading: Sequence[str], fields: Iterable[str]) -> dict[str, str]:
    """Field → the heading that means it, for those of these fields that have one."""
    there = {bare(title): title for title in reversed(heading)}
    found = {field: next((there[word] for word in COLUMNS[field].split() if word in there), "") for field in fields}
    return {field: title for field, title in found.items() if title}


def codes(field: str, cells: Iterable[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The cells' codes → our words, sorted; and the codes that mean nothing to us."""
    meanings = {word: ours for ours, words in CODES[field].items() for word in words.split()}
    found = sorted(set(cells))
    return {code: meanings[bare(code)] for code in found if bare(code) in meanings}, tuple(
        code for code in found if bare(code) not in meanings
    )


def slug(text: str, taken: Iterable[str] = ()) -> str:
    """An id made of a name: letters, digits and single hyphens; numbered where that one is taken."""
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in text.lower()).split()
    base = "-".join(words)[:50].strip("-") or "license"
    used, number, name = set(taken), 1, base
    while name in used:
        number += 1
        name = f"{base}-{number}"
    return name


def bare(text: str) -> str:
    """The heading or code as it is compared: letters and digits only."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
