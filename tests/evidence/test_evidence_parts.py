"""Layers, excerpts, hostile text in reports, outcomes of a replay."""

import json
import random
from collections import Counter
from dataclasses import replace

import pytest
from evidence_cases import one_call
from hypothesis import example, given
from hypothesis import strategies as st

from toolfuzz.analyze.contrast import Tally
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.nature import nature_of
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.evidence.bug import title
from toolfuzz.evidence.details import FailureDetails, Share
from toolfuzz.evidence.examiner import Symptom
from toolfuzz.evidence.excerpt import MARKS, excerpt
from toolfuzz.evidence.failures import Failure
from toolfuzz.evidence.layer import Question, Trial, Way, compare, decide
from toolfuzz.evidence.replay import KnownFailure, Replayed, outcome_of
from toolfuzz.evidence.turns import got, judged
from toolfuzz.formats import Request
from toolfuzz.formats.snippets import json_literal
from toolfuzz.runs.reproduce import Service, service_of

UNASKED = Tally()
AGAIN = Trial("again", "again", 16, 16, Tally(12, 12))
SOMETIMES = Trial("again", "again", 8, 16, Tally(12, 24))


def other(kind: str, failed: int, asked: int = 16, anew: Tally = UNASKED) -> Trial:
    return Trial(kind, f"another {kind}", failed, asked, anew)


def gone(kind: str, failed: int = 0) -> Trial:
    return other(kind, 0, anew=Tally(failed, 24))


@pytest.mark.parametrize(
    ("trials", "where"),
    [
        ([AGAIN, gone("mode")], "parser"),
        ([AGAIN, gone("format"), gone("mode")], "gateway"),
        ([AGAIN, gone("format"), gone("format")], "gateway"),
        ([AGAIN, gone("format"), other("format", 16)], "undecided"),
        ([AGAIN, other("mode", 16), gone("respelled")], "parser"),
        ([AGAIN, other("mode", 0)], "undecided"),
        ([SOMETIMES, gone("mode", 4)], "parser"),
        ([SOMETIMES, gone("mode", 5)], "undecided"),
        ([SOMETIMES, gone("mode", 3), *[gone("respelled", 12)] * 3], "undecided"),
        ([SOMETIMES, other("mode", 0), other("parser", 0, 1)], "undecided"),
        ([other("again", 2, 16), other("mode", 2), other("parser", 0, 1)], "undecided"),
        ([SOMETIMES, other("parser", 1, 1)], "parser"),
        ([SOMETIMES, other("mode", 7), other("parser", 0, 1)], "model"),
        ([SOMETIMES, other("family", 1, 1)], "parser"),
        ([SOMETIMES, other("mode", 7), other("family", 0, 1)], "undecided"),
        ([SOMETIMES, other("mode", 7)], "undecided"),
        ([AGAIN, other("mode", 16)], "undecided"),
        ([other("again", 0)], "undecided"),
        ([SOMETIMES, other("mode", 5), other("format", 6), other("respelled", 4)], "undecided"),
    ],
)
def test_the_layer_follows_from_what_makes_it_go_away(trials: list[Trial], where: str) -> None:
    found = decide(trials, "object-as-json-string")
    assert found.where == where
    assert found.reasons


def test_a_spelling_that_decides_beside_a_right_parser_is_the_templates() -> None:
    trials = [SOMETIMES, gone("respelled"), other("parser", 0, 1)]
    assert decide(trials, "unknown-param").where == "template"


def test_an_engine_on_trial_has_no_model_to_blame() -> None:
    assert decide([AGAIN], "object-as-json-string", parser_only=True).where == "parser"


def finding(pointer: str, actual: object) -> Finding:
    return Finding("x", "error", "values", "m", 0, pointer, actual=actual)


@pytest.mark.parametrize(
    ("body", "pointer", "actual", "marked"),
    [
        (r'{"arguments":"{\"a\": \"{}\"}"}', "/a", "{}", r"\"a\": \"{}\""),
        ('{"input":{"a":"1"}}', "/a", "1", '"a":"1"'),
        ('{"tool_calls":[]}', "", None, '"tool_calls"'),
    ],
)
def test_the_place_is_marked(body: str, pointer: str, actual: object, marked: str) -> None:
    assert f"{MARKS[0]}{marked}{MARKS[1]}" in excerpt(body, finding(pointer, actual))


