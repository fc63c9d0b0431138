"""Which calls were made beside which were asked for: names, number, order, and calls in text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from toolfuzz.core.case import Case, ExpectedCall, Json, JsonObject, Tool
from toolfuzz.core.exchange import ToolCall
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import finding
from toolfuzz.judge.excerpt import clip
from toolfuzz.judge.inquiry import Inquiry
from toolfuzz.judge.markup import Written, marker_begun, written_calls
from toolfuzz.judge.names import resolve, split_glued
from toolfuzz.judge.reading import canonical, load, objects

__all__ = ["Pair", "Structure", "examine"]

_CONTEXT = 12


@dataclass(slots=True)
class Pair:
    """A call, the tool it means, the call that was asked for, and whether to read on.

    ``judged`` is False when the call as a whole was already blamed: its arguments answer
    another question.
    """

    index: int
    call: ToolCall
    tool: Tool | None = None
    expected: ExpectedCall | None = None
    judged: bool = True


@dataclass(slots=True)
class Structure:
    """The calls as they go on (merged ones split, duplicates left out) and what was found."""

    calls: list[ToolCall]
    pairs: list[Pair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    missing: tuple[ExpectedCall, ...] = ()

    def note(self, slug: str, message: str, call: int | None = None, **more: Json) -> None:
        """Add a finding."""
        self.findings.append(finding(slug, message, call=call, **more))


def examine(inquiry: Inquiry) -> Structure:
    """Compare the reply's calls with the turn's expectation; one finding a cause."""
    structure = Structure(list(inquiry.reply.calls))
    _legacy(inquiry, structure)
    turn, case = inquiry.turn, inquiry.case
    expect = turn.expect
    unwanted = turn.tool_choice == "none" or not case.tools
    if unwanted:
        _unwanted(inquiry, structure)
    elif expect.kind == "no_call":
        if structure.calls:
            first = structure.calls[0].name
            structure.note("fabricated-call", f"{first!r} was called; no call was right", 0)
    elif not structure.calls:
        _absent(inquiry, structure)
    else:
        _present(inquiry, structure)
    return structure


def _legacy(inquiry: Inquiry, structure: Structure) -> None:
    legacy = inquiry.reply.legacy
    if legacy is not None and not structure.calls:
        structure.calls = [legacy]
    if structure.calls and all(c.where.endswith("function_call") for c in structure.calls):
        structure.note("legacy-function-call", "the call stands in function_call", 0)


def _unwanted(inquiry: Inquiry, structure: Structure) -> None:
    if structure.calls:
        names = ", ".join(repr(c.name) for c in structure.calls[:3])
        structure.note("call-when-none", f"{names} called although no call was allowed", 0)
    elif written := _written(inquiry, inquiry.reply.text, native=True):
        structure.note("call-when-none", f"{written.dialect} markup in the text", None)


def _absent(inquiry: Inquiry, structure: Structure) -> None:
    """Say where the call went: into the text, the reasoning, nowhere, or it was never made."""
    reply, turn = inquiry.reply, inquiry.turn
    known = turn.expect.kind == "calls"
    forced = turn.tool_choice not in ("auto", "none")
    structure.missing = turn.expect.calls
    sought = known or forced
    found = _written(inquiry, reply.text, native=not sought)
    if found and (sought or reply.text.strip().startswith(found.snippet)):
        _in_text(structure, "call-in-content", found)
        return
    found = _written(inquiry, reply.reasoning, native=False) if sought else None
    if found:
        _in_text(structure, "call-in-reasoning", found)
        return
    if reply.finish == "tool_calls":
        structure.note("finish-calls-empty", "finish reason tool_calls, but no call")
        return
    if not sought:
        return
    spent = reply.usage.output_tokens if reply.usage else None
    if not reply.text.strip() and ((spent or 0) > 5 or reply.reasoning.strip()):
        structure.note("call-dropped", f"nothing came back for {spent} tokens")
        return
    said = reply.text.strip()[:200]
    structure.note("no-call", f"no call; the text says {said!r}" if said else "an empty reply")


def _in_text(structure: Structure, slug: str, found: Written) -> None:
    structure.note(slug, f"{found.dialect} call of {found.tool}", actual=clip(found.snippet))


def _present(inquiry: Inquiry, structure: Structure) -> None:
    case, turn = inquiry.case, inquiry.turn
    expected: Sequence[ExpectedCall] = turn.expect.calls if turn.expect.kind == "calls" else ()
    wanted = {call.tool for call in expected}
    offered = sorted((tool.name for tool in case.tools), key=lambda name: name not in wanted)
    # The old field holds one call: what it can't hold is no second fault.
    legacy = any(f.slug == "legacy-function-call" for f in structure.findings)
    if legacy:
        structure.calls = [_first_object(call) for call in structure.calls[:1]]
        expected = _nearest(structure.calls[0], expected)
    elif expected:
        _split_merged(structure, expected, offered)
    _resolve(structure, case, offered)
    _forced(inquiry, structure)
    if turn.expect.kind == "calls":
        _drop_duplicates(structure, expected)
        _pair(structure, expected, turn.expect.compare)
        _missing_or_extra(inquiry, structure, len(expected))
        _order(inquiry, structure)
    elif turn.parallel is False and len(structure.calls) > 1:
        structure.note("parallel-excess", f"{len(structure.calls)} calls, parallel calls are off")
    _traces(inquiry, structure)


def _first_object(call: ToolCall) -> ToolCall:
    texts = objects(call.arguments_raw or "")
    return replace(call, arguments_raw=texts[0]) if len(texts) > 1 else call


def _nearest(call: ToolCall, expected: Sequence[ExpectedCall]) -> Sequence[ExpectedCall]:
    value = _value(Pair(0, call))
    ranked = sorted(expected, key=lambda c: -_agreement(value, c.arguments))
    return sorted(ranked, key=lambda c: c.tool != call.name)[:1]


def _split_merged(
    structure: Structure, expected: Sequence[ExpectedCall], offered: Sequence[str]
) -> None:
    """Take calls apart whose arguments are several objects, when calls are missing otherwise."""
    calls: list[ToolCall] = []
    for call in structure.calls:
        texts: list[str] = []
        if len(structure.calls) < len(expected) and call.arguments_raw:
            texts = objects(call.arguments_raw) if load(call.arguments_raw) is None else []
        if len(texts) < 2:
            calls.append(call)
            continue
        if not any(f.slug == "parallel-merged" for f in structure.findings):
            structure.note(
                "parallel-merged",
                f"{len(texts)} argument objects in one call, {len(expected)} calls were asked for",
                len(calls),
            )
        names: Sequence[str | None] = split_glued(call.name or "", offered)
        if len(names) != len(texts):
            names = [call.name] * len(texts)
        calls += [
            replace(call, name=name, arguments_raw=text)
            for name, text in zip(names, texts, strict=True)
        ]
    structure.calls = calls


def _resolve(structure: Structure, case: Case, offered: Sequence[str]) -> None:
    noted: set[tuple[str, str | None]] = set()
    for index, call in enumerate(structure.calls):
        name, slug = resolve(call.name, offered)
        tool = case.tool(name) if name else None
        structure.pairs.append(Pair(index, call, tool))
        if slug and (slug, call.name) not in noted:
            noted.add((slug, call.name))
            structure.note(slug, f"the call names {call.name!r}", index, actual=clip(call.name))


def _forced(inquiry: Inquiry, structure: Structure) -> None:
    choice = inquiry.turn.tool_choice
    if not choice.startswith("tool:"):
        return
    wanted = choice.removeprefix("tool:")
    for pair in structure.pairs:
        if pair.tool is not None and pair.tool.name != wanted:
            pair.judged = False
            if not any(f.slug == "forced-tool-ignored" for f in structure.findings):
                structure.note(
                    "forced-tool-ignored",
                    f"{pair.tool.name!r} was called, {wanted!r} was demanded",
                    pair.index,
                    expected=wanted,
                    actual=pair.tool.name,
                )


def _drop_duplicates(structure: Structure, expected: Sequence[ExpectedCall]) -> None:
    """Leave out calls that repeat an earlier one more often than was asked for."""
    if len(structure.pairs) <= len(expected):
        return
    wanted = Counter(f"{c.tool} {canonical(c.arguments)}" for c in expected)
    seen: Counter[str] = Counter()
    kept = []
    for pair in structure.pairs:
        value = _value(pair)
        name = pair.tool.name if pair.tool else pair.call.name
        arguments = canonical(value) if value is not None else pair.call.arguments_raw
        key = f"{name} {arguments}"
        seen[key] += 1
        if seen[key] <= max(1, wanted[key]):
            kept.append(pair)
        elif not any(f.slug == "duplicate-call" for f in structure.findings):
            structure.note(
                "duplicate-call", f"{name!r} was called again with equal arguments", pair.index
            )
    structure.pairs = kept


def _pair(structure: Structure, expected: Sequence[ExpectedCall], compare: str) -> None:
    """Pair calls with expected ones: equal first, then the best agreement within a tool."""
    left = list(expected)
    free = [pair for pair in structure.pairs if pair.judged]
    values = {pair.index: _value(pair) for pair in free}

    def take(pair: Pair, call: ExpectedCall) -> None:
        pair.expected = call
        left[:] = [other for other in left if other is not call]
        free[:] = [other for other in free if other is not pair]

    for pair in list(free):
        value = values[pair.index]
        if pair.tool is None or value is None:
            continue
        wanted = canonical(value)
        for call in left:
            if call.tool == pair.tool.name and canonical(call.arguments) == wanted:
                take(pair, call)
                break
    for pair in list(free):
        same = [c for c in left if pair.tool is not None and c.tool == pair.tool.name]
        if same:
            take(pair, max(same, key=lambda c: _agreement(values[pair.index], c.arguments)))
    for pair in list(free):
        if not left or (pair.tool is not None and compare == "schema"):
            break
        nearest = max(left, key=lambda c: _agreement(values[pair.index], c.arguments))
        if pair.tool is not None:
            structure.note(
                "wrong-tool",
                f"{pair.tool.name!r} was called, {nearest.tool!r} was asked for",
                pair.index,
                expected=nearest.tool,
                actual=pair.tool.name,
            )
        # An empty name leaves the arguments meaningful; an invented or another tool does not.
        empty = pair.tool is None and not (pair.call.name or "").strip()
        pair.judged = empty
        take(pair, nearest)
    structure.missing = tuple(left)


def _missing_or_extra(inquiry: Inquiry, structure: Structure, asked: int) -> None:
    if structure.missing:
        tools = {call.tool for call in structure.missing}
        found = _written(inquiry, inquiry.reply.text, native=False)
        if found and found.tool in tools:
            _in_text(structure, "call-in-content", found)
        elif not any(not p.judged for p in structure.pairs):
            structure.note(
                "calls-missing",
                f"{len(structure.missing)} of {asked} calls are missing",
                expected=[call.tool for call in structure.missing][:10],
            )
    extra = [p for p in structure.pairs if p.expected is None and p.judged]
    for pair in extra:
        pair.judged = False
    if extra and (extra[0].tool is not None or len(extra) > 1):
        slug = "parallel-excess" if inquiry.turn.parallel is False else "calls-extra"
        structure.note(
            slug, f"{len(extra)} more calls than were asked for", extra[0].index,
            actual=clip(extra[0].call.name),
        )  # fmt: skip


def _order(inquiry: Inquiry, structure: Structure) -> None:
    if inquiry.turn.expect.order != "given":
        return
    wanted = list(inquiry.turn.expect.calls)
    places = [
        next(n for n, call in enumerate(wanted) if call is pair.expected)
        for pair in structure.pairs
        if pair.expected is not None
    ]
    if places != sorted(places):
        structure.note("calls-reordered", f"the calls came in the order {places[:20]}")


def _traces(inquiry: Inquiry, structure: Structure) -> None:
    """Look for remains of the calls' own markup in the text beside them."""
    reply = inquiry.reply
    if any(f.slug == "call-in-content" for f in structure.findings):
        return
    called = {pair.tool.name for pair in structure.pairs if pair.tool}
    for place, text in (("text", reply.text), ("reasoning", reply.reasoning)):
        found = _written(inquiry, text, native=place == "reasoning", beside_call=True)
        if found and found.tool in called:
            structure.note(
                "call-and-markup",
                f"{found.dialect} markup of {found.tool} in the {place} as well",
                actual=clip(found.snippet),
            )
            return
    begun = marker_begun(reply.text)
    if reply.stream and begun and not _quoted(inquiry, reply.text, begun):
        structure.note("stream-marker-split", f"the text ends with {begun!r}", actual=begun)


