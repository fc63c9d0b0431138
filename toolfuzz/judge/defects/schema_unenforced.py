"""A strict tool's schema was accepted, but not enforced."""

from collections.abc import Iterator

from toolfuzz.core.validation import fits
from toolfuzz.core.verdict import Finding
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.catalogue import defect
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.values import all_places, delete_member


def detect(facts: Facts) -> Iterator[Finding]:
    """Look for what breaks the schema in a call of a tool that was promised to be strict."""
    if not facts.traits.strict:
        return
    for one in facts.matched:
        value = one.document.value
        if one.tool is None or not one.tool.strict or value is None:
            continue
        broken = [f for f in facts.findings if f.call == one.index and _breaks_schema(f)]
        if broken and not fits(one.tool.parameters, value):
            first = broken[0]
            yield DEFECT.finding(
                f"the tool is strict, yet the server let {first.slug} pass",
                call=one.index,
                pointer=first.pointer,
                schema_pointer=first.schema_pointer,
                shape=first.shape,
            )


def _breaks_schema(found: Finding) -> bool:
    return found.severity == "error" and defect(found.slug).group == "D"


_SCHEMA = {"properties": {"v": {"enum": ["done"]}}}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """``strict`` was accepted and isn't kept: a required key is absent."""
    strict = {t.name for t in reply.ask.tools if t.strict}
    calls = [c for c in reply.calls if c.name in strict]
    found = [p for p in all_places(reply, roll, calls) if p.required and p.depth == 1]
    return delete_member(found, roll)


DEFECT = Defect(
    slug="schema-unenforced",
    group="D",
    tells_of="serialization",
    title="A strict tool's schema was accepted, but not enforced",
    severity="error",
    layer="schema",
    stage="values",
    usual="the server",
    help=(
        "Reported beside the defect that shows it. Don't rely on strict with this server: "
        "validate in the client."
    ),
    example='strict:true, yet {"state":"archived"} came',
    sources=(
        "ggml-org/llama.cpp#19051",
        "ai-dynamo/frontend-crates#209",
        "vllm-project/vllm#37064",
    ),
    pairs=(
        "missing-required",
        "args-empty-object",
        "unknown-param",
        "param-renamed",
        "optional-null",
        "optional-placeholder",
        "enum-case",
        "enum-violation",
        "enum-type-mismatch",
        "constraint-violation",
        "union-branch-invalid",
        "recursive-collapse",
        "object-emptied",
        "tuple-violated",
        "default-const-ignored",
        "schema-mutated",
        "schema-ref-invisible",
    ),
    detect=detect,
    fault=Fault(simulate, "values", "strict"),
    examples=(
        arguments('{"v": "late"}', schema=_SCHEMA, strict=True, where="strict"),
        arguments('{"v": "done"}', schema=_SCHEMA, strict=True, found=False),
        arguments('{"v": "late"}', schema=_SCHEMA, found=False),
    ),
)