def test_long_bodies_are_cut_around_the_place() -> None:
    body = f'{{"x":"{"y" * 9000}","a":"1","z":"{"w" * 9000}"}}'
    shown = excerpt(body, finding("/a", "1"))
    assert len(shown) < 1300
    assert shown.count("characters left out") == 2
    assert '⟪"a":"1"⟫' in shown


@pytest.mark.parametrize("api", ["openai-chat", "openai-responses", "anthropic-messages"])
def test_the_key_comes_from_the_environment(api: str) -> None:
    service = Service("https://example.com/it's/v1", api, "SOME_KEY")
    command = service.curl(Request("/x", {"model": "m", "note": "'; rm -rf /; '"}), stream=False)
    assert '"authorization: Bearer $SOME_KEY"' in command
    assert "it's/v1" not in command, "a quote in the address is quoted"
    program = service.python(Request("/x", {"model": "m", "unheard_of": 1}))
    assert 'os.environ["SOME_KEY"]' in program
    assert "extra_body" in program
    compile(program, "reproduction", "exec")


def test_where_a_run_can_be_reached() -> None:
    simulated = Target("sim/clean", "sim", "clean", "openai-chat", kind="simulated")
    assert "toolfuzz serve --profile clean" in service_of(simulated, {}).start
    own = Target("m", "127.0.0.1:9", "m", "openai-chat")
    service = service_of(own, {"base_url": "http://127.0.0.1:9/v1"})
    assert service.url(Request("/x", {})) == "http://127.0.0.1:9/v1/x"


@pytest.mark.parametrize(
    ("failed", "otherwise", "asked", "needed", "outcome"),
    [
        (1, 0, 16, 16, "STILL FAILS"),
        (0, 0, 16, 16, "FIXED"),
        (0, 0, 15, 16, "INCONCLUSIVE"),
        (0, 1, 16, 16, "INCONCLUSIVE"),
        (0, 0, 0, 1, "INCONCLUSIVE"),
        (0, 0, 1, 1, "FIXED"),
    ],
)
def test_what_the_counts_allow(
    failed: int, otherwise: int, asked: int, needed: int, outcome: str
) -> None:
    assert outcome_of(failed, otherwise, asked, needed) == outcome


CASE = one_call({"type": "object", "properties": {}}, {})


@pytest.mark.parametrize(
    ("seen", "passes"),
    [(None, 29), (Tally(16, 16), 8), (Tally(5, 16), 12), (Tally(10, 100), 34), (Tally(2, 16), 54)],
)
def test_a_rare_failure_takes_many_passes_to_be_called_fixed(
    seen: Tally | None, passes: int
) -> None:
    assert KnownFailure("x", CASE, seen=seen).passes_needed == passes


def test_an_unchanged_endpoint_is_hardly_ever_called_fixed() -> None:
    """It fails 8 of 100; the counts before and now are both drawn."""
    rng, fixed, studies = random.Random(1), 0, 400
    for _ in range(studies):
        failed = sum(rng.random() < 0.08 for _ in range(48)) or 1
        needed = KnownFailure("x", CASE, seen=Tally(failed, 48)).passes_needed
        fixed += not any(rng.random() < 0.08 for _ in range(min(needed, 200)))
    assert fixed <= 0.05 * studies


def test_what_would_decide_is_said() -> None:
    known = KnownFailure("x", CASE, "value-changed", seen=Tally(5, 16))
    told = Replayed(known, "INCONCLUSIVE", 0, 0, 4, 0).words
    assert "before: 5 of 16; 12 passes would show that it is fixed" in told
    unknown = Replayed(KnownFailure("x", CASE), "FIXED", 0, 0, 29, 0).words
    assert "not known, 1 in 10 is taken" in unknown


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.sampled_from("'\"\\\n\r{}aé")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.sampled_from("'\\a")), inner),
)


@given(JSON)
@example({"a": "'''\\"})
def test_a_body_in_a_program_is_the_body(value: object) -> None:
    assert eval(json_literal(value), {"json": json}) == value


