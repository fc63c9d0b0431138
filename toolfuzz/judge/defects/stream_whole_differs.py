"""A stream gives the complete arguments again, and they are not what its deltas add up to."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import delta, opened, streamed, whole
from toolfuzz.judge.facts import Facts


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "differs":
            return [damaged(DEFECT, call)]
    return ()


DEFECT = Defect(
    slug="stream-whole-differs",
    group="F",
    tells_of="serialization",
    title="A stream repeats the arguments, and not as its deltas spell them",
    severity="error",
    layer="stream",
    stage="structure",
    shows_in="stream",
    usual="the gateway",
    help=(
        "Clients that join the deltas and clients that take the last event get different calls. "
        "Compare the gateway's translation with the server's own stream."
    ),
    example='deltas {"a":1}, then arguments.done or the final item with {} or half of it',
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    examples=(
        streamed(
            opened(0, "", id="call_1", name="f"),
            delta(0, '{"a":1}'),
            whole(0, "{}"),
            asked=[("f", {"a": 1})],
            where="repeats",
        ),
        streamed(
            opened(0, "", id="call_1", name="f"),
            delta(0, '{"a":1}'),
            whole(0, '{"a":1}'),
            asked=[("f", {"a": 1})],
            where="repeats",
            found=False,
        ),
    ),
)
