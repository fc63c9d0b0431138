"""Text or brackets around the whole object."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.texts import Surrounded


def explain(fact: Surrounded) -> str | None:
    """Tell of what stands around the object; the model's markup is another cause."""
    return None if fact.markup else fact.what


def simulate(raw: str, rng: Random) -> Any:
    """More text after the object."""
    return raw + rng.choice([" done.", "}", "\n\nI will wait."])


DEFECT = Defect(
    slug="args-trailing-garbage",
    group="A",
    tells_of="serialization",
    title="Text or brackets around the whole object",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model or parser",
    help=(
        "Loading fails although the object is there. Report the rest to the parser's "
        "maintainers; a client can read the first object and ignore what follows."
    ),
    example='"arguments":"{\\"a\\":1} done."',
    sources=("NousResearch/hermes-agent#79333", "josdejong/jsonrepair#196", "ROCm/FastFlowLM#537"),
    explain={Surrounded: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('{"a": 1} Done.', asked={"a": 1}),
        arguments('{"a": 1}}', asked={"a": 1}),
        arguments('{"a": 1} <- these are the arguments', asked={"a": 1}),
        arguments('{"a": 1}\n</tool_call>', asked={"a": 1}, found=False),
        arguments(' {"a": 1}\n', asked={"a": 1}, found=False),
    ),
)
