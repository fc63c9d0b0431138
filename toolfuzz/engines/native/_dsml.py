"""The DSML tags that DeepSeek's models share since V3.2: they say of a value whether it is text.

GigaChat 3.5 has the same tags under a name of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.engines.native._base import NotExpressible, UnreadableText, carries, dump, load

__all__ = ["MARKER", "Dsml"]

MARKER = "｜DSML｜"


@dataclass(frozen=True, slots=True)
class Dsml:
    """How one version spells the tags.

    ``block`` is what the block is called, ``gap`` what stands before each word, ``before`` what
    stands before the block, ``empty`` what a call without arguments has in the place of them.
    """

    block: str
    gap: str = ""
    marker: str = MARKER
    before: str = "\n\n"
    empty: str = "\n"

    def render(self, calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
        """Write the calls; raises NotExpressible."""
        carries((self.marker,), calls)
        for call in calls:
            for name in (call.tool, *call.arguments):
                if '"' in name or not name:
                    raise NotExpressible(f"the name {name!r} can't stand inside a tag")
        if not calls:
            return ""
        invokes = "\n".join(self._write(call) for call in calls)
        return f"{self.before}{self._open(self.block)}>\n{invokes}\n{self._close(self.block)}"

    def _write(self, call: ExpectedCall) -> str:
        pairs = []
        for key, value in call.arguments.items():
            is_text = isinstance(value, str)
            text = value if is_text else dump(value)
            tag = (
                f'{self._open("parameter")} name="{key}" string="{"true" if is_text else "false"}"'
            )
            pairs.append(f"{tag}>{text}{self._close('parameter')}")
        body = "".join(f"{pair}\n" for pair in pairs) or self.empty
        return f'{self._open("invoke")} name="{call.tool}">\n{body}{self._close("invoke")}'

    def read(self, text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
        """Read the calls of the text; raises UnreadableText."""
        block = self._pattern(self.block, "")
        invoke = self._pattern("invoke", ' name="([^"]+)"')
        pair = self._pattern("parameter", ' name="([^"]*)" string="(true|false)"')
        calls = []
        for inner in block.findall(text):
            if invoke.sub("", inner).strip():
                raise UnreadableText("text between the invocations")
            for name, body in invoke.findall(inner):
                calls.append(ExpectedCall(name, _arguments(pair, name, body)))
        if self.marker in block.sub("", text):
            raise UnreadableText("a block of calls is not closed")
        return calls

    def _open(self, word: str) -> str:
        return f"<{self.marker}{self.gap}{word}"

    def _close(self, word: str) -> str:
        return f"</{self.marker}{self.gap}{word}>"

    def _pattern(self, word: str, attributes: str) -> re.Pattern[str]:
        return re.compile(f"{self._open(word)}{attributes}>(.*?){self._close(word)}", re.DOTALL)


def _arguments(pair: re.Pattern[str], name: str, body: str) -> JsonObject:
    if pair.sub("", body).strip():
        raise UnreadableText(f"{name}: text between the parameters")
    return {
        key: value if is_text == "true" else load(value)
        for key, is_text, value in pair.findall(body)
    }
