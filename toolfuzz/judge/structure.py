"""Which calls were made beside which were asked for: where, of which tool, how many, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from toolfuzz.core.case import ExpectedCall, Json
from toolfuzz.core.reply import ToolCall
from toolfuzz.core.text import clip
from toolfuzz.core.verdict import Finding
from toolfuzz.judge.catalogue import finding
from toolfuzz.judge.facts import Facts
from toolfuzz.judge.leaks import absent_call, in_text, leaked, traces
from toolfuzz.judge.names import resolve
from toolfuzz.judge.pairing import Pair, nearest, pair_up, split_merged, without_repeats

__all__ = ["Structure", "examine"]


@dataclass(slots=True)
class Structure:
    """The calls as they go on (merged ones split) in pairs with what was asked for, and findings.

    ``pairs`` leaves out repeated calls, and is empty when no call was wanted.
    """

    calls: list[ToolCall]
    pairs: list[Pair] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def note(self, slug: str, message: str, call: int | None = None, **more: Json) -> None:
        """Add a finding, unless its defect was found before."""
        if not self.has(slug):
            self.findings.append(finding(slug, message, call=call, **more))

    def has(self, slug: str) -> bool:
        """Whether the defect was found."""
        return any(f.slug == slug for f in self.findings)


def examine(facts: Facts) -> Structure:
    """Compare the reply's calls with the turn's expectation; one finding a cause."""
    structure = Structure(list(facts.reply.calls))
    _legacy(facts, structure)
    turn, case = facts.turn, facts.case
    if turn.tool_choice == "none" or not case.tools:
        _forbidden(facts, structure)
    elif turn.expect.kind == "no_call":
        if structure.calls:
            name = _shown(structure.calls[0].name)
            structure.note("fabricated-call", f"{name} was called; no call was right", 0)
    elif structure.calls:
        _present(facts, structure)
    elif absent := absent_call(facts):
        structure.findings.append(absent)
    return structure


def _legacy(facts: Facts, structure: Structure) -> None:
    legacy = facts.reply.legacy
    if legacy is not None and not structure.calls:
        structure.calls = [legacy]
    if structure.calls and all(c.where.endswith("function_call") for c in structure.calls):
        structure.note("legacy-function-call", "the call stands in function_call", 0)


def _forbidden(facts: Facts, structure: Structure) -> None:
    if structure.calls:
        names = ", ".join(_shown(call.name) for call in structure.calls[:3])
        structure.note("call-when-none", f"{names} called although no call was allowed", 0)
    elif written := leaked(facts, facts.reply.text, native=True):
        structure.note("call-when-none", f"{written.dialect} markup in the text")


def _present(facts: Facts, structure: Structure) -> None:
    turn = facts.turn
    known = turn.expect.kind == "calls"
    expected: Sequence[ExpectedCall] = turn.expect.calls if known else ()
    wanted = {call.tool for call in expected}
    offered = sorted((t.name for t in facts.case.tools), key=lambda name: name not in wanted)
    if structure.has("legacy-function-call"):
        # The old field holds one call: what it can't hold is no second fault.
        structure.calls = split_merged(structure.calls[0], offered)[:1]
        expected = nearest(structure.calls[0], expected)
    elif len(structure.calls) < len(expected):
        _split(structure, offered, len(expected))
    for index, call in enumerate(structure.calls):
        name, slug = resolve(call.name, offered)
        structure.pairs.append(Pair(index, call, facts.case.tool(name) if name else None))
        if slug:
            structure.note(
                slug, f"the call names {_shown(call.name)}", index, actual=clip(call.name)
            )
    _forced(turn.tool_choice, structure)
    if known:
        _match(facts, structure, expected)
    elif turn.parallel is False and len(structure.calls) > 1:
        structure.note("parallel-excess", f"{len(structure.calls)} calls, parallel calls are off")
    called = {pair.tool.name for pair in structure.pairs if pair.tool}
    if not structure.has("call-in-content") and (trace := traces(facts, called)):
        structure.findings.append(trace)


def _split(structure: Structure, offered: Sequence[str], asked: int) -> None:
    calls: list[ToolCall] = []
    for call in structure.calls:
        parts = split_merged(call, offered)
        if len(parts) > 1:
            message = f"{len(parts)} argument objects in one call, {asked} calls were asked for"
            structure.note("parallel-merged", message, len(calls))
        calls += parts
    structure.calls = calls


def _forced(choice: str, structure: Structure) -> None:
    if not choice.startswith("tool:"):
        return
    wanted = choice.removeprefix("tool:")
    for pair in structure.pairs:
        if pair.tool is not None and pair.tool.name != wanted:
            pair.judged = False
            message = f"{pair.tool.name!r} was called, {wanted!r} was demanded"
            structure.note(
                "forced-tool-ignored", message, pair.index, expected=wanted, actual=pair.tool.name
            )


def _match(facts: Facts, structure: Structure, expected: Sequence[ExpectedCall]) -> None:
    """Pair calls with what was asked for and note what doesn't fit."""
    structure.pairs, repeated = without_repeats(structure.pairs, expected)
    for pair in repeated:
        message = f"{_shown(pair.call.name)} was called again with equal arguments"
        structure.note("duplicate-call", message, pair.index)
    strays, missing = pair_up(structure.pairs, expected)
    for pair in strays:
        # An empty name leaves the arguments meaningful; an invented or another tool does not.
        pair.judged = pair.tool is None and not (pair.call.name or "").strip()
        if pair.tool is not None and pair.expected is not None:
            asked, called = pair.expected.tool, pair.tool.name
            message = f"{called!r} was called, {asked!r} was asked for"
            structure.note("wrong-tool", message, pair.index, expected=asked, actual=called)
    blamed = sum(not pair.judged and pair.expected is None for pair in structure.pairs)
    if len(missing) > blamed:
        _note_missing(facts, structure, missing, len(expected))
    extra = [pair for pair in structure.pairs if pair.judged and pair.expected is None]
    for pair in extra:
        pair.judged = False
    # An invented tool beside all right calls was noted by its name.
    if any(pair.tool for pair in extra):
        slug = "parallel-excess" if facts.turn.parallel is False else "calls-extra"
        message = f"{len(extra)} more calls than were asked for"
        structure.note(slug, message, extra[0].index, actual=clip(extra[0].call.name))
    _order(facts, structure)


def _note_missing(
    facts: Facts, structure: Structure, missing: Sequence[ExpectedCall], asked: int
) -> None:
    found = leaked(facts, facts.reply.text)
    if found and found.tool in {call.tool for call in missing}:
        structure.findings.append(in_text("call-in-content", found))
        return
    tools = [call.tool for call in missing][:10]
    message = f"{len(missing)} of {asked} calls are missing"
    structure.note("calls-missing", message, expected=tools)


def _order(facts: Facts, structure: Structure) -> None:
    expect = facts.turn.expect
    if expect.order != "given":
        return
    place = {id(call): n for n, call in enumerate(expect.calls)}
    places = [place[id(pair.expected)] for pair in structure.pairs if pair.expected is not None]
    if places != sorted(places):
        structure.note("calls-reordered", f"the calls came in the order {places[:20]}")


def _shown(name: str | None) -> str:
    return repr(name if name is None else clip(name, 80))
