"""Schemas that are none: drawn on request, with a right answer that replies are held to."""

import pytest

from toolfuzz.core.case import Case, Tool
from toolfuzz.formats import format_names, wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.generate.features import all_features
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.plan import make_plan
from toolfuzz.generate.spot import spot
from toolfuzz.judge.judge import judge
from toolfuzz.simulate.drawn import drawn_reply
from toolfuzz.simulate.faults.registry import faults

NAMES = {f.name for f in all_features().values() if f.group == "sloppy"}


ODD: list[object] = [["string", "null"], [], {}, None, 3, True, "text"]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_whatever_stands_in_a_schema_can_be_looked_at(odd: object) -> None:
    """Features are seen in strangers' schemas as well, whose annotations may hold anything."""
    words = ("type", "default", "required", "nullable", "minimum", "minLength", "items")
    for word in words:
        node = {"type": ["string", "null"], "default": "x", "nullable": True, word: odd}
        spot([Tool("t", None, {"type": "object", "properties": {"a": node}})], [])


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return list(draw_cases(40, features=["sloppy"]))


def test_all_of_them_are_drawn_and_only_on_request(cases: list[Case]) -> None:
    assert {name for case in cases for name in case.features} >= NAMES
    assert not NAMES & {name for _, group in make_plan().groups for name in group}


@pytest.mark.parametrize("name", format_names())
def test_the_right_answer_passes_in_all_its_legal_forms(cases: list[Case], name: str) -> None:
    form = wire_format(name)
    for n, case in enumerate(cases):
        stream = n % 2 == 0
        attempt = drawn_reply(Pick(words("sloppy", n)), case, 0, form, stream, ())
        assert attempt is not None
        judgement = judge(case, [form.read(attempt, stream=stream)])
        assert [f for f in judgement.findings if f.severity != "info"] == []
        assert judgement.status == "pass"


def test_no_fault_makes_the_judge_stumble(cases: list[Case]) -> None:
    form = wire_format("openai-chat")
    failed = 0
    for n, fault in enumerate(faults().values()):
        case = cases[n % len(cases)]
        if fault.legal or fault.turn != 1 or not fault.fits(form.traits, False):
            continue
        attempt = drawn_reply(Pick(words("fault", n)), case, 0, form, False, (fault,))
        if attempt is not None:
            failed += judge(case, [form.read(attempt, stream=False)]).status == "fail"
    assert failed > 30
