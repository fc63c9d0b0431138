"""An undeclared parameter."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Foreign, Leaf
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.values import holders


def explain(fact: Foreign) -> str:
    """Tell of a key that is no parameter."""
    return f"{fact.key[:80]!r} is no parameter"


def explain_leaf(fact: Leaf) -> str | None:
    """Look for an object that fits no branch of a union because of a key."""
    proven = None if fact.exact else fact.fault
    return proven.message if proven and proven.about == "unknown" else None


_SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A key that the tool doesn't declare."""
    found = holders(reply)
    closed = [h for h, schema in found if schema.get("additionalProperties") is False]
    for holder in closed[:1] or [h for h, _ in found[:1]]:
        holder["extra_note"] = "added by the model"
        return True
    return False


DEFECT = Defect(
    slug="unknown-param",
    group="D",
    tells_of="understanding",
    title="An undeclared parameter",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model",
    help=(
        "An error where additionalProperties is false, and where exactly these arguments were "
        "asked for. Ignore it in the tool, or forbid it in the schema so that clients notice."
    ),
    example='{"query":"x","filter":"y"}',
    sources=("GDKsoftware/Delphi-MCP-Server#12", "openmake/openmake_llm#781"),
    pairs=("schema-unenforced",),
    explain={Foreign: explain, Leaf: explain_leaf},
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"path": "/tmp", "colour": "red"}', asked={"path": "/tmp"}, schema=_SCHEMA),
        arguments('{"path": "/tmp", "colour": "red"}', schema=_SCHEMA, found=False),
        arguments('{"path": "/tmp"}', asked={"path": "/tmp"}, schema=_SCHEMA, found=False),
    ),
)
