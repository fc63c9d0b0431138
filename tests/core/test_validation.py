import time
from typing import Any

import pytest

from toolfuzz.core.validation import errors, fits

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}


class PanicException(BaseException):
    """Named like the panics of extensions that are written in Rust."""


class Hostile(dict[str, Any]):
    def __init__(self, error: BaseException) -> None:
        super().__init__(a=1)
        self.error = error

    def __getitem__(self, key: str) -> Any:
        raise self.error


@pytest.mark.parametrize("error", [PanicException(), RecursionError(), ValueError()])
def test_what_cannot_be_checked_is_not_blamed(error: BaseException) -> None:
    assert fits(SCHEMA, Hostile(error))
    assert errors(SCHEMA, Hostile(error)) == []


def test_an_interrupt_is_no_answer() -> None:
    with pytest.raises(KeyboardInterrupt):
        fits(SCHEMA, Hostile(KeyboardInterrupt()))


@pytest.mark.parametrize(
    "schema", [{"$ref": "#"}, {"allOf": [{"$ref": "#"}]}, {"$ref": "https://example.org/none"}]
)
def test_endless_and_remote_references_are_survived(schema: Any) -> None:
    assert fits(schema, {"a": 1})


@pytest.mark.parametrize(("draft", "valid"), [("04", False), ("06", True), ("07", True)])
def test_each_draft_has_its_own_integers(draft: str, valid: bool) -> None:
    schema = {"$schema": f"http://json-schema.org/draft-{draft}/schema#", **SCHEMA}
    assert fits(schema, {"a": 5.0}) is valid


def test_a_part_of_a_schema_is_checked_in_bounded_time_as_well() -> None:
    """The library tells evaluated properties by Python's re: exponential for such a pattern."""
    part = {"patternProperties": {"^(a|a)*$": {}}, "unevaluatedProperties": False}
    began = time.process_time()
    assert fits({"properties": {"v": part}}, {"a" * 28 + "!": 1}, part)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("part", ["string", 5, []])
def test_what_is_no_schema_is_held_against_no_value(part: Any) -> None:
    assert fits({"type": "object"}, {"a": 1}, part)
    assert fits(part, {"a": 1})
