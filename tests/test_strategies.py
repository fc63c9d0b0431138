"""The public strategies: the campaign's own cases, choice for choice, and small when they fail."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from toolfuzz import strategies
from toolfuzz.core.case import Case, Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.core.jsonvalue import same
from toolfuzz.core.talk import rehearsed
from toolfuzz.core.validation import draft_of
from toolfuzz.formats import CannotAskError, format_names, wire_format
from toolfuzz.generate import draw_cases
from toolfuzz.generate.cases import generated, of_users, user_tools, weighted
from toolfuzz.generate.conversations import all_conversations
from toolfuzz.generate.covering import drawn_row
from toolfuzz.generate.pick import Pick, words
from toolfuzz.generate.plan import make_plan, rules
from toolfuzz.generate.probes import usual_probes
from toolfuzz.generate.spot import nodes
from toolfuzz.generate.tools.toolset import ToolSet
from toolfuzz.judge.judge import judge
from toolfuzz.simulate.brain import answer

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PROBES = weighted(usual_probes())
WEATHER = Tool(
    "get_weather",
    "Weather of a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
        "required": ["city"],
    },
)


# the same set as a campaign's


def recorded(pick_below: Callable[[int], int]) -> tuple[Pick, list[tuple[int, int]]]:
    choices: list[tuple[int, int]] = []

    def below(n: int) -> int:
        choice = pick_below(n)
        if n > 1:  # else there is nothing to choose
            choices.append((n, choice))
        return choice

    return Pick(below), choices


def hypothesis_that_chooses(choices: list[tuple[int, int]]) -> Callable[[Any], Any]:
    """Stands for Hypothesis' ``draw``: each choice must be one that its strategy can make."""
    left = iter(choices)

    def draw(strategy: Any) -> Any:
        if "whole" in repr(strategy):
            (make,) = strategy.wrapped_strategy.args
            return make(strategies._pick(draw))
        n, choice = next(left)
        assert repr(strategy).replace("_", "") == f"integers(minvalue=0, maxvalue={n - 1})"
        return choice

    return draw


@pytest.mark.parametrize("seed", [0, 1])
def test_every_case_of_a_campaign_is_drawn_by_the_same_choices_of_hypothesis(seed: int) -> None:
    """The campaign's words are replaced by what Hypothesis would have to choose: equal cases."""
    plan = make_plan(seed)
    for k, case in enumerate(draw_cases(150, seed=seed)):
        row = plan.row(k)
        pick, choices = recorded(words(seed, k, 0))
        assert generated(pick, PROBES, row.group, row.features) == case
        theirs = strategies._pick(hypothesis_that_chooses(choices))
        assert generated(theirs, PROBES, row.group, row.features) == case


def test_every_case_on_given_tools_is_drawn_by_the_same_choices_of_hypothesis() -> None:
    sets = [ToolSet("tools:mine.json", (WEATHER,))]
    (mine,) = user_tools(sets)
    for k in range(60):
        pick, choices = recorded(words(0, k, 0))
        case = of_users(pick, PROBES, mine)
        theirs = strategies._pick(hypothesis_that_chooses(choices))
        assert of_users(theirs, PROBES, mine) == case


@pytest.mark.parametrize("seed", [0, 3])
def test_every_row_of_a_plan_can_be_drawn(seed: int) -> None:
    groups = dict(make_plan(seed).groups)
    for k in range(300):
        row = make_plan(seed).row(k)
        features = groups[row.group]
        size = len(features)
        again = features.index(row.features[0])
        said = iter([2, size, *map(features.index, row.features), *[again] * size])
        pick = Pick(lambda n, said=said: next(said))
        assert tuple(drawn_row(pick, features, rules(features))) == row.features


