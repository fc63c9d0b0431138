"""An argument delta was sent twice."""

from collections.abc import Iterable

from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import Piece, ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._streams import damaged
from toolfuzz.judge.example import delta, streamed
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll, is_json
from toolfuzz.judge.faults.streams import refined


def detect(facts: Facts) -> Iterable[Finding]:
    for call in facts.streamed:
        if call.damage is not None and call.damage.kind == "twice":
            return [damaged(DEFECT, call)]
    return ()


def simulate(reply: ReplyPlan, pieces: list[Piece], roll: Roll) -> bool:
    """One fragment is sent twice."""
    fragments = refined(pieces, reply, 3)
    texts = [p.text for p in fragments]
    breaking = [
        n
        for n, text in enumerate(texts)
        if len(text) > 1 and not is_json("".join([*texts[:n], text, *texts[n:]]))
    ]
    if not breaking:
        return False
    twice = fragments[roll.rng.choice(breaking)]
    pieces.insert(pieces.index(twice), Piece("args", twice.text, twice.call, twice.slot))
    return True


DEFECT = Defect(
    slug="stream-duplicate-delta",
    group="F",
    tells_of="serialization",
    title="An argument delta was sent twice",
    severity="error",
    layer="stream",
    stage="structure",
    shows_in="stream",
    usual="the server or gateway",
    help="Turn streaming off; look for a retrying proxy between client and server.",
    example="'\"Par' ; '\"Par' ; 'is\"'",
    sources=("anomalyco/opencode#33064", "diegosouzapw/OmniRoute#3762"),
    indistinguishable=(
        "One delta that holds all arguments and comes twice is also what a final repetition "
        "looks like."
    ),
    pairs=("args-cumulative", "args-concatenated"),
    detect=detect,
    explains=frozenset({"stream-not-incremental"}),
    fault=Fault(simulate, "pieces", "pieces stream"),
    examples=(
        streamed(
            delta(0, '{"a":', id="call_1", name="f"),
            delta(0, '"bc'),
            delta(0, '"bc'),
            delta(0, '"}'),
            asked=[("f", {"a": "bc"})],
            where="indexed",
        ),
        streamed(
            delta(0, '{"a":"', id="call_1", name="f"),
            delta(0, "bc"),
            delta(0, "bc"),
            delta(0, '"}'),
            asked=[("f", {"a": "bcbc"})],
            found=False,
            where="indexed",
        ),
    ),
)
