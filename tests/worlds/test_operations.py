"""Records are read and changed as a service would do it."""

from typing import Any

import pytest

from toolfuzz.core.case import JsonObject
from toolfuzz.worlds.operations import OPERATIONS
from toolfuzz.worlds.state import RefusedError, State

NUMBERS: JsonObject = {"kind": "number", "by": "id"}


def state(count: int = 5) -> State:
    records = {f"n{k}": {"square": k * k, "odd": k % 2 == 1} for k in range(count)}
    return State({"number": records}, "seed")


def done(on: State, operation: str, settings: JsonObject, **arguments: Any) -> Any:
    on.begin("tool", arguments)
    return OPERATIONS[operation](on, NUMBERS | settings, arguments)


def pages(on: State, settings: JsonObject, **arguments: Any) -> list[list[str]]:
    told = done(on, "list", settings, **arguments)
    found = [told]
    while told.get("next_cursor"):
        told = done(on, "list", settings, cursor=told["next_cursor"])
        found.append(told)
    return [[item["id"] for item in page["records"]] for page in found]


def test_pages_hold_every_record_once() -> None:
    assert pages(state(), {}) == [["n0", "n1", "n2", "n3", "n4"]]
    assert pages(state(), {"limit": 2}) == [["n0", "n1"], ["n2", "n3"], ["n4"]]
    assert pages(state(4), {"limit": 2}) == [["n0", "n1"], ["n2", "n3"]]
    odd = {"limit": 1, "where": {"odd": "odd"}}
    assert pages(state(), odd, odd=True) == [["n1"], ["n3"]]


def test_no_record_is_skipped_when_others_go_meanwhile() -> None:
    on = state()
    first = done(on, "list", {"limit": 2})
    done(on, "delete", {}, id="n0")
    done(on, "delete", {}, id="n3")
    second = done(on, "list", {"limit": 2}, cursor=first["next_cursor"])
    assert [item["id"] for item in second["records"]] == ["n2"]
    again = done(on, "list", {"limit": 2}, cursor=first["next_cursor"])
    assert again == second


def test_a_list_may_show_some_fields_only() -> None:
    told = done(state(1), "list", {"shows": ["odd"]})
    assert told == {"records": [{"id": "n0", "odd": False}]}


def test_what_is_not_given_stays() -> None:
    on = state()
    settings = {"fields": {"square": "square", "parity": "odd"}, "inside": "changes"}
    done(on, "set", settings, id="n2", changes={"parity": None})
    assert on.record("number", "n2") == {"square": 4, "odd": None}
    assert [write.field for write in on.written] == ["odd"]
    done(on, "set", settings, id="n2", changes={"parity": None})
    assert on.written == ()


def test_amounts_add_up_and_constants_are_set() -> None:
    on = state()
    settings = {"sums": {"amount": "square"}, "constants": {"touched": True}}
    done(on, "set", settings, id="n3", amount=2)
    done(on, "set", settings, id="n3", amount=0.5)
    assert on.record("number", "n3") == {"square": 11.5, "odd": True, "touched": True}

    for wrong in (-2, 0, True, "2", None, 10**400, float("inf"), float("nan")):
        with pytest.raises(RefusedError) as refused:
            done(on, "set", settings, id="n3", amount=wrong)
        assert refused.value.code == "invalid_amount"
    assert on.record("number", "n3")["square"] == 11.5


def test_json_and_sets_are_kept_in_one_spelling() -> None:
    on = state()
    settings = {"fields": {"a": "a", "b": "b"}, "json": ["a"], "sorted": ["b"]}
    done(on, "set", settings, id="n0", a='{"y":1.0,\n"x": 2}', b=["q", "p"])
    done(on, "set", settings, id="n1", a='{ "x": 2, "y": 1 }', b=["p", "q"])
    one, other = on.record("number", "n0"), on.record("number", "n1")
    assert (one["a"], one["b"]) == (other["a"], other["b"])


def test_a_batch_is_done_whole_or_not_at_all() -> None:
    on = state()
    settings = {"items": "updates", "fields": {"odd": "odd"}, "most": 2}
    both = [{"id": "n0", "odd": 1}, {"id": "n1", "odd": 1}]
    assert done(on, "set_many", settings, updates=both)["ids"] == ["n0", "n1"]
    for wrong, code in (
        ([{"id": "n2", "odd": 1}, {"id": "none", "odd": 1}], "not_found"),
        ([{"id": f"n{k}", "odd": 1} for k in (2, 3, 4)], "too_many"),
    ):
        with pytest.raises(RefusedError) as refused:
            done(on, "set_many", settings, updates=wrong)
        assert refused.value.code == code
        assert on.record("number", "n2")["odd"] is False


def test_records_come_go_and_get_other_ids() -> None:
    on = state(2)
    made = done(on, "create", {"by": "id", "fields": {"square": "square"}}, id="n9", square=81)
    assert made["id"] == "n9"
    assert on.record("number", "n9") == {"square": 81}
    done(on, "rekey", {"to": "new_id"}, id="n9", new_id="nine")
    assert on.record("number", "nine") == {"square": 81}
    done(on, "delete", {}, id="nine")
    assert list(on.records["number"]) == ["n0", "n1"]


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("get", {"id": "none"}, "not_found"),
        ("get", {"id": ["n0"]}, "not_found"),
        ("list", {"cursor": "made up"}, "invalid_cursor"),
        ("set", {"id": "none"}, "not_found"),
        ("set", {"id": "n0", "text": "{'a': 1}"}, "invalid_json"),
        ("create", {"id": "n0"}, "already_exists"),
        ("create", {"id": ""}, "invalid_id"),
        ("create", {}, "invalid_id"),
        ("delete", {"id": "none"}, "not_found"),
        ("rekey", {"id": "none", "to": "n9"}, "not_found"),
        ("rekey", {"id": "n0", "to": "n1"}, "already_exists"),
        ("rekey", {"id": "n0"}, "invalid_id"),
    ],
)
def test_a_call_that_cannot_be_done_changes_nothing(
    operation: str, arguments: JsonObject, code: str
) -> None:
    on = state(2)
    settings = {"to": "to", "fields": {"text": "text"}, "json": ["text"]}
    with pytest.raises(RefusedError) as refused:
        done(on, operation, settings, **arguments)
    assert refused.value.code == code
    assert on.records == state(2).records
    assert on.written == ()


GOOD: JsonObject = {"is": "silk", "left_out": 0, "as_asked": True}
SHORT: JsonObject = GOOD | {"left_out": 2}
OTHER: JsonObject = GOOD | {"as_asked": False}


@pytest.mark.parametrize(
    ("tokens", "left_out", "as_asked"),
    [
        ([GOOD], 0, True),
        ([GOOD, GOOD], 0, True),
        ([SHORT], 2, True),
        ([SHORT, GOOD], 2, True),
        ([GOOD, SHORT], 2, True),
        ([OTHER, GOOD], 0, False),
    ],
)
def test_what_was_delivered_is_not_taken_back(
    tokens: list[JsonObject], left_out: int, as_asked: bool
) -> None:
    order = {"delivered": None, "left_out": 1, "settings_as_asked": False}
    made = {f"t{n}": token for n, token in enumerate(tokens)}
    on = State({"token": made, "order": {"1": order}}, "seed")
    for token in made:
        done(on, "deliver", {"needs": {"token": "silk"}, "of": ["order", "1"]}, token=token)
    assert order == {"delivered": "silk", "left_out": left_out, "settings_as_asked": as_asked}
