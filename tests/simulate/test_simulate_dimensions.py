"""Simulated models that lack one thing: they fail its dimension, and nothing else."""

import pytest

from toolfuzz.core.case import Case
from toolfuzz.core.exchange import Attempt
from toolfuzz.core.talk import Ending
from toolfuzz.formats import format_names, wire_format
from toolfuzz.formats.writing import encode_body
from toolfuzz.generate.dimensions import all_dimensions, draw_pair, find
from toolfuzz.judge.judge import judge
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import Profile, check_profile, profiles
from toolfuzz.simulate.question import read_question
from toolfuzz.worlds.play import play
from toolfuzz.worlds.spec import world_of

LACKS = {
    "plan": "hasty",
    "scope": "overeager",
    "constraints": "rule-blind",
    "recovery": "stubborn",
    "coordination": "careless",
    "correction": "needy",
    "retention": "forgetful",
}
FAMILIES = all_dimensions()


def ended(case: Case, profile: Profile, api: str = "openai-chat") -> Ending:
    """Let a profile answer a case to its end, each request and reply in the wire format."""
    format, talk = wire_format(api), play(case)
    while talk.turn is not None:
        request = format.request(talk.ask(model="m"))
        question = read_question(format, request.body, path=request.path)
        outcome = respond(question, profile, encode_body(request.body).hex())
        body = encode_body(outcome.wire.body)
        attempt = Attempt(0.0, 0.0, 0.0, 200, {"content-type": "application/json"}, ((0.0, body),))
        talk.answer(judge(talk.case, [*talk.replies, format.read(attempt, stream=False)]))
    return talk.outcome


def easiest(name: str, k: int = 0) -> tuple[Case, Case]:
    return draw_pair(find(name), 1, k, find(name).levels[0])


def test_there_is_one_for_each_dimension() -> None:
    assert FAMILIES.keys() == LACKS.keys()
    for name in FAMILIES:
        assert profiles()[LACKS[name]].faults == (f"ignores-{name}",)


@pytest.mark.parametrize("name", FAMILIES)
def test_each_fails_its_own_dimension_and_passes_the_twin(name: str) -> None:
    burdened, twin = easiest(name)
    assert ended(burdened, check_profile(LACKS[name])).status == "fail"
    assert ended(twin, check_profile(LACKS[name])).status == "pass"


@pytest.mark.parametrize("name", FAMILIES)
def test_each_passes_the_others(name: str) -> None:
    for other in FAMILIES.keys() - {name}:
        assert ended(easiest(other)[0], check_profile(LACKS[name])).status == "pass", other


@pytest.mark.parametrize("api", format_names())
def test_worlds_are_asked_in_every_wire_format(api: str) -> None:
    burdened, _ = easiest("plan")
    assert ended(burdened, check_profile("clean"), api).status == "pass"
    assert ended(burdened, check_profile("hasty"), api).status == "fail"


def test_a_share_of_scenarios_is_failed_from_beginning_to_end() -> None:
    """It is rolled once for a conversation: no scenario is ignored in some of its turns only."""
    half, clean, needy = map(check_profile, ("fault:ignores-correction@0.5", "clean", "needy"))
    failed = 0
    for k in range(12):
        burdened, _ = easiest("correction", k)
        outcome = ended(burdened, half)
        failed += outcome.status == "fail"
        assert outcome == ended(burdened, needy if outcome.status == "fail" else clean)
    assert 2 <= failed <= 10


def test_whoever_is_needy_gets_there_by_corrections() -> None:
    for k in range(5):
        burdened, _ = easiest("correction", k)
        scenario = ended(burdened, check_profile("needy")).scenario
        assert scenario is not None
        assert scenario.reached
        assert 1 <= scenario.interventions <= world_of(burdened).user.patience