@given(st.data())
@QUICK
def test_what_hypothesis_draws_is_drawn_by_the_same_choices_of_a_campaign(
    data: st.DataObject,
) -> None:
    pick, choices = recorded(lambda n: data.draw(st.integers(0, n - 1)))
    group, features = pick.of(make_plan().groups)
    row = tuple(drawn_row(pick, features, rules(features)))
    case = generated(pick, PROBES, group, row)
    left = iter(choices)
    again = Pick(lambda n: next(left)[1] if n > 1 else 0)
    assert again.of(make_plan().groups) == (group, features)
    assert tuple(drawn_row(again, features, rules(features))) == row
    assert generated(again, PROBES, group, row) == case


# what comes out


@given(strategies.cases())
@QUICK
def test_cases_are_valid(case: Case) -> None:
    for turn in case.turns:
        for call in turn.expect.calls:
            tool = case.tool(call.tool)
            assert tool is not None
            draft_of(tool.parameters)[0](tool.parameters).validate(call.arguments)


@given(strategies.cases(probe="batch", tools=[WEATHER]))
@QUICK
def test_cases_on_given_tools(case: Case) -> None:
    assert case.tools == (WEATHER,)
    (turn,) = case.turns
    assert len(turn.expect.calls) > 1 or case.probe == "echo"


@given(strategies.tools(features=["ref-recursive"]))
@QUICK
def test_tools_have_valid_schemas(tool: Tool) -> None:
    draft_of(tool.parameters)[0].check_schema(tool.parameters)


@given(strategies.arguments(WEATHER.parameters))
@QUICK
def test_arguments_validate(arguments: dict) -> None:
    Draft202012Validator(WEATHER.parameters).validate(arguments)


IMPOSSIBLE = Tool("t", "", {"type": "object", "properties": {"x": False}, "required": ["x"]})


@pytest.mark.parametrize(
    ("make", "words_"),
    [
        (lambda: strategies.arguments(IMPOSSIBLE.parameters), "no value at all"),
        (lambda: strategies.cases(tools=[IMPOSSIBLE]), "no arguments of t"),
        (lambda: strategies.cases(probe="ecko"), "no probe 'ecko'"),
        (lambda: strategies.tools(features=["nullable-any"]), "no schema feature"),
        (lambda: strategies.cases(tools=[WEATHER], features=["object"]), "features are drawn"),
        (lambda: strategies.replies(case_of_weather(), "openai"), "unknown wire format"),
        (
            lambda: strategies.replies(case_of_weather(), "gemini", faults=["x"]),
            "no simulated fault",
        ),
    ],
)
def test_bad_input_is_said_at_once(make: Callable[[], object], words_: str) -> None:
    with pytest.raises(UsageError, match=words_):
        make()


TICKET = re.compile(r"ticket=(\w+)")


@given(strategies.conversations())
@QUICK
def test_a_later_call_needs_what_an_earlier_result_says(case: Case) -> None:
    first, *_, last = case.turns
    (call,) = last.expect.calls
    asked = "".join(message.content for message in first.messages)
    match case.probe:
        case "followup":
            (result,) = map(json.loads, first.results)
            needed = [call.arguments["ticket"]]
            assert needed == [result["ticket"]]
            carried = {key: value for key, value in call.arguments.items() if key != "ticket"}
            assert carried.items() <= first.expect.calls[0].arguments.items()
        case "parallel-results" | "twin-results":
            needed = [json.loads(result)["part"] for result in first.results]
            assert call.arguments == {"parts": needed}
            assert len(set(needed)) == len(needed) == len(first.expect.calls) > 1
            assert set(first.order) in (set(), set(range(len(needed))))
        case "error-result":
            needed = [call.arguments["retry_token"]]
            assert needed[0] in first.results[0] and first.results_as == "error"
            assert {**first.expect.calls[0].arguments, "retry_token": needed[0]} == call.arguments
        case "odd-result":
            needed = TICKET.findall(first.results[0])
            assert call.arguments["ticket"] in (needed or asked)
        case "after-prose":
            assert first.expect.kind == "no_call" and last.messages
            needed = []
        case "one-at-a-time":
            assert all(turn.parallel is False for turn in case.turns)
            assert all(len(turn.expect.calls) == 1 for turn in case.turns)
            needed = []
        case other:
            pytest.fail(f"a conversation without a test: {other}")
    assert not any(text in asked for text in needed)
    for number, turn in enumerate(case.turns[:-1]):
        assert len(turn.results) == len(turn.expect.calls)
        assert case.probe == "after-prose" or case.turns[number + 1].messages == ()
    for number, turn in enumerate(case.turns):
        offered = {tool.name: tool for tool in case.tools_at(number)}
        for made in turn.expect.calls:
            schema = offered[made.tool].parameters
            draft_of(schema)[0](schema).validate(made.arguments)


