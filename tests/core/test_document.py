from seatwise.core.document import List, Map, digest, line_at, without


def document() -> Map:
    people = List(3)
    people.add("ann", 3)
    people.add("bo", 4)
    made = Map(1)
    made.add("license", "figma", 1)
    made.add("people", people, 2)
    return made


def test_a_line_is_that_of_the_last_step_that_exists() -> None:
    assert line_at(document(), ["people", 1]) == 4
    assert line_at(document(), ["people", 7]) == 2
    assert line_at(document(), ["people", 2]) == 2
    assert line_at(document(), ["license", 0]) == 1
    assert line_at(document(), ["people", "bo"]) == 2
    assert line_at(document(), ["owner"]) == 1


def test_what_has_nothing_to_leave_out_is_the_same_object() -> None:
    made = document()
    assert without(made, []) is made


def test_items_and_keys_are_left_out_with_their_lines() -> None:
    left = without(document(), [["people", 0], ["license"]])
    assert left == {"people": ["bo"]}
    assert left["people"].lines == [4]


def test_what_lies_below_a_text_is_not_left_out() -> None:
    assert without(document(), [["license", "x"]]) == document()


def test_a_digest_ignores_lines_and_the_order_of_keys() -> None:
    other = Map(9)
    other.add("people", ["ann", "bo"], 9)
    other.add("license", "figma", 12)
    assert digest(other) == digest(document())
    other.add("owner", "design", 13)
    assert digest(other) != digest(document())