def _written(
    inquiry: Inquiry, text: str, *, native: bool, beside_call: bool = False
) -> Written | None:
    """Return the first call in the text that was not quoted from the question.

    Beside a structured call, JSON counts only when it is all the text: models like to say what
    they are about to do.
    """
    if not text.strip():
        return None
    said = _said(inquiry)
    for found in written_calls(text, [tool.name for tool in inquiry.case.tools]):
        if not found.native and (native or (beside_call and not _is_all(text, found))):
            continue
        if found.snippet not in said:
            return found
    return None


def _quoted(inquiry: Inquiry, text: str, begun: str) -> bool:
    """Whether the text quotes the question up to the marker's beginning."""
    end = text.rstrip()[-len(begun) - _CONTEXT :]
    return len(end) > len(begun) and end in _said(inquiry)


def _is_all(text: str, found: Written) -> bool:
    bare = text.strip().removeprefix("```json").strip("`\n ")
    return bare.startswith(found.snippet) and bare[-1:] in ("}", "]", ")")


def _said(inquiry: Inquiry) -> str:
    """Return all text that the question itself holds: prompts, descriptions, expected strings."""
    parts = [m.content for turn in inquiry.case.turns for m in turn.messages]
    parts += [result for turn in inquiry.case.turns for result in turn.results]
    parts += [tool.description for tool in inquiry.case.tools]
    for call in inquiry.turn.expect.calls:
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


def _value(pair: Pair) -> JsonObject | None:
    if pair.call.arguments_raw is not None:
        return load(pair.call.arguments_raw)
    return pair.call.arguments if isinstance(pair.call.arguments, dict) else None


def _agreement(value: JsonObject | None, wanted: JsonObject) -> float:
    """Return how much of the wanted arguments is there: equal members count 1, present ones 0.1."""
    if value is None:
        return -1.0
    there = [key for key in wanted if key in value]
    equal = sum(canonical(value[key]) == canonical(wanted[key]) for key in there)
    return equal + 0.1 * len(there)
