"""arguments is JSON, but no object."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.texts import NotObject, NotText


def explain(fact: NotObject) -> str:
    """Tell of JSON that is no object."""
    return "arguments is JSON but no object"


def explain_value(fact: NotText) -> str | None:
    """Look for a bare scalar."""
    if fact.value is None or isinstance(fact.value, dict | list):
        return None
    return "arguments is neither text nor object"


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """JSON, but no object."""
    others = ["[1,2,3]", "42", "true"]
    if roll.format.traits.arguments == "text":
        others.append("null")
    for call in reply.calls[-1:]:
        call.raw = roll.rng.choice(others)
    return bool(reply.calls)


DEFECT = Defect(
    slug="args-non-object",
    group="A",
    tells_of="serialization",
    title="arguments is JSON, but no object",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model or server",
    help=(
        "Arguments must be one object, also when a tool takes a single value. Reject the call "
        "and ask again; check the tool's parameters for a schema without type object."
    ),
    example='"arguments":"[1,2,3]"',
    sources=("langchain-ai/langchain#36052", "vllm-project/vllm#50861"),
    explain={NotObject: explain, NotText: explain_value},
    fault=Fault(simulate, "raw"),
    examples=(
        arguments("[1, 2]", asked={"a": 1}),
        arguments('{"a": [1, 2]}', asked={"a": [1, 2]}, found=False),
    ),
)
