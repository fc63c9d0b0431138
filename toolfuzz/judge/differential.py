"""The same question asked plain and streamed: two replies that must hold the same calls."""

from collections.abc import Sequence

from toolfuzz.core.jsonvalue import canonical
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import finding
from toolfuzz.judge.reading import load

__all__ = ["comparable", "divergence"]


def comparable(twin: Reply | None) -> bool:
    """Whether the plain reply is whole enough to hold a streamed one against it."""
    return (
        twin is not None
        and twin.transport_error is None
        and twin.error is None
        and twin.status is not None
        and twin.status < 300
        and twin.finish not in ("length", "refusal")
    )


def divergence(streamed: Sequence[ToolCall], plain: Sequence[ToolCall]) -> Finding | None:
    """Return the finding when the calls differ, in whatever order they stand.

    ``streamed`` are the calls as a client assembles them, before any repair.
    """
    ours = sorted(map(_key, streamed))
    theirs = sorted(map(_key, plain))
    if ours == theirs:
        return None
    return finding(
        "stream-nonstream-divergence",
        f"{len(ours)} calls streamed, {len(theirs)} plain"
        if len(ours) != len(theirs)
        else "the streamed calls differ from the plain ones",
        expected=[clip(key) for key in theirs if key not in ours][:3],
        actual=[clip(key) for key in ours if key not in theirs][:3],
    )


def _key(call: ToolCall) -> str:
    """Return name and arguments as one text; arguments that don't load count as they stand."""
    value = load(call.arguments_raw) if call.arguments_raw is not None else call.arguments
    arguments = call.arguments_raw if value is None else canonical(value)
    return f"{call.name} {arguments}"
