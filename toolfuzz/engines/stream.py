"""What a model generates, and what its parser must make of it: drawn for tests of a parser."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from toolfuzz.core.case import Case, Expectation, ExpectedCall, JsonObject, Tool, Turn
from toolfuzz.core.given import Given
from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.engines.cuts import around
from toolfuzz.engines.native import NotExpressible, family
from toolfuzz.engines.trial import as_sent
from toolfuzz.formats import USUAL
from toolfuzz.generate.pick import Pick
from toolfuzz.judge.judge import judge

__all__ = ["Stream", "drawn_stream"]

_BEGIN = ("Well.", "One moment…", "In short:")
_GOES_ON = (" Yes.", " [1]", " {a: [1]}", " 3 < 4 > 2", "\n\n- one", " f(x)", "]", "{", "<", "[")
_BEFORE_PERCENT = 25
_MOST_PROSE = 3
_CUTS = 2
_MOST_BORDERS = 300
# Of so many numbers, those from the second on cut: 1 of 12 borders, 1 of 2, 19 of 20.
_DENSITIES = ((12, 11), (2, 1), (20, 1))


@dataclass(frozen=True, slots=True)
class Stream:
    """A reply as a model of a family generates it.

    ``tools`` are those of the request, in OpenAI's shape. ``calls`` (name and arguments) and
    ``content`` must come of ``text``. ``cuts`` are lists of its increments, the fewest first: the
    format's markers and what stands between them, or (``anywhere``) the text at once; then that
    cut further. ``family`` is a name of ``toolfuzz.engines.native``.
    """

    family: str
    tools: list[JsonObject]
    calls: list[tuple[str, JsonObject]]
    content: str
    text: str
    cuts: tuple[list[str], ...]

    def check(
        self, calls: Iterable[tuple[str | None, str | JsonObject]], content: str | None = None
    ) -> None:
        """Raise AssertionError, with all that is wrong, unless a parser read the text right.

        ``calls`` are its names and arguments, those as an object or as JSON: exactly the expected
        values, in their order. ``content`` is the text beside them, where the parser gives it;
        space at its ends doesn't count.
        """
        read = [_call(n, name, arguments) for n, (name, arguments) in enumerate(calls)]
        finish: Any = "tool_calls" if read else "stop"
        reply = Reply(
            USUAL,
            stream=False,
            status=200,
            text=self.content if content is None else content,
            calls=tuple(read),
            finish_reason=finish,
            finish=finish,
        )
        judged = judge(self._case(), [reply], given=Given(self.content))
        wrong = [f for f in judged.findings if f.severity != "info"]
        if wrong:
            said = "\n".join(
                f"  {f.slug}{f' in call {f.call}' if f.call is not None else ''}"
                f"{f' at {f.pointer}' if f.pointer else ''}: {f.message}"
                f"\n    expected {f.expected!r}, got {f.actual!r}"
                for f in wrong
            )
            raise AssertionError(f"not what the model wrote:\n{said}\n  its text: {self.text!r}")

    def check_cuts(self, parse: Callable[[list[str]], Any]) -> None:
        """Raise AssertionError unless the parser makes the same of the text however it is cut.

        ``parse`` takes increments and returns anything that can be compared.
        """
        first = parse(self.cuts[0])
        for increments in self.cuts[1:]:
            found = parse(increments)
            if found != first:
                raise AssertionError(
                    f"the result depends on the cut:\n  {found!r}\n    came of {increments!r}"
                    f"\n  {first!r}\n    came of {self.cuts[0]!r}"
                )

    def _case(self) -> Case:
        calls = tuple(ExpectedCall(name, arguments) for name, arguments in self.calls)
        expect = Expectation("calls", calls, "given") if calls else Expectation("no_call")
        tools = tuple(_tool(tool["function"]) for tool in self.tools)
        return Case("generated", "stream", (), tools, (Turn((), expect),))


def drawn_stream(pick: Pick, name: str, case: Case, *, anywhere: bool) -> Stream | None:
    """Write what the first turn of a case expects in a family's text, and cut it.

    None where the text can't carry it.
    """
    writer = family(name)
    expect, tools = case.turns[0].expect, case.tools_at(0)
    try:
        calls = writer.render(expect.calls, tools) if expect.calls else ""
    except NotExpressible:
        return None
    if calls and (writer.between is None or not pick.chance(_BEFORE_PERCENT)):
        content, text = "", calls
    else:
        goes_on = pick.several(lambda part: part.of(_GOES_ON), 0, _MOST_PROSE)
        content = text = "".join((pick.of(_BEGIN), *goes_on))
        if calls:
            text = f"{content}{writer.between}{calls}"
    whole = () if anywhere else writer.markers
    pieces = [text] if anywhere else around(text, writer.markers)
    finer = [pick.whole(lambda part: _cut(part, pieces, whole)) for _ in range(_CUTS)]
    return Stream(
        name,
        [as_sent(tool) for tool in tools],
        [(call.tool, call.arguments) for call in expect.calls],
        content,
        text,
        (pieces, *finer),
    )


def _cut(pick: Pick, pieces: list[str], whole: Collection[str]) -> list[str]:
    """Cut the pieces further: at each place or not, so that any of the cuts can be left out."""
    every = sum(map(len, pieces)) // _MOST_BORDERS + 1
    numbers, least = pick.of(_DENSITIES)
    found = []
    for piece in pieces:
        places = () if piece in whole else range(1 + pick.below(every), len(piece), every)
        ends = [end for end in places if pick.below(numbers) >= least]
        found += [piece[a:b] for a, b in zip([0, *ends], [*ends, len(piece)], strict=True)]
    return found


def _call(number: int, name: str | None, arguments: str | JsonObject) -> ToolCall:
    raw = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return ToolCall(f"call_{number}", name, raw)


def _tool(function: JsonObject) -> Tool:
    return Tool(
        function["name"],
        function.get("description"),
        function.get("parameters", {}),
        function.get("strict", False),
        "parameters" in function,
    )
