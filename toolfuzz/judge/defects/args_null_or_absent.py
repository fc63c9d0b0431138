"""arguments is null or missing."""

from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import ABSENT, arguments
from toolfuzz.judge.faults import rewrites
from toolfuzz.judge.texts import NotText


def explain(fact: NotText) -> str | None:
    """Look for nothing at all."""
    if fact.value is not None:
        return None
    return f"arguments is {'null' if fact.sent else 'absent'}"


def simulate(raw: str, rng: Random) -> Any:
    """null, or no key at all."""
    return rng.choice([None, ABSENT])


DEFECT = Defect(
    slug="args-null-or-absent",
    group="A",
    tells_of="serialization",
    title="arguments is null or missing",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the server or gateway",
    help=(
        "Clients that load the string unconditionally crash. Send {} for a call without arguments."
    ),
    example='"function":{"name":"ping","arguments":null}',
    sources=("langchain-ai/langchain#34190", "mark3labs/mcphost#117"),
    explain={NotText: explain},
    fault=rewrites(simulate, "text, object no-omits plain"),
    examples=(
        arguments(None, asked={"a": 1}, where="text"),
        arguments(ABSENT, asked={"a": 1}, where="text"),
        arguments("{}", asked={}, found=False),
    ),
)
