"""Calls in tags like ``<function=NAME>`` and ``<parameter=KEY>``, with values that have no types.

A value is written raw when it is a string, without any escaping.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._untyped import (
    JSON,
    Spelling,
    check_unambiguous,
    read_arguments,
    write_value,
)

__all__ = ["FunctionTags"]

_TAGS = ("<function=", "</function>", "<parameter=", "</parameter>")


@dataclass(frozen=True, slots=True)
class FunctionTags:
    """The markers around a call, and ``line``: what stands at both ends of a value.

    ``between`` stands between two calls; ``spelling`` is how what is no string is written.
    """

    opening: str
    closing: str
    line: str
    between: str = "\n"
    spelling: Spelling = JSON

    @property
    def markers(self) -> tuple[str, str]:
        """The family's markers."""
        return (self.opening, self.closing)

    def render(self, calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
        """Write the calls; raises NotExpressible."""
        carries((*self.markers, *_TAGS), calls)
        for call in calls:
            for name in (call.tool, *call.arguments):
                if ">" in name or not name:
                    raise NotExpressible(f"the name {name!r} can't stand inside a tag")
        check_unambiguous(calls, tools, self.spelling)
        return self.between.join(map(self._write, calls))

    def _write(self, call: ExpectedCall) -> str:
        texts = {key: write_value(value, self.spelling) for key, value in call.arguments.items()}
        pairs = "".join(
            f"<parameter={key}>{self.line}{text}{self.line}</parameter>\n"
            for key, text in texts.items()
        )
        return f"{self.opening}\n<function={call.tool}>\n{pairs}</function>\n{self.closing}"

    def read(self, text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
        """Read the calls of the text; raises UnreadableText."""
        whole = re.compile(
            rf"{self.opening}\s*<function=([^>]+)>(.*?)</function>\s*{self.closing}", re.DOTALL
        )
        pair = re.compile(rf"<parameter=([^>]*)>{self.line}(.*?){self.line}</parameter>", re.DOTALL)
        by_name = {tool.name: tool for tool in tools}
        calls = []
        for name, body in whole.findall(text):
            if pair.sub("", body).strip():
                raise UnreadableText(f"{name}: text between the parameters")
            arguments = read_arguments(dict(pair.findall(body)), by_name.get(name), self.spelling)
            calls.append(ExpectedCall(name, arguments))
        if self.opening in whole.sub("", text):
            raise UnreadableText("a call is not closed")
        return calls
