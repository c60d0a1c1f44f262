from __future__ import annotations

import json

from seatwise.core.model import Finding, Level, Place
from seatwise.views.findings_github import findings_github
from seatwise.views.findings_json import findings_json
from seatwise.views.findings_sarif import findings_sarif
from seatwise.views.findings_text import findings_text

WRONG = Finding("unknown-key", Level.ERROR, "unknown key 'users'", "people", Place("licenses/a.yaml", 19), "a")
ODD = Finding("never", Level.WARN, "ann is under never")
EVIL = Finding("x:y,z", Level.HOLD, "100%\n::error::\x1b[31m owned", "a\nb", Place("a,b:c%.yaml\n", 2))


def test_text_says_where_what_and_the_fix_and_counts() -> None:
    expected = (
        "licenses/a.yaml:19: unknown key 'users'\n  fix: people\nwarning: ann is under never\n1 error, 1 warning\n"
    )
    assert findings_text([WRONG, ODD]) == expected
    assert findings_text([WRONG, WRONG]).endswith("2 errors\n")
    assert findings_text([]) == ""


def test_no_value_starts_a_line_or_speaks_to_the_terminal() -> None:
    assert len(findings_text([EVIL]).splitlines()) == 3
    assert "\x1b" not in findings_text([EVIL])


def test_json_has_one_shape_for_all() -> None:
    first, second = json.loads(findings_json([WRONG, ODD]))["findings"]
    assert first["line"] == 19
    assert second["path"] is None
    assert first.keys() == second.keys()


def test_a_value_cannot_become_a_workflow_command() -> None:
    (line,) = findings_github([EVIL]).splitlines()
    assert line.startswith("::warning file=a%2Cb%3Ac%25.yaml")
    assert "title=x%3Ay%2Cz::100%25" in line
    assert "\x1b" not in line


def test_levels_have_their_words_at_github() -> None:
    assert findings_github([WRONG]).startswith("::error ")
    assert findings_github([ODD]) == "::notice title=never::ann is under never\n"


def test_sarif_names_rules_once_and_keeps_a_fingerprint_when_lines_move() -> None:
    moved = Finding(WRONG.rule, WRONG.level, WRONG.what, WRONG.fix, Place("licenses/a.yaml", 25), WRONG.key)
    run = json.loads(findings_sarif([WRONG, moved, ODD], "1.2.3"))["runs"][0]
    assert run["tool"]["driver"]["version"] == "1.2.3"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["never", "unknown-key"]
    first, second, third = run["results"]
    assert first["partialFingerprints"] == second["partialFingerprints"] != third["partialFingerprints"]
    assert (first["level"], third["level"]) == ("error", "note")
    assert "locations" not in third


def test_a_path_in_sarif_is_a_reference() -> None:
    log = json.loads(findings_sarif([Finding("x", Level.ERROR, "y", place=Place("a b/é\udce9.yaml", 1))], "1"))
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "a%20b/%C3%A9%ED%B3%A9.yaml"
