"""People from rows: who is known, who is unknown, and when nobody may be taken for a leaver."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from seatwise.core import directory
from seatwise.core.directory import RawPeople
from seatwise.core.model import Ack, Duration, Finding, Holder, Level, PeopleSource, Place, Settings, Tree
from seatwise.core.model.people import Feed, People, Person, Status

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
NOTHING = Tree()
HR = PeopleSource("hr", "csv", {}, Place("seatwise.yaml", 6), columns={"mail": "E-mail"})
ENTRA = PeopleSource("entra", "entra", {}, Place("seatwise.yaml", 9), only_fills=("country", "upn"))


def row(name: str, /, **fields: str) -> dict[str, str]:
    return {"mail": f"{name}@acme.example", **fields}


def raw(*rows: dict[str, str], source: str = "hr", as_of: datetime = NOW) -> RawPeople:
    feed = Feed(source, len(rows), as_of, "sha256:" + "ab" * 32)
    return RawPeople(rows, tuple(range(2, len(rows) + 2)), feed, f"{source}.csv")


def read(
    *readings: RawPeople,
    sources: tuple[PeopleSource, ...] = (HR,),
    tree: Tree = NOTHING,
    previous: dict[str, int] | None = None,
    key: str = "mail",
) -> tuple[People, tuple[Finding, ...]]:
    settings = Settings(timezone="Europe/Berlin", people_key=key, sources=sources)
    return directory.people(settings, readings, tree, NOW, previous or {})


def one(**fields: str) -> Person:
    people, findings = read(raw(row("ann", **fields)))
    assert not findings, findings
    return people.persons["ann@acme.example"]


def words(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{finding.level}: {finding.place}: {finding.what}" for finding in findings]


def holder(id: str, **fields: object) -> Holder:
    good = Holder(id, "bot", "ann@acme.example", date(2027, 3, 31), Place(f"owners/holders/{id}.yaml"))
    return replace(good, **fields)  # type: ignore[arg-type]


def test_a_person_has_what_the_row_says() -> None:
    fields = {
        "title": "VP",
        "country": "de",
        "start": "2024-02-01",
        "last_day": "31.12.2026",
        "vip": "yes",
        "office": "B",
    }
    person = one(employee_id="004711", name="Ann", worker="Intern", status="leave", zone="Asia/Tokyo", **fields)
    assert (person.employee_id, person.name, person.title, person.country) == ("004711", "Ann", "VP", "DE")
    assert (person.worker, person.status, person.zone, person.vip) == ("intern", Status.LEAVE, "Asia/Tokyo", True)
    assert (person.start, person.last_day) == (date(2024, 2, 1), date(2026, 12, 31))
    assert person.attribute("office") == "B"


def test_a_person_has_logins_for_each_account_that_is_filled() -> None:
    assert one(**{"logins.octo": "ann-gh", "logins.slack": ""}).logins == {"octo": "ann-gh"}


def test_the_key_is_case_folded_and_the_mail_stays_as_written() -> None:
    people, _ = read(raw({"mail": "Ann.Roth@ACME.example"}))
    assert people.persons["ann.roth@acme.example"].mail == "Ann.Roth@ACME.example"


def test_codes_are_mapped_to_our_words_whatever_their_case() -> None:
    source = replace(HR, codes={"status": {"a": "active", "T": "left"}, "worker": {"X": "external"}})
    people, findings = read(raw(row("ann", status="A", worker="x"), row("bo", status="t")), sources=(source,))
    assert [(p.status, p.worker) for p in people.persons.values()] == [("active", "external"), ("left", "")]
    assert not findings


def test_an_unknown_code_makes_this_person_unknown_and_nobody_else() -> None:
    source = replace(HR, codes={"status": {"A": "active"}})
    people, findings = read(raw(row("ann", status="A"), row("bo", status="Q"), row("cy", status="")), sources=(source,))
    assert list(people.persons) == ["ann@acme.example"]
    assert [finding.person for finding in findings] == ["bo@acme.example", "cy@acme.example"]
    what = "bo@acme.example: status has the code 'Q': nothing is changed for them"
    assert words(findings)[0] == f"hold: hr.csv:3: {what}"
    assert findings[0].fix == "map it, beside a, under codes of status"


@pytest.mark.parametrize(
    ("field", "cell", "says"),
    [
        ("status", "gone", "'gone' is no status"),
        ("worker", "robot", "'robot' is no kind of worker"),
        ("last_day", "12/31/2026", "'12/31/2026' is no date (last_day)"),
        ("start", "2026-02-30", "'2026-02-30' is no date (start)"),
        ("vip", "perhaps", "vip says 'perhaps'"),
    ],
)
def test_a_cell_that_says_nothing_we_know_makes_the_person_unknown(field: str, cell: str, says: str) -> None:
    people, findings = read(raw(row("ann", **{field: cell}), row("bo")))
    assert list(people.persons) == ["bo@acme.example"]
    assert words(findings) == [f"hold: hr.csv:2: ann@acme.example: {says}: nothing is changed for them"]


def test_a_last_day_before_the_first_is_not_believed() -> None:
    people, findings = read(raw(row("ann", start="2026-10-01", last_day="2024-06-30")))
    assert not people.persons
    assert "the last day 2024-06-30 is before the first, 2026-10-01" in findings[0].what


def test_somebody_may_have_worked_for_one_day() -> None:
    ann = one(start="2026-10-01", last_day="2026-10-01")
    assert ann.start == ann.last_day == date(2026, 10, 1)


def test_a_row_that_cannot_be_read_and_names_nobody_is_shown_by_its_line() -> None:
    source = replace(HR, codes={"status": {"A": "active"}})
    _, findings = read(raw({"mail": "", "name": "Ann", "status": "Q"}, {"mail": "", "status": "Q"}), sources=(source,))
    assert [w.split(": status")[0] for w in words(findings)[:2]] == ["hold: hr.csv:2: Ann", "hold: hr.csv:3: this row"]


def test_former_mails_and_the_upn_find_the_person_too() -> None:
    people, _ = read(
        raw(row("ann.roth", aliases="Ann.Berg@acme.example; ab@acme.example", upn="ann@acme.onmicrosoft.com"))
    )
    for name in ("ann.berg@acme.example", "AB@acme.example", "ann@acme.onmicrosoft.com", "ann.roth@acme.example"):
        found = people.find(name)
        assert found is not None and found.id == "ann.roth@acme.example"


def test_an_alias_that_two_people_claim_belongs_to_neither() -> None:
    people, findings = read(raw(row("ann", aliases="lukas@acme.example"), row("bo", aliases="lukas@acme.example")))
    assert people.find("lukas@acme.example") is None
    what = "the name lukas@acme.example is claimed by ann@acme.example, bo@acme.example: it means none of them"
    assert [finding.what for finding in findings] == [what]


def test_an_alias_that_is_the_key_of_somebody_else_means_the_somebody_else() -> None:
    people, findings = read(raw(row("ann", aliases="bo@acme.example"), row("bo")))
    found = people.find("bo@acme.example")
    assert found is not None and found.id == "bo@acme.example"
    assert "it is the key of another" in findings[0].what


def test_one_key_with_two_hr_numbers_makes_that_person_unknown_and_nobody_else() -> None:
    people, findings = read(raw(row("bo", employee_id="1"), row("ann"), row("bo", employee_id="2")))
    assert list(people.persons) == ["ann@acme.example"]
    what = "bo@acme.example stands in line 2 too, with other values (HR number 1 and 2): both are left alone"
    assert words(findings) == [f"hold: hr.csv:4: {what}"]


def test_a_row_that_is_there_twice_is_one_person_and_a_warning() -> None:
    people, findings = read(raw(row("bo"), row("bo")))
    assert list(people.persons) == ["bo@acme.example"]
    assert words(findings) == ["warn: hr.csv:3: bo@acme.example stands in line 2 too"]


def test_rows_without_the_key_are_one_warning() -> None:
    people, findings = read(raw(row("ann"), {"mail": ""}, {"mail": ""}))
    assert list(people.persons) == ["ann@acme.example"]
    assert words(findings) == ["warn: hr.csv:3: 2 of 3 rows have no mail: they can hold nothing"]


def test_two_sources_that_name_people_are_merged_and_the_first_one_wins() -> None:
    second = replace(HR, id="agency")
    first = raw(row("ann", title="VP", country=""))
    people, _ = read(first, raw(row("ann", title="", country="DE"), row("bo"), source="agency"), sources=(HR, second))
    assert (people.persons["ann@acme.example"].title, people.persons["ann@acme.example"].country) == ("VP", "DE")
    assert list(people.persons) == ["ann@acme.example", "bo@acme.example"]


def test_two_sources_that_give_one_key_to_two_hr_numbers_make_the_person_unknown() -> None:
    second = raw(row("ann", employee_id="2"), row("bo", employee_id="3"), source="agency")
    first = raw(row("ann", employee_id="1"), row("bo"))
    people, findings = read(first, second, sources=(HR, replace(HR, id="agency")))
    assert list(people.persons) == ["bo@acme.example"]
    what = "ann@acme.example has HR number 2 here and 1 in hr.csv:2: both are left alone"
    assert words(findings) == [f"hold: agency.csv:2: {what}"]


def test_a_source_that_only_fills_adds_its_fields_and_no_people() -> None:
    fills = raw(
        row("ann", country="DE", title="Thief", upn="ann@acme.onmicrosoft.com"),
        row("eve", country="DE"),
        source="entra",
    )
    people, _ = read(raw(row("ann", title="VP")), fills, sources=(HR, ENTRA))
    assert list(people.persons) == ["ann@acme.example"]
    ann = people.persons["ann@acme.example"]
    assert (ann.title, ann.country, ann.extra["upn"]) == ("VP", "DE", "ann@acme.onmicrosoft.com")


def test_what_is_found_in_a_source_that_only_fills_is_told_too() -> None:
    torn = Finding("people-row", Level.WARN, "line 3 has 2 cells more than the heading")
    fills = replace(raw(row("ann", country="DE"), source="entra"), findings=(torn,))
    assert read(raw(row("ann")), fills, sources=(HR, ENTRA))[1] == (torn,)


def test_a_source_that_fills_replaces_nothing_and_joins_by_any_name() -> None:
    named = raw(row("ann", employee_id="1", country="DE"), row("bo", employee_id="2"))
    fills = raw({"employee_id": "1", "country": "US"}, {"employee_id": "2", "country": "JP"}, source="entra")
    people, _ = read(named, fills, sources=(HR, ENTRA))
    assert [person.country for person in people.persons.values()] == ["DE", "JP"]


def test_a_row_that_would_fill_two_people_fills_none() -> None:
    named = raw(row("ann", employee_id="1"), row("bo", employee_id="1"), row("cy", employee_id="3"))
    crossed = row("ann", employee_id="3", country="DE")
    people, _ = read(named, raw({"employee_id": "1", "country": "DE"}, crossed, source="entra"), sources=(HR, ENTRA))
    assert [person.country for person in people.persons.values()] == ["", "", ""]


def test_people_may_be_keyed_by_hr_number_so_that_mails_stay_out_of_git() -> None:
    source = replace(HR, columns={"employee_id": "Number", "mail": "E-mail"})
    people, _ = read(raw(row("ann", employee_id="004711")), sources=(source,), key="employee_id")
    found = people.find("ann@acme.example")
    assert found is not None and found.id == "004711"


def test_declared_holders_are_people_of_their_kind_and_found_by_their_login() -> None:
    bot = holder("build-bot", logins={"octo": "Acme-Build"}, name="Build")
    people, findings = read(raw(row("ann")), tree=Tree(holders={"build-bot": bot}))
    found = people.find("acme-build")
    assert found is not None and (found.id, found.worker, found.manager) == ("build-bot", "bot", "ann@acme.example")
    assert not findings


def test_a_holder_past_its_review_or_without_a_sponsor_is_named() -> None:
    holders = {
        "old": holder("old", review_through=date(2026, 11, 23)),
        "lone": holder("lone", sponsor="bo@acme.example"),
        "lost": holder("lost", sponsor="cy@acme.example"),
    }
    _, findings = read(raw(row("ann"), row("bo", status="left")), tree=Tree(holders=holders))
    assert [finding.what for finding in findings] == [
        "old was to be reviewed by 2026-11-23",
        "lone has no sponsor: bo@acme.example has left",
        "lost has no sponsor: cy@acme.example is not in HR",
    ]


def test_a_holder_with_the_key_of_somebody_in_hr_is_left_out() -> None:
    tree = Tree(holders={"ann": holder("ann@acme.example")})
    people, findings = read(raw(row("ann")), tree=tree)
    assert people.persons["ann@acme.example"].worker == "employee"
    assert [finding.what for finding in findings] == ["ann@acme.example is in HR"]


def test_a_zone_that_does_not_exist_is_one_warning_and_the_organisations_zone() -> None:
    rows = raw(row("ann", zone="Europe/Berln"), row("bo", zone="Europe/Berln"), row("cy", zone="../../etc/passwd"))
    people, findings = read(rows)
    assert {person.zone for person in people.persons.values()} == {""}
    assert words(findings)[1] == (
        "warn: hr.csv:2: no time zone is called 'Europe/Berln' (2 people): theirs is taken to be Europe/Berlin"
    )


def test_a_shrunken_source_makes_nobody_a_leaver() -> None:
    rows = raw(*(row(f"p{number}") for number in range(62)))
    _, findings = read(rows, previous={"hr": 100})
    assert [(f.rule, f.level) for f in findings] == [("people-shrink", Level.ERROR)]
    assert findings[0].what == "hr: 62 rows, 100 at the last reading (-38 %, limit 3 %): nobody is a leaver"
    assert "ack new people-shrink" in findings[0].fix


def test_a_loss_within_the_limit_or_of_two_people_is_no_shrink() -> None:
    assert not read(raw(*(row(f"p{number}") for number in range(97))), previous={"hr": 100})[1]
    assert not read(raw(row("ann")), previous={"hr": 3})[1]


@pytest.mark.parametrize(
    ("ack", "passed"),
    [
        ({}, True),
        ({"source": "sha256:abababababab"}, True),
        ({"source": "sha256:cdcdcdcdcdcd"}, False),
        ({"source": ""}, False),
        ({"passes": "lanes/leavers"}, False),
        ({"through": date(2026, 11, 23)}, False),
    ],
)
def test_a_shrink_passes_by_an_acknowledgement_on_exactly_this_feed(ack: dict[str, object], passed: bool) -> None:
    good = Ack("a", "people-shrink", "sold a part", date(2026, 11, 24), Place("a"), source="sha256:" + "ab" * 32)
    tree = Tree(acks={"a": replace(good, **ack)})  # type: ignore[arg-type]
    _, findings = read(raw(row("ann")), tree=tree, previous={"hr": 100})
    assert [finding.passed_by for finding in findings] == ["a" if passed else ""]


def test_an_empty_source_is_incomplete() -> None:
    people, findings = read(raw(), sources=(replace(HR, min_rows=140),))
    assert not people.persons
    assert [finding.what for finding in findings] == ["hr: 0 rows, at least 140 make it complete: nobody is a leaver"]


def test_an_old_source_is_stale() -> None:
    source = replace(HR, max_age=Duration(24, "hours"))
    _, findings = read(raw(row("ann"), as_of=NOW - timedelta(hours=50)), sources=(source,))
    assert [(f.rule, f.what) for f in findings] == [
        ("people-stale", "hr: the reading is 50 hours old, limit 24 hours: nobody is a leaver")
    ]
    assert not read(raw(row("ann"), as_of=NOW - timedelta(hours=24)), sources=(source,))[1]


def test_a_source_that_was_not_read_is_an_error() -> None:
    _, findings = read(raw(row("ann")), sources=(HR, ENTRA))
    assert [finding.what for finding in findings] == ["entra was not read: nobody is a leaver"]


def test_a_source_that_maps_no_key_is_an_error() -> None:
    _, findings = read(raw({"name": "Ann"}), sources=(replace(HR, columns={"name": "Name"}),))
    assert [finding.level for finding in findings] == [Level.ERROR, Level.WARN]
    assert findings[0].what == "hr names people, but maps no mail, which is their key"


def test_many_rows_that_cannot_be_read_are_an_error_of_the_export() -> None:
    rows = [row(f"p{number}", status="left" if number > 3 else "Q") for number in range(100)]
    _, findings = read(raw(*rows), sources=(replace(HR, max_shrink=Decimal("0.03")),))
    errors = [finding.what for finding in findings if finding.level is Level.ERROR]
    assert errors == ["4 of 100 rows about people can't be read (4 %, limit 3 %): nobody is a leaver"]


def test_what_a_text_alone_says_is_what_cannot_be_read_and_whether_that_is_too_much() -> None:
    source = replace(HR, max_shrink=Decimal("0.03"), min_rows=50, columns={**HR.columns, "start": "Eintritt"})
    rows = [row("ann", start="soon"), row("bo"), row("bo", name="Other"), row("cy", status="Q"), row("dee", vip="?")]
    found = directory.unreadable(Settings(sources=(source,)), [raw(*rows)])
    assert (found[0].rule, found[0].level) == ("people-incomplete", Level.ERROR)
    assert {f.rule for f in found[1:]} == {"people-unreadable"}
    assert "'soon' is no date (start), in column 'Eintritt'" in " ".join(f.what for f in found)


def test_of_several_sources_the_strictest_limit_of_unreadable_rows_counts_once() -> None:
    loose, strict = replace(HR, max_shrink=Decimal("0.5")), replace(HR, id="contractors", max_shrink=Decimal("0.03"))
    rows = raw(*(row(f"p{number}", status="left" if number > 3 else "Q") for number in range(100)))
    _, findings = read(rows, raw(row("x"), source="contractors"), sources=(loose, strict))
    errors = [finding.what for finding in findings if finding.level is Level.ERROR]
    assert errors == ["4 of 101 rows about people can't be read (4 %, limit 3 %): nobody is a leaver"]


def test_a_source_that_only_fills_may_map_no_key() -> None:
    fills = replace(ENTRA, columns={"upn": "upn"})
    _, findings = read(raw(row("ann")), raw({"upn": "ann@acme.example"}, source="entra"), sources=(HR, fills))
    assert findings == ()


def test_without_sources_there_are_only_the_declared_holders() -> None:
    people, _ = read(sources=(), tree=Tree(holders={"bot": holder("bot")}))
    assert list(people.persons) == ["bot"]


def test_the_feed_says_how_many_rows_there_were_before() -> None:
    people, _ = read(raw(row("ann")), previous={"hr": 2})
    assert [(feed.rows, feed.previous_rows) for feed in people.feeds] == [(1, 2)]


def test_only_hr_makes_a_leaver() -> None:
    today = date(2026, 11, 24)
    assert directory.leaver(Person("ann", Status.LEFT), today)
    assert directory.leaver(Person("ann", last_day=date(2026, 11, 23)), today)
    assert not directory.leaver(Person("ann", last_day=today), today)
    assert not directory.leaver(Person("ann", Status.LEAVE), today)


def test_the_day_is_that_of_the_person() -> None:
    late = datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert directory.today_for(Person("ann", zone="Asia/Tokyo"), late, "Europe/Berlin") == date(2026, 11, 25)
    assert directory.today_for(Person("ann"), late, "Europe/Berlin") == date(2026, 11, 24)


def test_people_are_called_by_ids_mails_aliases_logins_and_what_hr_numbers_them() -> None:
    ann = Person("ann", mail="ann@acme.example", aliases=("ann.lee",), logins={"forge": "annlee"}, employee_id="7")
    called = set(People({"ann": ann}, {"a.lee": "ann"}).called())
    assert called == {"ann", "ann@acme.example", "ann.lee", "annlee", "a.lee", ann.fingerprint}


def test_whose_row_cannot_be_read_is_known_by_file_line_and_value() -> None:
    found, _ = read(raw(row("ann", last_day="0000-00-00"), row("bo")))
    ((who, (what, fix)),) = found.unread.items()
    assert who.startswith("ann")
    assert ("'0000-00-00' is no date (last_day)" in what, fix) == (True, "write it as 2026-12-31 or 31.12.2026")
