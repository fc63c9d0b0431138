"""Runs over dimensions, played by agents and written down as an endpoint would have answered."""

import json
from collections.abc import Mapping, Sequence

from toolfuzz.analyze.load import RunData, collect
from toolfuzz.core.case import Case
from toolfuzz.core.events import (
    CaseDrawn,
    Event,
    ExchangeRecorded,
    RunFinished,
    RunStarted,
    VerdictReached,
)
from toolfuzz.core.exchange import Attempt, Exchange, Target
from toolfuzz.core.reply import Reply
from toolfuzz.core.verdict import Metrics, Verdict
from toolfuzz.generate.dimensions import all_dimensions, draw_pair, find
from toolfuzz.worlds.agents import brain, ignorant, played

MODELS = {"good": 5, "bad": 2}
"""How many of six scenarios of each dimension a model gets right."""


def a_body(reply: Reply, text: str) -> bytes:
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments_raw},
        }
        for call in reply.calls
    ]
    message = {"role": "assistant", "content": text or reply.text or None, "tool_calls": calls}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
    return json.dumps({"id": "x", "object": "chat.completion", "choices": [choice]}).encode()


def a_world_run(
    dimensions: Sequence[str] = (),
    models: Mapping[str, int] = MODELS,
    *,
    scenarios: int = 6,
    text: str = "",
) -> RunData:
    """Return a run of the easiest level; ``text`` is what the models say beside their calls."""
    targets = tuple(Target(name, "local", name, "openai-chat") for name in models)
    events: list[Event] = [RunStarted(1_763_856_000.0, "0.1.0", targets, {"seed": 3})]
    for name in dimensions or all_dimensions():
        family = find(name)
        for k in range(scenarios):
            for case in draw_pair(family, 3, k, family.levels[0]):
                events.append(CaseDrawn(case))
                for model, right in models.items():
                    twin = "twin" in case.features
                    events += _answers(case, model, text, wrong=not twin and k >= right)
    return collect([*events, RunFinished(1_763_856_060.0)], keep_exchanges=True)


def _answers(case: Case, model: str, text: str, *, wrong: bool) -> list[Event]:
    family = find(case.probe)
    talk = played(case, ignorant(family) if wrong else brain(family))
    events: list[Event] = []
    for number, reply in enumerate(talk.replies):
        attempt = Attempt(
            0.0, 5.0, 90.0, 200, {"content-type": "application/json"},
            ((5.0, a_body(reply, text)),),
        )  # fmt: skip
        events.append(ExchangeRecorded(Exchange(case.id, number, model, 0, False, {}, (attempt,))))
    ending = talk.outcome
    verdict = Verdict(
        case.id, model, 0, False, ending.status, ending.findings, cluster=case.cluster,
        metrics=Metrics(latency_ms=90.0, called=True, input_tokens=2000, output_tokens=80),
        scenario=ending.scenario,
    )  # fmt: skip
    return [*events, VerdictReached(verdict)]
