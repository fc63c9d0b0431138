"""An optional parameter came as null instead of being left out."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect, Said
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf, Unasked
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import KEEP, Fault, Roll
from toolfuzz.judge.faults.values import fill_in


def explain(fact: Unasked) -> Said | None:
    """Look for null instead of nothing."""
    if fact.came is not None:
        return None
    if fact.place.admits(None):
        return Said("null is allowed, but was not asked for", "warn")
    return Said("null is not allowed")


def explain_leaf(fact: Leaf) -> str | None:
    """Look for null in an optional member, where only the schema is known."""
    optional = not fact.exact and fact.came is None and fact.optional
    return "null is not allowed" if optional else None


_SCHEMA_1 = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "order": {"type": ["string", "null"]}},
    "required": ["path"],
}
_SCHEMA_2 = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "order": {"type": "string"}},
    "required": ["path"],
}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Optional parameters that were left out come as null."""
    return fill_in(reply, lambda known: KEEP if "null" in known or not known else None)


DEFECT = Defect(
    slug="optional-null",
    group="D",
    tells_of="understanding",
    title="An optional parameter came as null instead of being left out",
    severity="error",
    layer="schema",
    stage="values",
    usual="a model used to strict mode, or a client",
    help=(
        "Allow null in the type, or drop null members before validation. A warning where null "
        "is allowed."
    ),
    example='{"q":"x","limit":null}',
    sources=("ZenRows/zenrows-mcp#23",),
    pairs=("schema-unenforced",),
    explain={Unasked: explain, Leaf: explain_leaf},
    outranks=before("optional-null"),
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"path": "/tmp", "order": null}', asked={"path": "/tmp"}, schema=_SCHEMA_2),
        arguments(
            '{"path": "/tmp", "order": null}',
            asked={"path": "/tmp", "order": None},
            schema=_SCHEMA_1,
            found=False,
        ),
        arguments('{"path": "/tmp"}', asked={"path": "/tmp"}, schema=_SCHEMA_2, found=False),
    ),
)