@given(strategies.conversations())
@QUICK
def test_the_request_alone_says_what_is_right_in_every_turn(case: Case) -> None:
    for turn, ask in zip(case.turns, rehearsed(case, model="m"), strict=True):
        for format in map(wire_format, format_names()):
            try:
                request = format.request(ask)
            except CannotAskError:
                continue
            _, calls = answer(format.read_request(request.body, path=request.path))
            right = [[call.tool, call.arguments] for call in turn.expect.calls]
            assert same([[call.name, call.arguments] for call in calls], right)


def test_every_conversation_can_be_asked_for_by_name() -> None:
    for name in all_conversations():
        case = smallest(strategies.conversations(name))
        assert len(case.turns) > 1
        assert case.probe == name
        assert size(case)[0] <= 2
    with pytest.raises(UsageError, match="no conversation 'folow'"):
        strategies.conversations("folow")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("format", format_names())
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_right_replies_pass(format: str, stream: bool, data: st.DataObject) -> None:
    case = data.draw(strategies.cases() | strategies.conversations())
    turn = data.draw(st.integers(0, len(case.turns) - 1))
    attempt = data.draw(strategies.replies(case, format, turn=turn, stream=stream))
    assert b"".join(chunk for _, chunk in attempt.chunks) == attempt.body
    alone = replace(case, tools=case.tools_at(turn), turns=(case.turns[turn],))
    judged = judge(alone, [wire_format(format).read(attempt, stream=stream)])
    assert judged.status == "pass", judged


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_faulty_replies_fail_by_their_name(data: st.DataObject) -> None:
    case = data.draw(strategies.cases(probe="echo", tools=[WEATHER]))
    faults = ["args-double-encoded", "name-case"]
    attempt = data.draw(strategies.replies(case, "openai-chat", stream=True, faults=faults))
    judged = judge(case, [wire_format("openai-chat").read(attempt, stream=True)])
    assert {f.slug for f in judged.findings} & set(faults)


def test_a_reply_shrinks_to_one_chunk_without_variations() -> None:
    replies = strategies.replies(case_of_weather(), "openai-chat")
    first = smallest(replies)
    second = smallest(replies, lambda attempt: len(attempt.chunks) > 1)
    assert [len(first.chunks), len(second.chunks)] == [1, 2]
    assert second.body == first.body


def case_of_weather() -> Case:
    return smallest(strategies.cases(probe="echo", tools=[WEATHER]))


