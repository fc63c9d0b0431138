"""Calls as pairs of a key and a value in tags, a name before them: GLM and those that followed.

A value is written raw when it is a string and as JSON otherwise, without any escaping.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.core.case import ExpectedCall, Tool
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, carries
from toolfuzz.engines.native._untyped import check_unambiguous, read_arguments, write_value

__all__ = ["Pairs"]


@dataclass(frozen=True, slots=True)
class Pairs:
    """How one family spells the tags.

    ``line`` stands after every tag but the one that opens a call, ``behind_name`` between the name
    and that. ``block`` is the tag around all calls, if there is one.
    """

    line: str = ""
    call: str = "tool_call"
    key: str = "arg_key"
    value: str = "arg_value"
    behind_name: str = ""
    block: str = ""

    @property
    def markers(self) -> tuple[str, ...]:
        """All tags, in both forms."""
        names = (self.block, self.call, self.key, self.value)
        tags = [f"<{slash}{name}>" for name in names if name for slash in ("", "/")]
        return (*tags, self.behind_name) if self.behind_name else tuple(tags)

    def render(self, calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
        """Write the calls; raises NotExpressible."""
        carries(self.markers, calls)
        check_unambiguous(calls, tools)
        text = self.line.join(self._write(call) for call in calls)
        if not self.block or not calls:
            return text
        return f"<{self.block}>{self.line}{text}{self.line}</{self.block}>"

    def _write(self, call: ExpectedCall) -> str:
        if not call.tool or call.tool != call.tool.strip():
            raise NotExpressible(f"the name {call.tool!r} is empty or has space at its ends")
        pairs = [
            f"<{self.key}>{key}</{self.key}>{self.line}"
            f"<{self.value}>{write_value(value)}</{self.value}>{self.line}"
            for key, value in call.arguments.items()
        ]
        head = f"<{self.call}>{call.tool}{self.behind_name}{self.line}"
        return f"{head}{''.join(pairs)}</{self.call}>"

    def read(self, text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
        """Read the calls of the text; raises UnreadableText."""
        by_name = {tool.name: tool for tool in tools}
        pattern = re.compile(f"<{re.escape(self.call)}>(.*?)</{re.escape(self.call)}>", re.DOTALL)
        calls = []
        for match in pattern.finditer(text):
            name, texts = self._split(match[1])
            calls.append(ExpectedCall(name, read_arguments(texts, by_name.get(name))))
        rest = pattern.sub("", text)
        if f"<{self.call}>" in rest:
            raise UnreadableText("a call is not closed")
        if self.block and rest.count(f"<{self.block}>") != rest.count(f"</{self.block}>"):
            raise UnreadableText("the block of calls is not closed")
        return calls

    def _split(self, body: str) -> tuple[str, dict[str, str]]:
        """Split the inside of a call into the name and the texts of its arguments."""
        key, value = re.escape(self.key), re.escape(self.value)
        pair = re.compile(
            f"<{key}>(.*?)</{key}>{self.line}<{value}>(.*?)</{value}>{self.line}", re.DOTALL
        )
        head, tag, rest = body.partition(f"<{self.key}>")
        end = f"{self.behind_name}{self.line}"
        if not head.endswith(end):
            raise UnreadableText("what stands after the name is missing")
        name = head.removesuffix(end).strip()
        if pair.sub("", tag + rest).strip():
            raise UnreadableText(f"{name}: text between the arguments")
        return name, dict(pair.findall(tag + rest))
