"""Calls as ``invoke`` tags that hold ``parameter`` tags, strings raw and the rest as JSON."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._json import framed
from toolfuzz.engines.native._untyped import check_unambiguous, read_arguments, write_value

__all__ = ["InvokeBlock", "Invokes"]


@dataclass(frozen=True, slots=True)
class Invokes:
    """How one family spells the tags: what stands before both words, and in front of each call."""

    prefix: str = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """What no string may hold."""
        p = self.prefix
        return (f"<{p}invoke name=", f"</{p}invoke>", f"<{p}parameter name=", f"</{p}parameter>")

    def check(
        self, calls: Sequence[ExpectedCall], tools: Sequence[Tool], markers: Sequence[str]
    ) -> None:
        """Raise NotExpressible for what the tags, or the markers around them, can't hold."""
        carries((*markers, *self.tags), calls)
        for call in calls:
            for name in (call.tool, *call.arguments):
                if '"' in name or not name:
                    raise NotExpressible(f"the name {name!r} can't stand inside a tag")
        check_unambiguous(calls, tools)

    def write(self, call: ExpectedCall) -> str:
        """Write one call."""
        p = self.prefix
        pairs = "".join(
            f'<{p}parameter name="{key}">{write_value(value)}</{p}parameter>\n'
            for key, value in call.arguments.items()
        )
        return f'<{p}invoke name="{call.tool}">\n{pairs}</{p}invoke>'

    def read(self, text: str, tools: Sequence[Tool]) -> Iterator[ExpectedCall]:
        """Read the calls of a text that holds nothing else; raises UnreadableText."""
        p = self.prefix
        invoke = re.compile(f'<{p}invoke name="([^"]+)">(.*?)</{p}invoke>', re.DOTALL)
        pair = re.compile(f'<{p}parameter name="([^"]*)">(.*?)</{p}parameter>', re.DOTALL)
        by_name = {tool.name: tool for tool in tools}
        if invoke.sub("", text).strip():
            raise UnreadableText("text between the invocations")
        for name, body in invoke.findall(text):
            if pair.sub("", body).strip():
                raise UnreadableText(f"{name}: text between the parameters")
            yield ExpectedCall(name, read_arguments(dict(pair.findall(body)), by_name.get(name)))


@dataclass(frozen=True, slots=True)
class InvokeBlock:
    """All calls of a reply between two markers, each on lines of its own."""

    markers: tuple[str, str]

    def render(self, calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
        """Write the calls; raises NotExpressible."""
        Invokes().check(calls, tools, self.markers)
        if not calls:
            return ""
        begin, end = self.markers
        return "\n".join((begin, *map(Invokes().write, calls), end))

    def read(self, text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
        """Read them; raises UnreadableText."""
        begin, end = map(re.escape, self.markers)
        block = re.compile(f"{begin}(.*?){end}", re.DOTALL)
        found = framed(text, block, self.markers[0])
        return [call for match in found for call in Invokes().read(match[1], tools)]
