"""Frozen dataclasses go to other processes, and are copied, as what they were."""

import pickle
from copy import copy, deepcopy

import pytest

from toolfuzz.core.case import Case, Expectation, ExpectedCall, Message, Tool, Turn

CALL = ExpectedCall("save", {"n": 1})
CASE = Case(
    "generated",
    "echo",
    ("object",),
    (Tool("save", None, {"type": "object"}, strict=True),),
    (
        Turn(
            (Message("user", "n = 1", parts=True),), Expectation("calls", (CALL,)), results=("ok",)
        ),
    ),
    {"records": []},
)


@pytest.mark.parametrize("again", [lambda one: pickle.loads(pickle.dumps(one)), copy, deepcopy])
def test_a_case_stays_what_it_was(again) -> None:
    other = again(CASE)
    assert other == CASE and other.turns[0].messages[0].parts


def test_an_id_stays_as_it_was_written() -> None:
    grown = CASE.going_on((*CASE.turns, *CASE.turns))
    assert pickle.loads(pickle.dumps(grown)).id == grown.id == CASE.id
