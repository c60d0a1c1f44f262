"""The schemas are checked by one implementation and held against another."""

from __future__ import annotations

from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from tests.broken.cases import BASE, Case, build, cases

from seatwise.core.parse.places import kind
from seatwise.core.parse.shape import Shape, typed
from seatwise.edges import yamlfile
from seatwise.edges.schema import KINDS, files, schema

FORMATS = jsonschema.FormatChecker()


@pytest.mark.parametrize("name", KINDS)
def test_a_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_every_schema_file_is_offered_to_editors() -> None:
    assert [name for name, _ in files()] == ["values.json", *(f"{name}.json" for name in KINDS)]


@pytest.mark.parametrize("name", KINDS)
def test_editors_show_what_every_key_means(name: str) -> None:
    top = Shape(schema(name), schema(name))
    keys = [key for key in top.keys if not (top.child(key).description or top.child(key).get("enum"))]
    assert keys == []


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_two_implementations_refuse_the_same_documents(case: Case, tmp_path: Any) -> None:
    build(case, tmp_path)
    for path in sorted(tmp_path.rglob("*.yaml")):
        name = kind(path.relative_to(tmp_path).as_posix())
        plain = path.is_file() and not path.is_symlink()
        document = None if not plain or not name else yamlfile.read(path.read_bytes(), "x.yaml")[0]
        if document is not None:
            own = schema("seatwise" if name == "format" else name)
            value = typed(document, Shape(own, own))
            ours = jsonschema_rs.Draft202012Validator(dict(own), validate_formats=True).is_valid(value)
            theirs = jsonschema.Draft202012Validator(own, format_checker=FORMATS).is_valid(value)
            assert ours == theirs, path.name


def test_the_base_of_the_cases_has_every_kind() -> None:
    found = {kind(path.relative_to(BASE).as_posix()) for path in BASE.rglob("*.yaml")}
    assert found == {*KINDS, "format"} - {"seatwise"}
