"""A required parameter is missing."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.defects._order import before
from toolfuzz.judge.differences import Emptied, Invented, Leaf, Lost
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.values import KEYWORD_NAMES, all_places, delete_member
from toolfuzz.judge.wording import listed


def explain(fact: Lost) -> str | None:
    """Look for members that the schema demands."""
    if not fact.required:
        return None
    also = f"; instead came {listed(fact.extra)}" if fact.extra else ""
    return f"{listed(fact.required)} missing{also}"


def explain_emptied(fact: Emptied) -> str | None:
    """Look for an object without any, where only the schema is known."""
    return f"{listed(fact.keys)} missing" if fact.depth and not fact.known else None


def explain_invented(fact: Invented) -> str | None:
    """Look for other members than those that the schema demands."""
    if not any(fact.place.requires(key) for key in fact.missing):
        return None
    return f"instead of {listed(fact.missing)} came {listed(fact.extra)}"


def explain_leaf(fact: Leaf) -> str | None:
    """Look for an object that fits no branch of a union for want of a member."""
    proven = None if fact.exact else fact.fault
    return proven.message if proven and proven.about == "missing" else None


_SCHEMA = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "limit": {"type": "integer"}},
    "required": ["path"],
}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """One required key is absent, the others are there."""
    found = [
        p
        for p in all_places(reply, roll)
        if isinstance(p.holder, dict) and p.required and p.key not in KEYWORD_NAMES
        if len(p.holder) > 1 + (p.depth == 1)
    ]
    return delete_member(found, roll)


DEFECT = Defect(
    slug="missing-required",
    group="D",
    tells_of="understanding",
    title="A required parameter is missing",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a parser that lost it",
    help=(
        "Make descriptions say what is required; use strict tools where the server enforces "
        "them. If repeats always lose the same one, suspect the parser."
    ),
    example='{"content":"..."} without path',
    sources=("earendil-works/pi#8501", "jaseci-labs/jac#6766", "openmake/openmake_llm#781"),
    indistinguishable=(
        "See parameter-dropped-by-parser: with two parameters, one missing looks the same for "
        "both causes."
    ),
    pairs=("parameter-dropped-by-parser", "schema-mutated", "schema-unenforced"),
    explain={
        Lost: explain,
        Emptied: explain_emptied,
        Invented: explain_invented,
        Leaf: explain_leaf,
    },
    outranks=before("missing-required"),
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"limit": 5}', schema=_SCHEMA),
        arguments('{"path": "/tmp"}', schema=_SCHEMA, found=False),
    ),
)
