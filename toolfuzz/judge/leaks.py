"""Calls that went into text instead of tool_calls, or into both."""

from collections.abc import Collection, Iterator

from toolfuzz.core.case import Json
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import finding
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.markup import Written, marker_begun, written_calls

__all__ = ["absent_call", "in_text", "leaked", "traces"]

_CONTEXT = 12


def absent_call(facts: Facts) -> Finding | None:
    """Say where a reply without calls has its call: in text, in reasoning, lost, or never made."""
    reply, turn = facts.reply, facts.turn
    sought = turn.expect.kind == "calls" or turn.tool_choice not in ("auto", "none")
    found = leaked(facts, reply.text, native=not sought)
    # Without a known answer a text may explain a call; one that begins with it is one.
    if found and (sought or reply.text.strip().startswith(found.snippet)):
        return in_text("call-in-content", found)
    if sought and (found := leaked(facts, reply.reasoning)):
        return in_text("call-in-reasoning", found)
    if reply.finish == "tool_calls":
        return finding("finish-calls-empty", "finish reason tool_calls, but no call")
    if not sought:
        return None
    spent = reply.usage.output_tokens if reply.usage else None
    said = reply.text.strip()
    if not said and ((spent or 0) > 5 or reply.reasoning.strip()):
        return finding("call-dropped", f"nothing came back for {spent} tokens")
    message = f"no call; the text says {clip(said, 200)!r}" if said else "an empty reply"
    return finding("no-call", message)


def in_text(slug: str, found: Written) -> Finding:
    """Build the finding of a call that stands in text."""
    return finding(slug, f"{found.dialect} call of {found.tool}", actual=clip(found.snippet))


def traces(facts: Facts, called: Collection[str]) -> Finding | None:
    """Look for remains of the calls' own markup in the text beside them."""
    reply = facts.reply
    for place, text in (("text", reply.text), ("reasoning", reply.reasoning)):
        found = leaked(facts, text, native=place == "reasoning", beside_call=True)
        if found and found.tool in called:
            message = f"{found.dialect} markup of {found.tool} in the {place} as well"
            return finding("call-and-markup", message, actual=clip(found.snippet))
    begun = marker_begun(reply.text) if reply.stream else None
    if begun and not _quoted(facts, reply.text, begun):
        return finding("stream-marker-split", f"the text ends with {begun!r}", actual=begun)
    return None


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
        parts += _strings(call.arguments)
    return "\n".join(parts)


def _strings(value: Json) -> Iterator[str]:
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            stack += [*node.keys(), *node.values()]
        elif isinstance(node, list | tuple):
            stack += node
