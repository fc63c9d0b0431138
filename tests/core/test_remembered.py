"""What was made of an object comes again for that object alone, not for one that equals it."""

from toolfuzz.core.case import Case, Tool
from toolfuzz.core.remembered import by_identity


def test_equal_objects_are_told_apart() -> None:
    written = by_identity(repr)
    each = ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": True, "b": 2}, {"a": 1.0, "b": 2})
    assert each[0] == each[1] == each[2] == each[3]
    assert [written(one) for one in each] == [written(one) for one in each] == [*map(repr, each)]


def test_it_is_made_once_while_it_is_remembered() -> None:
    asked: list[str] = []
    made = by_identity(asked.append)
    for _ in range(3):
        made("one")
    assert asked == ["one"]


def test_of_any_number_of_objects_each_gets_its_own() -> None:
    double = by_identity(lambda one: [*one, *one])
    assert all(double([n]) == [n, n] for n in range(5000))


def test_ids_of_cases_tell_tools_apart_that_are_equal_in_python() -> None:
    schemas = ({"const": 1, "title": ""}, {"title": "", "const": 1}, {"const": True, "title": ""})
    cases = [Case("generated", "echo", (), (Tool("f", None, one),), ()) for one in schemas]
    assert len({case.schema_id for case in cases}) == len({case.id for case in cases}) == 3
