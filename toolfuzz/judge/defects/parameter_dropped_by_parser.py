"""Only some of the parameters arrived."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Lost
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.wording import listed


def explain(fact: Lost) -> Said | None:
    """Look for optional parameters that did not come, or all but the first or last one."""
    if not fact.known or fact.step.depth > 1:
        return None
    came = [name for name, _ in fact.kept]
    order = list(fact.right)
    edge = len(came) == 1 and came[0] in (order[0], order[-1])
    if fact.required and not (edge and len(fact.keys) > 1 and not fact.extra):
        return None
    mild = all(fact.right[key] is None for key in fact.keys)
    said = f"{listed(fact.keys)} lost; only {listed(came)} came"
    return Said(said, "warn" if mild else None)


_SCHEMA = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}},
    "required": ["path"],
}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Of several parameters only the first or the last survives."""
    fitting = [c for c in reply.calls if len(c.arguments) > 2]
    if not fitting:
        return False
    call = roll.rng.choice(fitting)
    key = list(call.arguments)[roll.rng.choice([0, -1])]
    call.arguments = {key: call.arguments[key]}
    return True


DEFECT = Defect(
    slug="parameter-dropped-by-parser",
    group="C",
    tells_of="serialization",
    title="Only some of the parameters arrived",
    severity="error",
    layer="values",
    stage="values",
    usual="the server's parser",
    help=(
        "Compare the streamed with the plain reply, and the output tokens with what came. If "
        "parameters are optional, the loss is silent."
    ),
    example='{"first":42} for {"first":42,"second":7}',
    sources=("QwenLM/Qwen3#1568", "yigit353/langchain-qwq#19", "zai-org/GLM-4.5#146"),
    indistinguishable=(
        "A model that leaves a parameter out and a parser that drops it look alike in one "
        "reply. One missing required parameter is reported as missing-required; several "
        "missing beside one survivor at either end, or missing optional ones, as this."
    ),
    pairs=("missing-required", "schema-mutated"),
    explain={Lost: explain},
    outranks=before("parameter-dropped-by-parser"),
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"path": "/tmp"}', asked={"path": "/tmp", "limit": 5}, schema=_SCHEMA),
        arguments('{"path": "/tmp"}', asked={"path": "/tmp"}, schema=_SCHEMA, found=False),
    ),
)
