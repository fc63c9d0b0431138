"""What a trial writes around the calls: prose, reasoning, JSON that is no call, an early end.

Which of them a reply has goes by a tool's name and by the features that its case was drawn with:
a case which is made smaller keeps both.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from operator import eq

from toolfuzz.core.case import Expectation, ExpectedCall, Tool
from toolfuzz.core.given import Cut, Given
from toolfuzz.engines.native import Family, NotExpressible

__all__ = ["Written", "write"]

# What a model might write that needs no tool; nothing in it is a call in any family's format.
_PROSE = (
    "I can answer that without a tool: it is seven.",
    "No tool is needed here.\n\n- first point\n- second point\n",
    "The list [1, 2, 3] has three items, and {} is an empty object.",
    'In JSON that would be:\n\n```json\n{"city": "Paris"}\n```\n',
    '{"city": "Paris", "days": [1, 2, 3], "sure": true}',
    '[{"city": "Paris"}, {"city": "Rome", "note": "3 < 4 > 2"}]',
)
# Where a call is told by its markers, what looks like one without them is none.
_UNMARKED = (
    'A call of it looks like this:\n\n```json\n{"name": "TOOL", "arguments": {}}\n```\n',
    '{"name": "Paris", "arguments": ["for", "against"], "parameters": {}}',
)
_BEFORE = ("I'll look that up [1]: {city}, where 3 < 4 > 2.", "One moment…", "Sure.\n\n- {a: [1]}")
_AFTER = ("That is all {so far}: [1, 2].", "More once I know:\n\n- if 3 < 4 > 2", "Done.")
_REASONING = (
    "I need the tool for that.",
    "First I check [the list]: {a: 1}, and 3 < 4 > 2.\n\nThen I answer…",
    'I could send {"name": "TOOL", "arguments": {}} at once.\n- but what for?',
)

# Of so many replies that could have it, one has.
_BEFORE_EACH = 3
_REASONING_EACH = 3
_AFTER_EACH = 6
_CUT_EACH = 8


@dataclass(frozen=True, slots=True)
class Written:
    """The whole text of a reply, and what of it must come back beside the calls."""

    text: str
    given: Given


def write(
    family: Family,
    expect: Expectation,
    tools: Sequence[Tool],
    *,
    features: Sequence[str] = (),
    earlier: int = 0,
    thinks: bool = False,
    may_end: bool = False,
    bare: bool = False,
) -> Written:
    """Write a reply in the family's text; raises NotExpressible.

    ``features`` are the case's, ``earlier`` is the number of calls in the turns before.
    ``thinks``: reasoning would be read by a parser of its own. ``may_end``: the text may end
    inside its last call. ``bare``: nothing stands around calls.
    """
    if expect.kind == "unknown":
        raise NotExpressible("the right answer is not known")
    name = ([c.tool for c in expect.calls] or [t.name for t in tools] or [""])[0]
    draw = partial(_draw, f"{name} {' '.join(features)}")
    content, calls, after, cut = "", "", "", None
    if expect.kind == "calls":
        calls = family.count_on(family.render(expect.calls, tools), earlier)
        if bare:
            return Written(calls, Given())
        if family.between is not None and not draw("before", _BEFORE_EACH):
            content = _BEFORE[draw("prose", len(_BEFORE))]
        if may_end and not draw("cut", _CUT_EACH):
            *before, last = expect.calls
            fewer = ExpectedCall(last.tool, dict([*last.arguments.items()][:-1]))
            begin = _shared(calls, _rendered(family, before, tools, earlier) or "")
            shorter = _rendered(family, [*before, fewer], tools, earlier)
            shorter = shorter if last.arguments else None
            calls, cut = _ended(family, calls, (begin, last.tool), shorter, draw("place", 4))
        elif family.after is not None and not draw("after", _AFTER_EACH):
            after = _AFTER[draw("prose", len(_AFTER))]
    else:
        known = _PROSE if family.bare else _PROSE + _UNMARKED
        content = known[draw("prose", len(known))].replace("TOOL", name)
    reasoning = ""
    if thinks and not draw("reasoning", _REASONING_EACH):
        reasoning = _REASONING[draw("thought", len(_REASONING))].replace("TOOL", name)
    head = content
    if reasoning and family.thinking is not None:
        head = family.thinking.write(reasoning, content)
    parts = [head, family.between if content and calls else "", calls]
    parts += [family.after, after] if after else []
    return Written("".join(filter(None, parts)), Given(content, after, reasoning, cut))


def _draw(case: str, what: str, of: int) -> int:
    seed = f"{what} {case}".encode("utf-8", "surrogatepass")
    return random.Random(seed).randrange(of)


def _rendered(
    family: Family, calls: Sequence[ExpectedCall], tools: Sequence[Tool], earlier: int
) -> str | None:
    try:
        return family.count_on(family.render(calls, tools), earlier)
    except NotExpressible:
        return None


def _ended(
    family: Family, text: str, last: tuple[int, str], shorter: str | None, place: int
) -> tuple[str, Cut]:
    """End the text too early: in the last call's name, its last argument, or before its end.

    ``last`` is where the last call begins, and its name; ``shorter`` is the text without its last
    argument, where it has one. ``place`` is below four; of four, two are in the arguments.
    """
    begin, name = last
    start = text.find(name, begin)
    if place == 0 and len(name) > 1 and start >= 0:
        # What looks like the name may be the frame's: then less of the call is there, never more.
        return _whole_marks(family, text, start + len(name) // 2), "name"
    if place > 1 and shorter is not None:
        start = _shared(text, shorter)
        behind = _shared(text[start:][::-1], shorter[start:][::-1])
        return _whole_marks(family, text, (start + len(text) - behind) // 2), "arguments"
    for marker in family.markers:
        if text.endswith(marker):
            return text.removesuffix(marker), "end"
    return text[:-1], "end"


def _shared(one: str, other: str) -> int:
    """Return how many characters the texts have in common at their beginnings."""
    return len([*takewhile(bool, map(eq, one, other))])


def _whole_marks(family: Family, text: str, at: int) -> str:
    """Return the text up to a place, or to the begin of the marker that it is inside of."""
    for marker in family.markers:
        start = text.find(marker, max(at - len(marker) + 1, 0), at + len(marker) - 1)
        if 0 <= start < at:
            at = start
    return text[:at]
