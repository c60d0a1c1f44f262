import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatwise.edges import yamlfile
from seatwise.edges.yamlfile import MOST_BYTES, read


def test_scalars_stay_what_was_written() -> None:
    text = "a: 004711\nb: 12e4\nc: NO\nd: 017\ne: 2026-01-01\nf: 'null'\ng: 1_000\nh: 12:30\n"
    document, findings = read(text.encode(), "x.yaml")
    assert not findings
    assert document == {
        "a": "004711", "b": "12e4", "c": "NO", "d": "017", "e": "2026-01-01", "f": "null", "g": "1_000", "h": "12:30",
    }  # fmt: skip


def test_absent_empty_and_null_are_three_things() -> None:
    document, _ = read(b"a:\nb: ~\nc: null\nd: ''\ne: []\nf: {}\n", "x.yaml")
    assert document == {"a": None, "b": None, "c": None, "d": "", "e": [], "f": {}}


def test_every_key_and_item_knows_its_line() -> None:
    document, _ = read(b"# head\na:\n  - x\n  # between\n  - b: 1\n    c: 2\n", "x.yaml")
    assert document is not None
    assert document.lines == {"a": 2}
    assert document["a"].lines == [3, 5]
    assert document["a"][1].lines == {"b": 5, "c": 6}


def test_a_document_that_is_too_large_is_not_parsed() -> None:
    document, findings = read(b"a: " + b"x" * MOST_BYTES, "x.yaml")
    assert document is None
    assert [finding.rule for finding in findings] == ["yaml-size"]


def test_all_that_is_wrong_is_told_in_one_pass() -> None:
    _, findings = read(b"a: &x 1\nb: !t 2\nc: *x\nd: 1\nd: 2\n<<: {e: 1}\n", "x.yaml")
    told = [(finding.rule, finding.place.line) for finding in findings if finding.place]
    expected = [("yaml-anchor", 1), ("yaml-tag", 2), ("yaml-alias", 3), ("duplicate-key", 5), ("yaml-merge", 6)]
    assert told == expected


def test_a_quoted_merge_sign_is_a_key_like_any_other() -> None:
    assert read(b"'<<': 1\n", "x.yaml") == ({"<<": "1"}, ())


@pytest.mark.parametrize("data", [b"'': 1\n", b"? [a]\n: 1\n", b"{[a]: 1}\n"])
def test_a_key_is_a_word(data: bytes) -> None:
    assert [finding.rule for finding in read(data, "x.yaml")[1]] == ["yaml-key"]


def test_a_tab_in_a_text_is_no_tab_in_the_indentation() -> None:
    document, findings = read(b"a: |\n  x\n  \ty\n", "x.yaml")
    assert document == {"a": "x\n\ty\n"}
    assert not findings


def test_a_syntax_error_without_words_of_ours_is_told_in_the_parsers() -> None:
    _, findings = read(b"%YAML 3.0\n---\na: 1\n", "x.yaml")
    assert findings[0].what.startswith("is no YAML: ")


@pytest.mark.parametrize("data", [b"*x\n", b"*x : 1\na: 2\n", b"a: {*x : 1}\n"])
def test_an_alias_is_told_wherever_it_stands(data: bytes) -> None:
    assert [finding.rule for finding in read(data, "x.yaml")[1]] == ["yaml-alias"]


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_findings(data: bytes) -> None:
    document, findings = read(data, "x.yaml")
    assert document is not None or findings


@given(st.text(alphabet="ab:-[]{}#'\"|>&*!? \n\t,%@`~<0", max_size=60))
def test_any_yaml_gives_a_document_or_findings(text: str) -> None:
    document, findings = read(text.encode(), "x.yaml")
    assert document is not None or findings


def test_a_hundred_thousand_people_are_read_in_a_second() -> None:
    text = "people:\n" + "".join(f"  - person.{number}@acme.example\n" for number in range(100_000))
    begin = time.process_time()
    document, findings = yamlfile.read(text.encode(), "x.yaml")
    assert time.process_time() - begin < 1.5
    assert document is not None
    assert len(document["people"]) == 100_000
    assert not findings
