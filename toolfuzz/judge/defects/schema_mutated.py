"""A parameter whose name looks like a schema keyword never arrives."""

from toolfuzz.core.jsonvalue import same
from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Lost
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.values import KEYWORD_NAMES, all_places, delete_member

_RESERVED = frozenset(
    {"title", "type", "properties", "definitions", "description", "default", "items", "required"}
    | {"$ref", "$defs", "$id", "$schema", "format", "enum", "const", "examples", "pattern"}
    | {"additionalProperties", "anyOf", "oneOf", "allOf", "not"}
)


def explain(fact: Lost) -> str | None:
    """Look for one member lost that is named like a keyword, where all others are right."""
    if not fact.known or len(fact.keys) != 1 or fact.extra:
        return None
    (key,) = fact.keys
    if key not in _RESERVED.intersection(fact.around.properties) or not fact.kept:
        return None
    if not all(same(fact.right[name], fact.object[shown]) for name, shown in fact.kept):
        return None
    return f"only {key!r}, named like a schema keyword, never came"


_SCHEMA = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "type": {"type": "string"}},
    "required": ["path", "type"],
}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A parameter whose name looks like a schema keyword never reaches the model."""
    found = [p for p in all_places(reply, roll) if p.key in KEYWORD_NAMES]
    return delete_member([p for p in found if p.required and len(p.holder) > 1], roll)


DEFECT = Defect(
    slug="schema-mutated",
    group="D",
    tells_of="serialization",
    title="A parameter whose name looks like a schema keyword never arrives",
    severity="error",
    layer="schema",
    stage="values",
    usual="a client or gateway that cleans schemas",
    help=(
        "Rename the parameter; title, type, definitions and the like are dropped by careless "
        "cleaners."
    ),
    example='{"body":"x"} without the parameter title',
    sources=(
        "simonw/llm#1679",
        "mozilla-ai/clawbolt#1488",
        "PrefectHQ/fastmcp#3582",
        "NousResearch/hermes-agent#36955",
        "deepset-ai/haystack#12037",
        "crewAIInc/crewAI#6628",
    ),
    indistinguishable=(
        "One reply can't tell it from a model that forgot this parameter; it is certain when "
        "the same tool with a neutral name works. A tool whose only parameter is lost shows "
        "args-empty-object."
    ),
    pairs=(
        "missing-required",
        "parameter-dropped-by-parser",
        "args-empty-object",
        "object-emptied",
        "schema-unenforced",
    ),
    explain={Lost: explain},
    outranks=before("schema-mutated"),
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"path": "/tmp"}', asked={"path": "/tmp", "type": "file"}, schema=_SCHEMA),
        arguments(
            '{"path": "/tmp", "type": "file"}',
            asked={"path": "/tmp", "type": "file"},
            schema=_SCHEMA,
            found=False,
        ),
    ),
)
