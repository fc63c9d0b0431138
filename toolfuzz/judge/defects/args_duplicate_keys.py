"""A key comes twice in one object."""

import json
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._some import some
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import NOTHING, rewrites
from toolfuzz.judge.texts import Odd


def explain(fact: Odd) -> str | None:
    """Look for objects with a key twice."""
    return f"a key comes twice: {some(fact.details)}" if fact.kind == "duplicate-key" else None


def simulate(raw: str, rng: Random) -> Any:
    """The first pair comes again at the end."""
    pairs = list(json.loads(raw).items())
    if not pairs:
        return NOTHING
    pair = json.dumps(dict(pairs[:1]), ensure_ascii=False, separators=(",", ":"))
    return f"{raw[:-1]},{pair[1:]}"


DEFECT = Defect(
    slug="args-duplicate-keys",
    group="A",
    tells_of="serialization",
    harm="value",
    title="A key comes twice in one object",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model, or a parser that appends a pair for each tag",
    help=(
        "Readers silently keep the first or the last value, so different clients run different "
        "calls. Report the raw text to the parser."
    ),
    example='"arguments":"{\\"q\\":\\"a\\",\\"q\\":\\"b\\"}"',
    explain={Odd: explain},
    fault=rewrites(simulate, ""),
    examples=(
        arguments('{"a": 1, "a": 1}', asked={"a": 1}),
        arguments('{"a": 1, "b": {"a": 1}}', asked={"a": 1, "b": {"a": 1}}, found=False),
    ),
)