def smallest(
    strategy: Any, goal: Callable[[Any], bool] = lambda drawn: True, *, seed: int = 0
) -> Any:
    # What Hypothesis would say of an example (Phase.explain) costs a hundred more of them.
    thorough = settings(
        max_examples=4000,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    return find(strategy, goal, settings=thorough, random=Random(seed))


# how small it gets


def values(case: Case) -> Iterator[Any]:
    stack: list[Any] = [c.arguments for turn in case.turns for c in turn.expect.calls]
    while stack:
        value = stack.pop()
        yield value
        stack += (
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )


def texts(case: Case) -> Iterator[str]:
    return (value for value in values(case) if isinstance(value, str))


def called(case: Case) -> Iterator[tuple[dict, dict]]:
    """Yield the properties' schemas and the arguments of each call."""
    for turn in case.turns:
        for call in turn.expect.calls:
            tool = case.tool(call.tool)
            assert tool is not None
            yield tool.parameters.get("properties", {}), call.arguments


def members(case: Case) -> Iterator[tuple[dict, Any]]:
    for properties, arguments in called(case):
        yield from ((properties[name], arguments[name]) for name in arguments if name in properties)


def stringifies_objects_behind_a_reference(case: Case) -> bool:
    return any("$ref" in schema and isinstance(value, dict) for schema, value in members(case))


def drops_empty_arrays(case: Case) -> bool:
    return any(value == [] for value in values(case) if isinstance(value, list))


def breaks_on_a_line_separator(case: Case) -> bool:
    return any("\u2028" in text for text in texts(case))


def truncates_long_strings(case: Case) -> bool:
    return any(len(text) > 20 for text in texts(case))


def loses_the_second_parallel_call(case: Case) -> bool:
    return sum(len(turn.expect.calls) for turn in case.turns) > 1


def takes_the_first_option_of_an_enum(case: Case) -> bool:
    return any(schema.get("enum", [value])[0] != value for schema, value in members(case))


def rounds_beyond_doubles(case: Case) -> bool:
    return any(type(value) is int and float(value) != value for value in values(case))


def mishandles_nested_unions(case: Case) -> bool:
    """Objects in a union that is not at the root of a parameter's schema, but in its items."""
    return any(
        place.keyword == "items" and ("anyOf" in node or "oneOf" in node)
        for properties, arguments in called(case)
        if arguments
        for node, place in nodes({"properties": properties})
    )


def splits_keys_at_dots(case: Case) -> bool:
    return any("." in key for value in values(case) if isinstance(value, dict) for key in value)


def flattens_the_third_level(case: Case) -> bool:
    def depth(value: Any) -> int:
        return 1 + max(map(depth, value.values()), default=0) if isinstance(value, dict) else 0

    return any(depth(arguments) > 3 for _, arguments in called(case))


PLANTED = {
    # the bug, and how large its minimal example may be: properties of the tools that are called,
    # scalars in all calls together, characters of the longest text; then the features among which
    # it is looked for where it is too rare among all of them
    stringifies_objects_behind_a_reference: ((1, 1, 1), ()),
    drops_empty_arrays: ((2, 1, 1), ()),
    breaks_on_a_line_separator: ((2, 4, 6), ("text-unicode",)),
    truncates_long_strings: ((2, 2, 21), ()),
    loses_the_second_parallel_call: ((2, 4, 1), ()),
    takes_the_first_option_of_an_enum: ((1, 1, 9), ()),
    rounds_beyond_doubles: ((1, 2, 1), ()),
    mishandles_nested_unions: ((1, 3, 8), ("indirect",)),
    splits_keys_at_dots: ((2, 2, 1), ("tools",)),
    flattens_the_third_level: ((2, 2, 1), ("containers",)),
}


def size(case: Case) -> tuple[int, int, int]:
    properties = max((len(p) for p, _ in called(case)), default=0)
    scalars = [value for value in values(case) if not isinstance(value, dict | list)]
    return properties, len(scalars), max(map(len, texts(case)), default=0)


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.__name__)
def test_the_example_of_a_planted_bug_is_small(bug: Callable[[Case], bool]) -> None:
    """One of three tries is: where the shrinker gets stuck depends on what else is imported."""
    limit, features = PLANTED[bug]
    found = []
    for seed in range(3):
        case = smallest(strategies.cases(features=features), bug, seed=seed)
        found.append((len(case.tools), *size(case)))
        if all(a <= b for a, b in zip(found[-1], (1, *limit), strict=True)):
            return
    pytest.fail(f"{found} are larger than {limit}")
