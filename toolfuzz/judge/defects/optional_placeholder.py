"""An optional parameter was filled in with an empty value."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Leaf, Unasked
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import KEEP, Fault, Roll
from toolfuzz.judge.faults.values import fill_in
from toolfuzz.judge.schema import is_filler


def explain(fact: Unasked) -> str | None:
    """Look for what forms hold in a blank field."""
    return f"filled in with {fact.came!r} instead of left out" if is_filler(fact.came) else None


def explain_leaf(fact: Leaf) -> str | None:
    """Look for it in an optional member, where only the schema is known."""
    optional = not fact.exact and is_filler(fact.came) and fact.optional
    return f"filled in with {fact.came!r} instead of left out" if optional else None


_SCHEMA = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "order": {"type": "string"}},
    "required": ["path"],
}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """Optional parameters that were left out come as "", 0 or []."""
    empties = {"string": "", "integer": 0, "number": 0, "array": []}
    return fill_in(
        reply, lambda known: next((empties[k] for k in sorted(known & set(empties))), KEEP)
    )


DEFECT = Defect(
    slug="optional-placeholder",
    group="D",
    tells_of="understanding",
    title="An optional parameter was filled in with an empty value",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model",
    help=(
        "Say in the description that it is left out when unused; drop empty values before "
        "validation."
    ),
    example='{"namespace":"prod","selector":""}',
    sources=("can1357/oh-my-pi#2981",),
    pairs=("value-changed", "schema-unenforced"),
    explain={Unasked: explain, Leaf: explain_leaf},
    outranks=before("optional-placeholder"),
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"path": "/tmp", "order": ""}', asked={"path": "/tmp"}, schema=_SCHEMA),
        arguments(
            '{"path": "/tmp", "order": ""}',
            asked={"path": "/tmp", "order": ""},
            schema=_SCHEMA,
            found=False,
        ),
    ),
)