def details(**other: object) -> FailureDetails:
    """A reply whose arguments were encoded twice."""
    params = {"type": "object", "properties": {"a": {"type": "object"}}, "required": ["a"]}
    case = one_call(params, {"a": {}})
    body = {
        "model": "m",
        "choices": [
            {
                "finish_reason": "tool_calls",
                "message": {
                    "role": "assistant",
                    "tool_calls": [
                        {
                            "id": "call_1",
                            "type": "function",
                            "function": {"name": "save", "arguments": '"{\\"a\\": {}}"'},
                        }
                    ],
                },
            }
        ],
    }
    data = json.dumps(body).encode()
    target = Target("m", "127.0.0.1:9", "m", "openai-chat")
    attempt = Attempt(0.0, 1.0, 2.0, 200, {}, ((1.0, data),))
    exchange = Exchange(case.id, 0, "m", 0, False, {}, (attempt,))
    wrong = Finding("args-double-encoded", "error", "arguments", "m", 0)
    verdict = Verdict(case.id, "m", 0, False, "fail", (wrong,))
    failure = Failure("m", Symptom.of(wrong), case, wrong, (verdict,), Counter([False]))
    shares = (Share("not streamed", 1, 1), Share("streamed", 0, 0))
    made = FailureDetails(
        failure, target, nature_of(target), {}, 0.0, case, wrong, exchange, None, None, shares
    )
    return replace(made, **other)  # type: ignore[arg-type]


def test_what_came_back_is_what_the_wire_said() -> None:
    (shown,) = got(judged(details())[-1])
    assert shown["arguments"] == '"{\\"a\\": {}}"'


@pytest.mark.parametrize(
    ("plain", "streamed", "said"),
    [
        ((0, 1), (1, 50), ""),
        ((0, 0), (9, 9), ""),
        ((0, 20), (9, 20), ", only in streamed replies"),
        ((9, 20), (0, 20), ", only in replies that are not streamed"),
        ((1, 20), (19, 20), ""),
        ((0, 8), (5, 8), ""),
        ((0, 8), (6, 8), ", only in streamed replies"),
    ],
)
def test_a_stream_mode_is_named_where_that_is_no_chance(
    plain: tuple[int, int], streamed: tuple[int, int], said: str
) -> None:
    shares = (Share("not streamed", *plain), Share("streamed", *streamed))
    found = title(details(in_run=shares, subject="It"))
    assert (", only in" in found) == bool(said)
    assert said in found


@pytest.mark.parametrize(
    ("again", "other", "anew"),
    [(5, 1, True), (6, 2, False), (3, 0, False), (12, 6, True), (12, 7, False), (16, 8, True)],
)
async def test_what_seems_to_go_away_is_asked_anew(again: int, other: int, anew: bool) -> None:
    """Of 16 each: an unadjusted p of at most 10%, and half as often at most."""
    asked: list[str] = []

    def question(way: Way, failed: int) -> Question:
        async def ask(times: int) -> Tally:
            asked.append(way)
            return Tally(failed, 16) if asked.count(way) == 1 else Tally(0, times)

        return Question(way, way, ask)

    trials: list[Trial] = []
    await compare([question("again", again), question("mode", other)], trials)
    assert (asked.count("mode") == 2) == anew
    assert [t.asked for t in trials] == [16, 16]


@pytest.mark.parametrize(
    ("other", "again", "where"),
    [
        (Tally(0, 12), Tally(5, 12), "parser"),
        (Tally(0, 16), Tally(5, 16), "undecided"),
        (Tally(3, 12), Tally(9, 12), "parser"),
        (Tally(3, 20), Tally(10, 20), "undecided"),
        (Tally(20, 40), Tally(40, 40), "parser"),
        (Tally(21, 40), Tally(40, 40), "undecided"),
    ],
)
def test_only_a_clear_difference_names_a_layer(other: Tally, again: Tally, where: str) -> None:
    """A chance of 2% by fresh answers, and at most half of it left."""
    trials = [Trial("again", "", 16, 16, again), Trial("mode", "", 0, 16, other)]
    assert decide(trials, "value-changed").where == where
