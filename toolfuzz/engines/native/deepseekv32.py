"""DeepSeek-V3.2: DSML tags that say of every value whether it is a string."""

import re
from collections.abc import Sequence

from toolfuzz.core.case import ExpectedCall, JsonObject, Tool
from toolfuzz.engines.native._base import (
    Family,
    NotExpressible,
    UnreadableText,
    carries,
    dump,
    load,
)

__all__ = ["FAMILY"]

_DSML = "｜DSML｜"
_BLOCK = re.compile(rf"<{_DSML}function_calls>(.*?)</{_DSML}function_calls>", re.DOTALL)
_CALL = re.compile(rf'<{_DSML}invoke name="([^"]+)">(.*?)</{_DSML}invoke>', re.DOTALL)
_PAIR = re.compile(
    rf'<{_DSML}parameter name="([^"]*)" string="(true|false)">(.*?)</{_DSML}parameter>', re.DOTALL
)


def _render(calls: Sequence[ExpectedCall], tools: Sequence[Tool]) -> str:
    carries((_DSML,), calls)
    for call in calls:
        for name in (call.tool, *call.arguments):
            if '"' in name or not name:
                raise NotExpressible(f"the name {name!r} can't stand inside a tag")
    if not calls:
        return ""
    invokes = "\n".join(_write(call) for call in calls)
    return f"<{_DSML}function_calls>\n{invokes}\n</{_DSML}function_calls>"


def _write(call: ExpectedCall) -> str:
    pairs = []
    for key, value in call.arguments.items():
        string, text = ("true", value) if isinstance(value, str) else ("false", dump(value))
        pairs.append(f'<{_DSML}parameter name="{key}" string="{string}">{text}</{_DSML}parameter>')
    body = "\n".join(pairs)
    return f'<{_DSML}invoke name="{call.tool}">\n{body}\n</{_DSML}invoke>'


def _read(text: str, tools: Sequence[Tool]) -> list[ExpectedCall]:
    calls = []
    for block in _BLOCK.findall(text):
        if _CALL.sub("", block).strip():
            raise UnreadableText("text between the invocations")
        calls += [ExpectedCall(name, _arguments(name, body)) for name, body in _CALL.findall(block)]
    if _DSML in _BLOCK.sub("", text):
        raise UnreadableText("a block of calls is not closed")
    return calls


def _arguments(name: str, body: str) -> JsonObject:
    if _PAIR.sub("", body).strip():
        raise UnreadableText(f"{name}: text between the parameters")
    return {
        key: value if string == "true" else load(value)
        for key, string, value in _PAIR.findall(body)
    }


FAMILY = Family(
    name="deepseekv32",
    title="DeepSeek-V3.2",
    source="https://huggingface.co/deepseek-ai/DeepSeek-V3.2/blob/main/encoding/encoding_dsv32.py",
    parsers=("deepseekv32", "deepseek_v32"),
    markers=(_DSML,),
    render=_render,
    read=_read,
)
