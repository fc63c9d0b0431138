"""Single checks, for partial credit: how many values of the right answer came back right."""

from collections.abc import Iterator, Sequence

from toolfuzz.core.case import Json, Turn
from toolfuzz.core.jsonvalue import escape, same
from toolfuzz.core.reply import ToolCall
from toolfuzz.core.validation import fits
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.facts import Facts, MatchedCall
from toolfuzz.judge.reading import load

__all__ = ["count_checks", "schema_valid"]

_OUTER = ("wire", "stream", "structure")


def count_checks(
    turn: Turn, findings: Sequence[Finding], read: Sequence[MatchedCall]
) -> tuple[int, int]:
    """Return (checks, failed checks).

    One check is the reply as a whole; each expected call is one, and so is each leaf of its
    arguments. A call fails when it is missing or its argument string is wrong, a leaf when an
    error finding points at it, above it or below it.
    """
    errors = [f for f in findings if f.severity == "error"]
    total, failed = 1, int(any(f.layer in _OUTER for f in errors))
    if turn.expect.kind != "calls":
        return total, failed
    by_expected = {id(one.expected): one for one in read}
    for call in turn.expect.calls:
        leaves = _count_leaves(call.arguments)
        total += 1 + leaves
        one = by_expected.get(id(call))
        if one is None or one.document.value is None:
            failed += 1 + leaves
            continue
        inner = [f for f in errors if f.call == one.index and f.layer not in _OUTER]
        touched = {f.pointer for f in inner}
        above = {p[:n] for p in touched for n, char in enumerate(p) if char == "/"}
        failed += any(f.layer == "arguments" for f in inner)
        if touched:
            failed += sum(_touches(leaf, touched, above) for leaf in _leaves(call.arguments))
    return total, failed


def _touches(leaf: str, touched: set[str], above: set[str]) -> bool:
    if leaf in touched or leaf in above:
        return True
    return any(leaf[:n] in touched for n, char in enumerate(leaf) if char == "/")


def _count_leaves(value: Json) -> int:
    count, stack = 0, [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict) and node:
            stack += node.values()
        elif isinstance(node, (list, tuple)) and node:
            stack += node
        else:
            count += 1
    return count


def _leaves(value: Json) -> Iterator[str]:
    """Yield the JSON pointers (RFC 6901) of all scalars and empty containers."""
    stack = [("", value)]
    while stack:
        at, node = stack.pop()
        if isinstance(node, dict) and node:
            for key, item in node.items():
                stack.append((f"{at}/{escape(key)}", item))
        elif isinstance(node, list | tuple) and node:
            stack += [(f"{at}/{n}", item) for n, item in enumerate(node)]
        else:
            yield at


def schema_valid(facts: Facts, calls: Sequence[ToolCall]) -> bool | None:
    """Whether all calls, as a client got them, name an offered tool and validate."""
    if not calls:
        return None
    # What was drawn was validated before it was sent; a recorded expectation wasn't.
    right = () if facts.case.is_recorded else facts.turn.expect.calls
    known = {id(one.call) for one in facts.matched if one.right and _is_for(one)} if right else ()
    for call in calls:
        if id(call) in known:
            continue
        tool = facts.case.tool(call.name or "")
        value = load(call.arguments_raw) if call.arguments_raw is not None else None
        if tool is not None and (call.free or tool.takes_text):
            if call.free is not tool.takes_text:
                return False
            continue
        if tool is None or value is None:
            return False
        if any(e.tool == tool.name and same(e.arguments, value) for e in right):
            continue
        if not fits(tool.parameters, value):
            return False
    return True


def _is_for(one: MatchedCall) -> bool:
    """Whether the call has the very name of what was asked for, and holds no text."""
    asked, tool = one.expected, one.tool
    if asked is None or tool is None or one.call.free or tool.takes_text:
        return False
    return asked.tool == tool.name == one.call.name
