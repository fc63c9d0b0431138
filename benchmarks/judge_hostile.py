"""The judge must never raise. Random and mutated replies, judged with and without an answer.

python benchmarks/judge_hostile.py [--replies 10000] [--seed 0]
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

import msgspec
from judge_asking import CAP, CELLS, situations

from toolfuzz.core.ask import ask_of
from toolfuzz.core.case import Case, Expectation
from toolfuzz.core.exchange import Attempt
from toolfuzz.formats import CannotAskError, wire_format
from toolfuzz.formats.writing import encode_body as reply_body
from toolfuzz.judge.judge import Judgement, judge
from toolfuzz.simulate.faults.registry import faults
from toolfuzz.simulate.pipeline import respond
from toolfuzz.simulate.profiles import check_profile
from toolfuzz.simulate.question import read_question

_WEDGES = [
    *(b"", b"\x00", b"\xff", b"\xed\xa0\x80", b"\\", b"\\u", b"\\ud800", b'"', b"'", b"{", b"}"),
    *(b"[", b"]", b",", b":", b"null", b"true", b"-", b"1e999", b"NaN", b"9" * 400, b"[" * 3000),
    *(b"\n\n", b"\r", b"data: ", b"data: [DONE]\n\n", b"event: error\n", b'"index":-1,', b"{}"),
    *(b"<tool_call>", b"</arg_value>", b"<|channel|>", b'"tool_calls":null,', b'"arguments":{},'),
]


def replies(cases: Sequence[Case], rng: Random) -> Iterator[tuple[Case, str, bool, Attempt]]:
    """Yield replies without end: of every fault, mutated; and now and then mere noise."""
    names = [f"fault:{f.slug}" for f in faults().values() if f.turn == 1]
    while True:
        case, (api, stream) = rng.choice(cases), rng.choice(CELLS)
        body = _noise(rng) if rng.random() < 0.1 else _mutated(case, api, stream, names, rng)
        status = rng.choice([200] * 12 + [400, 500, 204, None])
        error = None if rng.random() < 0.9 else "ReadError: broke off"
        chunks = ((0.0, body),) if body else ()
        yield case, api, stream, Attempt(0.0, None, 0.0, status, {}, chunks, error)


def judged(case: Case, api: str, stream: bool, attempt: Attempt) -> list[Judgement]:
    """Judge a reply beside its right answer, without one, and as its own plain counterpart."""
    reply = wire_format(api).read(attempt, stream=stream)
    turn = replace(case.turns[0], expect=Expectation("unknown"))
    unknown = replace(case, turns=(turn,))
    return [
        judge(case, [reply], max_tokens=CAP),
        judge(case, [reply], counterpart=[msgspec.structs.replace(reply, stream=False)]),
        judge(unknown, [reply]),
    ]


def _noise(rng: Random) -> bytes:
    if rng.random() < 0.5:
        return rng.randbytes(rng.randrange(200))
    return b"".join(rng.choice(_WEDGES) for _ in range(rng.randrange(30)))


def _mutated(case: Case, api: str, stream: bool, names: Sequence[str], rng: Random) -> bytes:
    model = "+".join([rng.choice(names), *(n[6:] for n in rng.sample(names, rng.randrange(3)))])
    form = wire_format(api)
    ask = replace(ask_of(case, model=model, stream=stream), max_tokens=CAP)
    try:
        request = form.request(ask)
    except CannotAskError:
        return _noise(rng)
    question = read_question(form, request.body, path=request.path)
    wire = respond(question, check_profile(model), str(rng.random())).wire
    body = bytearray(b"".join(form.framing.join(wire.events)) or reply_body(wire.body))
    for _ in range(rng.choice([0, 1, 1, 2, 4, 8])):
        at = rng.randrange(len(body) + 1)
        match rng.randrange(4):
            case 0:
                body[at:] = b""
            case 1:
                body[at : at + rng.randrange(60)] = b""
            case 2:
                again = bytes(body[at : at + rng.randrange(200)])
                body[at:at] = again
            case _:
                body[at : at + rng.randrange(4)] = rng.choice(_WEDGES)
    return bytes(body)


def _cap(api: str) -> dict[str, int]:
    return {"max_output_tokens" if api == "openai-responses" else "max_tokens": CAP}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replies", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = Random(given.seed)
    made = replies(situations(100, seed=given.seed), rng)
    said: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(given.replies):
        reply = next(made)
        began = time.perf_counter()
        # An exception ends the benchmark with its traceback: that is the failure.
        said.update(judgement.status for judgement in judged(*reply))
        slowest = max(slowest, time.perf_counter() - began)
    print(f"{given.replies} replies judged three ways without an exception: {dict(said)}")
    print(f"the slowest took {slowest * 1000:.0f} ms")


if __name__ == "__main__":
    main()
