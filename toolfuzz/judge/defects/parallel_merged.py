"""Several calls arrived as one, their arguments back to back."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import answer, called
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import AS_TEXT, Fault, Roll


def detect(facts: Facts) -> Iterable[Finding]:
    for position, parts in facts.merged:
        asked = len(facts.turn.expect.calls)
        message = f"{parts} argument objects in one call, {asked} calls were asked for"
        return [DEFECT.finding(message, call=position)]
    return ()


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Several calls of one tool become one with all argument objects in a row."""
    if len(reply.calls) < 2 or len({c.name for c in reply.calls}) > 1:
        return False
    reply.calls[0].raw = "".join(str(c.raw) for c in reply.calls)
    del reply.calls[1:]
    return True


DEFECT = Defect(
    slug="parallel-merged",
    group="E",
    tells_of="serialization",
    title="Several calls arrived as one, their arguments back to back",
    severity="error",
    layer="structure",
    stage="pairing",
    usual="a server or gateway that gives all calls one index",
    help="Switch parallel calls off, or streaming off when only streams do it.",
    example='{"arguments":"{\\"city\\":\\"Paris\\"}{\\"city\\":\\"Rome\\"}"}',
    sources=(
        "huggingface/smolagents#1958",
        "apache/maka#1976",
        "endolith/open-interpreter#315",
        "sgl-project/sglang#16371",
    ),
    detect=detect,
    explains=frozenset({"id-duplicate"}),
    fault=Fault(simulate, "raw", AS_TEXT),
    examples=(
        answer(called("f", '{"a":1}{"a":2}'), asked=[("f", {"a": 1}), ("f", {"a": 2})]),
        answer(called("f", '{"a":1};{"a":2}'), asked=[("f", {"a": 1}), ("f", {"a": 2})]),
        answer(called("f", '[{"a":1}, {"a":2}]'), asked=[("f", {"a": 1}), ("f", {"a": 2})]),
        answer(called("f", '{"a":1}{"b":2}'), asked=[("f", {"a": 1}), ("g", {"b": 2})]),
        answer(
            called("f", '{"a":1}'),
            called("f", '{"a":2}', id="call_2"),
            asked=[("f", {"a": 1}), ("f", {"a": 2})],
            found=False,
        ),
    ),
)
