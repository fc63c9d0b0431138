"""Parts: small sets of cases that can be compared with each other."""

from collections import Counter

from toolfuzz.core.case import Tool
from toolfuzz.generate import draw_cases, draw_part
from toolfuzz.generate.size import input_tokens
from toolfuzz.generate.tools import ToolSet

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
TOOLS = ToolSet("tools:mine", tuple(Tool(f"tool_{n}", "Save.", SCHEMA) for n in range(40)))


def test_a_part_is_always_the_same_and_no_other_has_its_cases() -> None:
    parts = [[case.id for case in draw_part(part, 12)] for part in (1, 2, 3)]
    assert parts[1] == [case.id for case in draw_part(2, 12)]
    assert len({id for part in parts for id in part}) == 36
    assert parts[0] != [case.id for case in draw_part(1, 12, seed=1)]
    assert not {case.id for case in draw_cases(60)} & set(parts[0])


def test_more_of_a_part_keep_the_earlier_ones() -> None:
    assert list(draw_part(5, 30))[:7] == list(draw_part(5, 7))


def test_prompts_that_are_too_long_are_drawn_again_or_left_out() -> None:
    usual, fitting = list(draw_cases(40)), list(draw_cases(40, most_tokens=1000))
    assert len(fitting) == 40 and max(map(input_tokens, fitting)) <= 1000
    assert max(map(input_tokens, usual)) > 3000
    kept = {case.id for case in fitting}
    short = [case for case in usual if input_tokens(case) <= 1000]
    assert len([case for case in short if case.id in kept]) >= len(short) - 5
    assert all(input_tokens(case) <= 900 for case in draw_part(1, 5, most_tokens=900))


def test_what_is_known_does_not_come_again() -> None:
    known = {case.id for case in list(draw_part(1, 9))[::2]}
    rest = [case.id for case in draw_part(1, 9, known=known)]
    assert len(rest) == 9 and not known & set(rest)


def test_each_part_is_a_fair_sample_of_the_tools() -> None:
    """In turns, every part of 20 would see the same 20 tools, or every other one."""
    asked = [
        Counter(
            call.tool
            for case in draw_part(part, 20, tools=[TOOLS], probes=["echo"])
            for call in case.calls
        )
        for part in range(30)
    ]
    assert all(8 < len(part) < 20 for part in asked)
    all_of_them = sum(asked, Counter[str]())
    assert len(all_of_them) == 40 and max(all_of_them.values()) < 32


def test_it_ends_when_there_are_no_others() -> None:
    once = ToolSet("tools:once", (Tool("ping", "Ping.", {"type": "object", "properties": {}}),))
    found = {case.id for case in draw_part(1, 300, tools=[once], probes=["echo"])}
    assert 0 < len(found) < 300
    assert not list(draw_part(2, 300, tools=[once], probes=["echo"], known=found))
