"""Calls that went into text instead of tool_calls, or into both."""

from collections.abc import Collection, Iterator

from toolfuzz.core.case import Json
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.markup import Written, marker_begun, written_calls

__all__ = ["leaked", "marker_left", "scalars", "texts_in", "traces"]

_CONTEXT = 12


def traces(facts: Facts, called: Collection[str]) -> tuple[str, Written] | None:
    """Return where remains of the calls' own markup stand beside them, and what they say."""
    for place, text in (("text", facts.reply.text), ("reasoning", facts.reply.reasoning)):
        found = leaked(facts, text, native=place == "reasoning", beside_call=True)
        if found and found.tool in called:
            return place, found
    return None


def marker_left(facts: Facts) -> str | None:
    """Return the beginning of a call marker with which a streamed text ends."""
    reply = facts.reply
    begun = marker_begun(reply.text) if reply.stream else None
    return begun if begun and not _quoted(facts, reply.text, begun) else None


def leaked(
    facts: Facts, text: str, *, native: bool = False, beside_call: bool = False
) -> Written | None:
    """Return the first call in the text that was not quoted from the question.

    ``native`` leaves out forms without markers of their own. Beside a structured call, JSON
    counts only when it is all the text: models like to say what they are about to do.
    """
    if not text.strip():
        return None
    said = _said(facts)
    for found in written_calls(text, [tool.name for tool in facts.case.tools]):
        if not found.native and (native or (beside_call and not _is_all(text, found))):
            continue
        if found.snippet not in said:
            return found
    return None


def _quoted(facts: Facts, text: str, begun: str) -> bool:
    """Whether the text quotes the question up to the marker's beginning."""
    end = text.rstrip()[-len(begun) - _CONTEXT :]
    return len(end) > len(begun) and end in _said(facts)


def _is_all(text: str, found: Written) -> bool:
    bare = text.strip().removeprefix("```json").strip("`\n ")
    return bare.startswith(found.snippet) and bare[-1:] in ("}", "]", ")")


def _said(facts: Facts) -> str:
    """Return all text that the question itself holds: prompts, results, expected strings."""
    parts = [m.content for turn in facts.case.turns for m in turn.messages]
    parts += [result for turn in facts.case.turns for result in turn.results]
    parts += [tool.description for tool in facts.case.tools]
    for call in facts.turn.expect.calls:
        parts += texts_in(call.arguments)
    return "\n".join(parts)


def texts_in(value: Json) -> Iterator[str]:
    """Yield all strings in a value, keys included."""
    for item in scalars(value, keys=True):
        if isinstance(item, str):
            yield item


def scalars(value: Json, *, keys: bool = False) -> Iterator[Json]:
    """Yield all scalars in a value, with ``keys`` those of its objects as well."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            stack += node.values()
            if keys:
                yield from node
        elif isinstance(node, list | tuple):
            stack += node
        else:
            yield node
