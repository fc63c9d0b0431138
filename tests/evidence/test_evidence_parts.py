"""Layers, excerpts, hostile text in reports, outcomes of a replay."""

import pytest

from toolfuzz.core.exchange import Target
from toolfuzz.core.verdict import Finding
from toolfuzz.evidence.excerpt import MARKS, excerpt
from toolfuzz.evidence.layer import Trial, decide
from toolfuzz.evidence.replay import outcome_of
from toolfuzz.formats import Request
from toolfuzz.runs.reproduce import Service, service_of

AGAIN = Trial("again", "again", 16, 16)
SOMETIMES = Trial("again", "again", 8, 16)


def other(kind: str, failed: int, asked: int = 16) -> Trial:
    return Trial(kind, f"another {kind}", failed, asked)


@pytest.mark.parametrize(
    ("trials", "where"),
    [
        ([AGAIN, other("mode", 0)], "parser"),
        ([AGAIN, other("format", 0), other("mode", 0)], "gateway"),
        ([AGAIN, other("mode", 16), other("respelled", 0)], "parser"),
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
    trials = [SOMETIMES, other("respelled", 0), other("parser", 0, 1)]
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
    ("failed", "otherwise", "asked", "deterministic", "outcome"),
    [
        (1, 0, 16, False, "STILL FAILS"),
        (0, 0, 16, False, "FIXED"),
        (0, 0, 8, False, "FIXED"),
        (0, 0, 7, False, "INCONCLUSIVE"),
        (0, 1, 16, False, "INCONCLUSIVE"),
        (0, 0, 0, False, "INCONCLUSIVE"),
        (0, 0, 1, True, "FIXED"),
        (0, 0, 0, True, "INCONCLUSIVE"),
    ],
)
def test_what_the_counts_allow(
    failed: int, otherwise: int, asked: int, deterministic: bool, outcome: str
) -> None:
    assert outcome_of(failed, otherwise, asked, deterministic=deterministic) == outcome
