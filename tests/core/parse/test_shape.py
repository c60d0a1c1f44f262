from seatwise.core.document import List, Map
from seatwise.core.parse.shape import Shape, typed
from seatwise.core.parse.wording import Refusal, said

SCHEMA = {
    "properties": {
        "quantity": {"type": "integer"},
        "retired": {"type": "boolean"},
        "sku": {"$ref": "#/$defs/text"},
        "ranks": {"type": "array", "items": {"type": "integer"}},
    },
    "$defs": {"text": {"type": "string", "title": "text"}},
}
TOP = Shape(SCHEMA, SCHEMA)


def mapping(**values: object) -> Map:
    made = Map()
    for key, value in values.items():
        made.add(key, value, 1)
    return made


def test_the_schema_says_what_a_value_is_not_its_looks() -> None:
    ranks = List()
    ranks.add("10", 1)
    ranks.add("last", 2)
    written = mapping(quantity="400", retired="true", sku="400", ranks=ranks, unknown="400", gone=None)
    told = {"quantity": 400, "retired": True, "sku": "400", "ranks": [10, "last"], "unknown": "400", "gone": None}
    assert typed(written, TOP) == told


def test_what_is_no_number_stays_for_the_schema_to_refuse() -> None:
    assert typed(mapping(quantity="007", retired="yes"), TOP) == {"quantity": "007", "retired": "yes"}


def test_a_list_of_texts_is_not_copied() -> None:
    people = List()
    people.add("ann", 1)
    assert typed(people, Shape({"type": "array", "items": {"type": "string"}}, {})) is people


def test_a_refusal_of_a_kind_without_words_is_told_all_the_same() -> None:
    sentence = said(Refusal("UniqueItems", ["a", "a"], ("sku",)), mapping(sku="a"), TOP)
    assert sentence.what == "'sku' is not as it should be"
    assert sentence.fix
